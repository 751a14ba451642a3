/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h: what can only be seen once everything was read: keys that contradict each other. */
#ifndef NATSBC_CONF_CHECK_H
#define NATSBC_CONF_CHECK_H

#include "alg/conf/load.h"

void check_whole(struct load *l);

/* Of routes alone. */
void check_routes(struct load *l);

/* Tells of the value that the keys lead to from the root; or, where it is not in the file, of what would hold it. An
 * element of a list has its number as a text for a key. */
__attribute__((format(printf, 3, 4))) void check_fail(struct load *l, const char *const *keys, const char *fmt, ...);

enum { CHECK_DEPTH_MAX = 5 };
#define CHECK_KEYS(...) ((const char *const[CHECK_DEPTH_MAX + 1]){ __VA_ARGS__ })

/* Both realms are, or will be, at one address. */
bool check_same_address(const struct conf_realm *a, const struct conf_realm *b);

/* Neither ports to listen on nor media ports of the two, at one address, meet. */
bool check_ports_apart(const struct conf_realm *a, const struct conf_realm *b);

#endif
