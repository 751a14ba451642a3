/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_format.h"

#include "alg/base/cursor.h"

/* name:NUMBER … (RFC 8866 6.6, 6.15; RFC 4585 4.2; RFC 6236; 3GPP TS 26.114) */
static const struct span names[] = { SPAN("rtpmap"), SPAN("fmtp"), SPAN("rtcp-fb"), SPAN("imageattr"),
				     SPAN("framesize") };

static bool belongs_to_one(struct span name)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieq(name, names[i]))
			return true;
	return false;
}

void sdp_format_list(struct writer *w, const struct payload_plan *plan)
{
	for (unsigned i = 0; i < plan->n; i++) {
		writer_byte(w, ' ');
		writer_u64(w, plan->format[i].to);
	}
	for (unsigned i = 0; i < plan->nevent; i++) {
		writer_byte(w, ' ');
		writer_u64(w, plan->event[i].number);
	}
}

/* The twelve digits and A to D: what can be told by INFO. */
void sdp_format_events(struct writer *w, const struct payload_plan *plan)
{
	for (unsigned i = 0; i < plan->nevent; i++) {
		const struct payload_event *e = &plan->event[i];

		writer_format(w, "a=rtpmap:%u telephone-event/%u\r\na=fmtp:%u 0-15\r\n", e->number, e->clock_hz,
			      e->number);
	}
}

/* The parameters, with the number in "apt" as it is shown (RFC 4588 8.1). */
static void put_parameters(struct writer *w, const struct payload_plan *plan, struct span rest)
{
	const struct span apt = sdp_codec_parameter(rest, SPAN("apt"));
	uint32_t number;
	int shown;

	if (!apt.n || span_u32(apt, &number) || number > 127) {
		writer_put(w, rest);
		return;
	}
	shown = payload_plan_shows(plan, (uint8_t)number);
	writer_put(w, span_slice(rest, 0, (uint32_t)(apt.p - rest.p)));
	writer_u64(w, shown < 0 ? number : (unsigned)shown);
	writer_put(w, span_from(rest, (uint32_t)(apt.p + apt.n - rest.p)));
}

bool sdp_format_attribute(struct writer *w, const struct payload_plan *plan, struct span value)
{
	struct cursor c = { .left = value };
	const struct span name = cursor_until(&c, COLON);
	uint64_t number;
	int shown;

	if (!belongs_to_one(name) || !cursor_try(&c, ':'))
		return false;
	cursor_blank(&c);
	number = cursor_number(&c, 127);
	if (c.failed || (c.left.n && !byte_is(c.left.p[0], BLANK)))
		return false;
	shown = payload_plan_shows(plan, (uint8_t)number);
	if (shown < 0)
		return true;
	/* Under its own number, and without a parameter that could be another's: as it came. */
	writer_str(w, "a=");
	if ((unsigned)shown == number && span_find(c.left, '=') == c.left.n) {
		writer_put(w, value);
	} else {
		writer_put(w, name);
		writer_byte(w, ':');
		writer_u64(w, (unsigned)shown);
		put_parameters(w, plan, c.left);
	}
	writer_str(w, "\r\n");
	return true;
}
