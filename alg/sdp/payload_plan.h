/* SPDX-License-Identifier: BSD-3-Clause */
/* payload_plan.h: which formats of an m-line are shown to the other side, in which order, under which numbers. */
#ifndef NATSBC_SDP_PAYLOAD_PLAN_H
#define NATSBC_SDP_PAYLOAD_PLAN_H

#include "alg/sdp/payload_book.h"

enum { PAYLOAD_EVENT_MAX = 4 };

struct payload_plan {
	bool given; /* else the formats stay as they came; without formats: nothing is left that may be shown */
	uint8_t n;
	struct payload_format {
		uint8_t from, to; /* as it came, as it is shown */
	} format[CODEC_MAX];
	/* Telephone events (RFC 4733) that we add, behind the formats. */
	uint8_t nevent;
	struct payload_event {
		uint32_t clock_hz;
		uint8_t number;
	} event[PAYLOAD_EVENT_MAX];
};

/* All formats as they came; not given where the list is empty. */
void payload_plan_begin(struct payload_plan *p, const struct sdp_codec *list, unsigned n);

/* Shows the reader its own numbers for the codecs that it has numbered, and for others numbers that mean nothing else
 * to it (RFC 3264 8.3.2). Nothing changes where more than max would. True where the reader is shown its own numbers. */
bool payload_plan_renumber(struct payload_plan *p, const struct sdp_codec *list, unsigned n,
			   const struct payload_book *writer, const struct payload_book *reader, unsigned max);

/* What the number is shown as; -1 where it is not shown. */
int payload_plan_shows(const struct payload_plan *p, uint8_t from);

/* The format is not shown. */
void payload_plan_drop(struct payload_plan *p, uint8_t from);

/* Telephone events under that number; nothing where it is negative, shown already, or the formats stay as they came. */
void payload_plan_add_event(struct payload_plan *p, uint32_t clock_hz, int number);

/* A number that neither side uses; -1 where there is none. */
int payload_plan_spare(const struct payload_plan *p, const struct payload_book *writer,
		       const struct payload_book *reader);

#endif
