/* SPDX-License-Identifier: BSD-3-Clause */
/* loopback.h: lets packets that we put on `lo` reach the programs of this host. */
#ifndef NATSBC_RTPPROXY_LOOPBACK_H
#define NATSBC_RTPPROXY_LOOPBACK_H

enum { LOOPBACK_SWITCHES = 2 };

/* The kernel routes what arrives on lo without its own mark afresh, and would take our own and 127/8 source addresses
 * for forged: two switches of lo alone say that they are meant. */
struct loopback {
	char before[LOOPBACK_SWITCHES]; /* '\0': nothing was changed by us */
	int note;                       /* open where something was: who puts it back may not open it again */
};

/* 0, or -1 when a switch cannot be set; error then says which. */
int loopback_open(struct loopback *l, const char **error);

/* Puts back what was changed. */
void loopback_close(struct loopback *l);

#endif
