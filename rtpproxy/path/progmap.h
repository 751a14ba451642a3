/* SPDX-License-Identifier: BSD-3-Clause */
/* progmap.h: the maps of a program that is in the kernel, by their names. */
#ifndef NATSBC_RTPPROXY_PROGMAP_H
#define NATSBC_RTPPROXY_PROGMAP_H

/* Of the program with this descriptor. The map's, or -1. Caller closes it. */
int progmap_open(int program, const char *name);

/* Stores the one value of such a map. 0 or -1. */
int progmap_put(int program, const char *name, const void *value);

#endif
