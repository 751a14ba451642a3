/* SPDX-License-Identifier: BSD-3-Clause */
/* event.h: the Event value (RFC 6665 8.2.1): a package and the id that tells subscriptions of one dialog apart. */
#ifndef NATSBC_SIP_EVENT_H
#define NATSBC_SIP_EVENT_H

#include "alg/base/writer.h"

struct event {
	struct span package; /* with its templates: presence.winfo */
	struct span id;      /* absent where none */
};

/* 0 or -1. Borrows s. */
int event_parse(struct span s, struct event *out);
void event_write(struct writer *w, const struct event *e);

/* The same subscription: package and id alike, byte for byte (RFC 6665 8.2.1, 7.3.2). */
bool event_eq(const struct event *a, const struct event *b);

/* One SUBSCRIBE may make several subscriptions of that package (RFC 6665 5.4.9). False: its RFC says that it makes one.
 */
bool event_may_fork(const struct event *e);

#endif
