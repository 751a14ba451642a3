/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/dtmf_relay.h"

#include "alg/base/dtmf.h"
#include "alg/sip/content_type.h"

/* "5", "#", or, as some write it, the event's number: "11". */
static int signal_event(struct span s)
{
	uint32_t number;

	if (s.n == 1)
		return dtmf_event(s.p[0]);
	return span_u32(s, &number) || number >= DTMF_N ? -1 : (int)number;
}

static struct span line_take(struct span *left)
{
	uint32_t end = 0;
	struct span line;

	while (end < left->n && left->p[end] != '\r' && left->p[end] != '\n')
		end++;
	line = span_slice(*left, 0, end);
	*left = span_from(*left, end < left->n ? end + 1 : end);
	return span_trim(line);
}

static void line_read(struct span line, int *event, uint32_t *duration_ms)
{
	const uint32_t equals = span_find(line, '=');
	const struct span name = span_trim(span_slice(line, 0, equals));
	const struct span value = span_trim(span_from(line, equals < line.n ? equals + 1 : equals));
	uint32_t ms;

	if (span_ieq(name, SPAN("Signal")))
		*event = signal_event(value);
	else if (span_ieq(name, SPAN("Duration")) && !span_u32(value, &ms) && ms)
		*duration_ms = ms;
}

int dtmf_relay_parse(struct span content_type, struct span body, struct dtmf_relay *out)
{
	uint32_t duration_ms = DTMF_RELAY_USUAL_MS;
	int event = -1;

	if (content_type_is(content_type, SPAN("application/dtmf")))
		event = signal_event(span_trim(line_take(&body)));
	else if (content_type_is(content_type, SPAN("application/dtmf-relay")))
		while (body.n)
			line_read(line_take(&body), &event, &duration_ms);
	if (event < 0)
		return -1;
	*out = (struct dtmf_relay){ (uint8_t)event, duration_ms };
	return 0;
}

void dtmf_relay_write(struct writer *w, const struct dtmf_relay *d)
{
	writer_format(w, "Signal=%c\r\nDuration=%u\r\n", dtmf_digit(d->event), d->duration_ms);
}
