/* SPDX-License-Identifier: BSD-3-Clause */
/* unheard.h: of a call that ends, the streams of which not a packet ever came, for who has to say why nobody was heard.
 */
#ifndef NATSBC_RTPPROXY_UNHEARD_H
#define NATSBC_RTPPROXY_UNHEARD_H

#include "rtpproxy/session/job.h"

enum { UNHEARD_AFTER_MS = 3000 }; /* in a shorter call nobody may have said anything */

/* Adds "unheard" to the answer: a list with a dictionary for each of them. Nothing where there is none. */
void unheard_report(struct job *j, const struct session *s);

#endif
