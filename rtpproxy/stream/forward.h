/* SPDX-License-Identifier: BSD-3-Clause */
/* forward.h: a call's packets go to a receiver that the configuration names, while it lasts. */
#ifndef NATSBC_RTPPROXY_FORWARD_H
#define NATSBC_RTPPROXY_FORWARD_H

#include "rtpproxy/session/job.h"

/* What becomes of the packets of one side. */
enum forward { FORWARD_AS_THE_CALL, FORWARD_OFF, FORWARD_HEADERS, FORWARD_WHOLE };

/* `start forwarding`: what arrives from the side that the request names as `block media` does, else from all, later
 * ones too; with the flag no-payload only headers of RTP. `stop forwarding`: no longer from that side, or from none;
 * where none is left the stream ends. */
enum outcome forward_start(struct job *j);
enum outcome forward_stop(struct job *j);

/* What is copied of the side's packets. */
enum datapath_capture forward_of(const struct session *s, const struct leg *l);

/* For `query`: nothing where the call is not forwarded. */
void forward_report(struct ng_writer *n, const struct relay *r, const struct session *s);

/* The session ends, and its stream with it. */
void forward_session_end(struct relay *r, struct session *s);

/* Some call is forwarded: what waits is to be handed on soon. */
static inline bool forward_is_on(const struct relay *r)
{
	return r->nforwarded > 0;
}

#endif
