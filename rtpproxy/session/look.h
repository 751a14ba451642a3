/* SPDX-License-Identifier: BSD-3-Clause */
/* look.h: what the packet path knows of a leg's streams. */
#ifndef NATSBC_RTPPROXY_LOOK_H
#define NATSBC_RTPPROXY_LOOK_H

#include "rtpproxy/session/state.h"

/* The numbers of one port; all zero and false where the path does not have it. */
bool look_port(const struct relay *r, const struct leg *l, const struct stream *m, enum stream_kind kind,
	       struct port_stats *out);

/* How far away the side is: microseconds to it and back, by the RTCP of this stream; 0: it has not told. */
uint32_t look_round_trip(const struct relay *r, const struct leg *l, const struct stream *m);

/* What the side says of the stream that it hears; NULL where it has not. Valid while both stats are. */
const struct hearsay *look_hearsay(const struct port_stats *rtp, const struct port_stats *rtcp);

/* Stream number `at` of the side across; NULL: nobody there. */
const struct stream *look_across(const struct session *s, const struct leg *l, unsigned at);

/* What this side sends, as far as it is known; payload_type as last seen. NULL: unknown. */
const struct voice_codec *look_voice(const struct session *s, const struct leg *l, unsigned at, uint8_t payload_type);

/* What is to be said of the media that should come from a side. */
enum look { LOOK_FLOWS, LOOK_NEVER, LOOK_SILENT, LOOK_HELD, LOOK_OFF };

enum { LOOK_SILENT_MS = 3000 }; /* without a packet for so long: pauses in speech send comfort noise more often */

enum look look_at(const struct stream *m, const struct port_stats *rtp, uint64_t now);

/* "never" */
const char *look_name(enum look l);

#endif
