/* SPDX-License-Identifier: BSD-3-Clause */
/* resume.h: a session that a relay before this one had, set up again: both sides go on with the ports and the o= lines
 * that they were told. */
#ifndef NATSBC_RTPPROXY_RESUME_H
#define NATSBC_RTPPROXY_RESUME_H

#include "rtpproxy/session/parties.h"

/* Streams that are protected are not taken up: sealing would begin anew with keys that were used already, and how far
 * is not known (RFC 3711 3.3.1, 9.1). Nor are those of who checks us (ICE): what he knows us by is gone.
 *
 * The key "resume" of an offer has, for the description's sender and for its receiver, what each was told last:
 * "ID VERSION PORT PORT ...": session id and version of our o= line, and our RTP port of each m-line, 0 where it was
 * refused; or nothing. A side that has been told nothing by us takes these ports, and no others. Does nothing without
 * the key. */
enum outcome resume_take(struct job *j, struct session *s, const struct parties *p, bool is_new);

#endif
