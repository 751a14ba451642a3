/* SPDX-License-Identifier: BSD-3-Clause */
/* steer.h: the XDP program that hands our media, and nothing else, to an interface's AF_XDP sockets. */
#ifndef NATSBC_RTPPROXY_STEER_H
#define NATSBC_RTPPROXY_STEER_H

#include "alg/base/span.h"

/* The library's own messages are not for the log: what fails is told by who wanted it. Unless it is being debugged. */
void steer_log(bool debug);

/* The program as a file in memory. Its descriptor, or -1. Caller closes it. */
int steer_file(void);

/* The program that is attached to the interface, for doors_open(). Its descriptor, or -1. Caller closes it. */
int steer_program(unsigned ifindex);

/* "native" or "generic" (through the kernel's own packet path), NULL where none is attached. */
const char *steer_mode(unsigned ifindex);

/* Removes our program if it is still attached: after a crash, and at the end. 0; -1 when the interface carries
 * somebody else's, whose name (16 bytes) is written to name. */
int steer_detach(unsigned ifindex, char name[16]);

#endif
