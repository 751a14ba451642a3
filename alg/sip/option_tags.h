/* SPDX-License-Identifier: BSD-3-Clause */
/* option_tags.h: the option tags of Supported, Require, Proxy-Require and Unsupported (RFC 3261 19.2), as a set. */
#ifndef NATSBC_SIP_OPTION_TAGS_H
#define NATSBC_SIP_OPTION_TAGS_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

/* One row, one entry. clang-format would join them. */
/* clang-format off */
#define OPTION_TAG_TABLE(X) \
	X(100REL, "100rel") /* RFC 3262 */ \
	X(TIMER, "timer") /* RFC 4028 */ \
	X(REPLACES, "replaces") /* RFC 3891 */ \
	X(NOREFERSUB, "norefersub") /* RFC 4488 */ \
	X(EXPLICITSUB, "explicitsub") /* RFC 7614 */ \
	X(NOSUB, "nosub") /* RFC 7614 */ \
	X(TDIALOG, "tdialog") /* RFC 4538 */ \
	X(JOIN, "join") /* RFC 3911 */ \
	X(HISTINFO, "histinfo") /* RFC 7044 */ \
	X(PATH, "path") /* RFC 3327 */ \
	X(OUTBOUND, "outbound") /* RFC 5626 */ \
	X(GRUU, "gruu") /* RFC 5627 */ \
	X(PRECONDITION, "precondition") /* RFC 3312 */ \
	X(PRIVACY, "privacy") /* RFC 3323 */ \
	X(SEC_AGREE, "sec-agree") /* RFC 3329 */ \
	X(FROM_CHANGE, "from-change") /* RFC 4916 */ \
	X(EVENTLIST, "eventlist") /* RFC 4662 */ \
	X(ANSWERMODE, "answermode") /* RFC 5373 */ \
	X(ICE, "ice") /* RFC 5768 */ \
	X(199, "199") /* RFC 6228 */
/* clang-format on */

enum option_tag {
#define X(id, name) OPTION_##id,
	OPTION_TAG_TABLE(X)
#undef X
		OPTION_OTHER, /* any tag not in the table */
	OPTION_N
};

_Static_assert(OPTION_N <= 32, "a set is one bit a tag");
#define OPTION_BIT(tag) (1U << (tag))

/* Compared without case. */
enum option_tag option_tag_find(struct span tag);

/* The tags of all lines of such a header. */
uint32_t option_tags_read(const struct sip_msg *m, enum sip_hdr hdr);

/* The first tag in such a header that is not in the set; absent where there is none. Borrows m. */
struct span option_tags_beyond(const struct sip_msg *m, enum sip_hdr hdr, uint32_t set);

/* "100rel, timer": the set as a header value; OPTION_OTHER has no name. */
void option_tags_write(struct writer *w, uint32_t set);

#endif
