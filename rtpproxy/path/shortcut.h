/* SPDX-License-Identifier: BSD-3-Clause */
/* shortcut.h: a flow table that the kernel's programs forward by, too (bpf/shortcut.h has what they do with it). */
#ifndef NATSBC_RTPPROXY_SHORTCUT_H
#define NATSBC_RTPPROXY_SHORTCUT_H

#include "rtpproxy/bpf/media.h"
#include "rtpproxy/path/flow.h"

/* Moves the table, in which nothing is known yet, where programs can have it: a descriptor to join them by, or -1: it
 * is where it was. Caller closes it when all have joined. From then on the workers' sign of life is what programs wait
 * for: flow_beat(). */
int shortcut_share(struct flow_table *t);

/* What a program on an interface with these ranges is told; it sends by no interface yet. */
struct media_shortcut shortcut_begin(const struct flow_table *t, const struct media_ranges *ranges);

/* The program, by its descriptor, forwards from now on. The map by which it is told more, or -1. Caller closes it. */
int shortcut_join(int program, int lines, const struct media_shortcut *s);

/* 0 or -1. */
int shortcut_tell(int map, const struct media_shortcut *s);

#endif
