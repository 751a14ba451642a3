/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.h: a session that a relay before this one had, set up again: both sides go on with the ports and the o= lines
 * that they were told. */
#ifndef NATSBC_RTPPROXY_RESUME_H
#define NATSBC_RTPPROXY_RESUME_H

#include "rtpproxy/offer/parties.h"

/* The key "resume" has, for the description's sender and for its receiver, what each was told last: "ID VERSION PORT
 * PORT ...": session id and version of our o= line, and our RTP port of each m-line, 0 where it was refused; or
 * nothing. A side that has been told nothing by this relay takes these ports, and no others; which m-lines one side had
 * and the other had not (hidden.h) is seen by how many there are. Does nothing without the key, but that the session
 * remembers it: its listeners, forwarding and recordings are gone, which who asks is told. */
enum outcome resume_take(struct job *j, struct session *s, const struct parties *p, const struct sdp *sdp, bool is_new);

/* Streams that are protected do not go on so: sealing would begin anew with keys that were used already, and how far is
 * not known (RFC 3711 3.3.1, 9.1). Nor do those of who checks us (ICE): what he knows us by is gone. Nothing passes
 * until such a side has been told keys and names that are new, by a description that came without the key, or with
 * nothing in it for who reads it: else nobody is shown what comes of it.
 *
 * The offer in hand is about to wait for its answer; the answer in hand is about to be in force. */
struct offer_media;
void resume_offered(struct job *j, const struct parties *p, const struct offer_media *m, unsigned n);
void resume_answered(const struct job *j, const struct parties *p);

/* The tags of such sides, for who asked: "anew". An offer with the key says so of who is or will be protected. */
void resume_report(struct job *j, const struct parties *p);

#endif
