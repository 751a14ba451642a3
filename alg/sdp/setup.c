/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/setup.h"

static const struct span names[] = {
	[SDP_SETUP_NONE] = SPAN(""),
	[SDP_SETUP_ACTIVE] = SPAN("active"),
	[SDP_SETUP_PASSIVE] = SPAN("passive"),
	[SDP_SETUP_ACTPASS] = SPAN("actpass"),
	[SDP_SETUP_HOLDCONN] = SPAN("holdconn"),
};

/* Absent where neither has it. */
static struct span attribute_of(const struct sdp *s, unsigned media, struct span name)
{
	struct span value;

	if (sdp_attribute(s, &s->media[media], name, NULL, &value) || sdp_attribute(s, &s->session, name, NULL, &value))
		return span_trim(value);
	return (struct span){ 0 };
}

enum sdp_setup sdp_setup(const struct sdp *s, unsigned media)
{
	const struct span value = attribute_of(s, media, SPAN("setup"));

	for (enum sdp_setup i = SDP_SETUP_ACTIVE; i <= SDP_SETUP_HOLDCONN; i++)
		if (span_ieq(value, names[i]))
			return i;
	return SDP_SETUP_NONE;
}

enum sdp_setup sdp_setup_answer(enum sdp_setup offered, bool eager)
{
	switch (offered) {
	case SDP_SETUP_ACTIVE:
		return SDP_SETUP_PASSIVE;
	case SDP_SETUP_PASSIVE:
		return SDP_SETUP_ACTIVE;
	case SDP_SETUP_HOLDCONN:
		return SDP_SETUP_HOLDCONN;
	case SDP_SETUP_NONE:
	case SDP_SETUP_ACTPASS:
		break;
	}
	return eager ? SDP_SETUP_ACTIVE : SDP_SETUP_PASSIVE;
}

struct span sdp_tls_id(const struct sdp *s, unsigned media)
{
	const struct span id = attribute_of(s, media, SPAN("tls-id"));

	return id.n < SDP_TLS_ID_MIN || id.n > SDP_TLS_ID_MAX ? (struct span){ 0 } : id;
}

void sdp_setup_write(struct writer *w, enum sdp_setup setup)
{
	writer_str(w, "a=setup:");
	writer_put(w, names[setup]);
	writer_str(w, "\r\n");
}
