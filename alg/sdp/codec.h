/* SPDX-License-Identifier: BSD-3-Clause */
/* codec.h: what the payload numbers of a stream stand for (RFC 8866 6.6; RFC 3551 6 for those that need no a=rtpmap).
 */
#ifndef NATSBC_SDP_CODEC_H
#define NATSBC_SDP_CODEC_H

#include "alg/sdp/sdp.h"

enum { CODEC_MAX = 64 }; /* formats of a stream that we look into */

struct sdp_codec {
	struct span encoding; /* as written, or as in RFC 3551; absent where nobody says */
	struct span fmtp;     /* its parameters; absent where it has none */
	uint32_t clock;
	uint32_t channels;
	/* The same codec, whatever its number: of encoding, clock, channels, and the parameters that make two of one
	 * name different things. A retransmission (RFC 4588) has that of what it retransmits in it. */
	uint32_t key;
	uint8_t number;
};

/* The formats of the m-line in their order; how many. 0 also where they are no payload numbers, or more than
 * CODEC_MAX. Borrows s. */
unsigned sdp_codec_list(const struct sdp *s, unsigned media, struct sdp_codec out[CODEC_MAX]);
/* The same where the m-line has been parsed already. */
unsigned sdp_codec_list_of(const struct sdp *s, unsigned media, struct span formats, struct sdp_codec out[CODEC_MAX]);

/* The number that the codec has without any a=rtpmap (RFC 3551 6); -1 where it has none. */
int sdp_codec_static(const struct sdp_codec *c);

/* The same codec, whatever its number: encoding, clock, channels, and the parameters that make two of one name
 * different things. */
uint32_t codec_key(const struct sdp_codec *c);

/* The value of "name=value" in parameters separated by semicolons; absent where there is none. */
struct span sdp_codec_parameter(struct span fmtp, struct span name);

/* The codec in the list whose packets c's repeat: that of the parameter "apt" (RFC 4588 8.1). NULL where c is no
 * retransmission, or of nothing in the list. */
const struct sdp_codec *sdp_codec_repeated(const struct sdp_codec *c, const struct sdp_codec *list, unsigned n);

/* Its packets hold other payload numbers inside (RFC 2198, RFC 5109, RFC 8627): renumbering would have to look there.
 */
bool sdp_codec_nests_numbers(const struct sdp_codec *c);

#endif
