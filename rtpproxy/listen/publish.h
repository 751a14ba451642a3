/* SPDX-License-Identifier: BSD-3-Clause */
/* publish.h: a call of sides that do not hear each other, one or several, who speak to listeners (subscribe.h): each
 * offers, we answer. */
#ifndef NATSBC_RTPPROXY_PUBLISH_H
#define NATSBC_RTPPROXY_PUBLISH_H

#include "rtpproxy/session/job.h"

/* The command `publish`. From the same tag again it is a new offer of his, and his listeners stay. */
enum outcome publish_run(struct job *j);

/* All sides publish. Where two talk by now, it is they who make offers and answers. */
bool publish_is_all(const struct session *s);

/* One of several goes alone: his ports come back, l is gone. */
void publish_leave(struct relay *r, struct session *s, struct leg *l, uint64_t now);

#endif
