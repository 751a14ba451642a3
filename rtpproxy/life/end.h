/* SPDX-License-Identifier: BSD-3-Clause */
/* end.h: a session, or one branch of it, goes away: ports out of the packet path and back to their realm. */
#ifndef NATSBC_RTPPROXY_END_H
#define NATSBC_RTPPROXY_END_H

#include "rtpproxy/session/state.h"

/* Frees s. */
void end_session(struct relay *r, struct session *s, uint64_t now);

/* Frees l, a far leg of s. */
void end_branch(struct relay *r, struct session *s, struct leg *l, uint64_t now);

/* Ends who has lingered longest, but not this session. False where there is nobody. */
bool end_make_room(struct relay *r, const struct session *but, uint64_t now);

/* Ends those whose time has come. */
void end_tick(struct relay *r, uint64_t now);

#endif
