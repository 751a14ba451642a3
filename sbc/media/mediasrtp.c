/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/mediasrtp.h"

#include "alg/sdp/protection.h"
#include "sbc/call/call.h"

static enum conf_srtp srtp_of(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return l->trunk >= 0 ? conf->trunks[l->trunk].srtp : conf->realms[l->flow.realm].srtp;
}

/* What pages of browsers speak SIP by (RFC 7118). */
static bool is_browser(const struct leg *l)
{
	return l->trunk < 0 && (l->flow.transport == CONF_WS || l->flow.transport == CONF_WSS);
}

void mediasrtp_demand(const struct engine *e, const struct leg *from, struct ng_request *r)
{
	static const uint8_t demands[] = {
		[CONF_SRTP_AUTO] = NG_SRTP_ANY,  [CONF_SRTP_OFF] = NG_SRTP_OFF,   [CONF_SRTP_SDES] = NG_SRTP_SDES,
		[CONF_SRTP_DTLS] = NG_SRTP_DTLS, [CONF_SRTP_OSRTP] = NG_SRTP_ANY,
	};

	r->sender_srtp = demands[srtp_of(e, from)];
}

/* What a side that said nothing yet is offered where it is left to us. */
static void first_offer(const struct leg *to, enum conf_srtp srtp, struct protection *p)
{
	static const uint8_t kinds[] = {
		[CONF_SRTP_AUTO] = PROTECTION_NONE,   [CONF_SRTP_OFF] = PROTECTION_NONE,
		[CONF_SRTP_SDES] = PROTECTION_SDES,   [CONF_SRTP_DTLS] = PROTECTION_DTLS,
		[CONF_SRTP_OSRTP] = PROTECTION_OSRTP,
	};

	/* A phone that has ICE may count on it, behind the worst of NATs; one that has none passes over its lines. */
	*p = (struct protection){ .kind = kinds[srtp], .ice = srtp == CONF_SRTP_DTLS && to->trunk < 0 };
	/* RFC 8827 6.5, RFC 8834 4.5: browsers take nothing less. */
	if (is_browser(to) && (srtp == CONF_SRTP_AUTO || srtp == CONF_SRTP_DTLS))
		*p = (struct protection){ PROTECTION_DTLS, SPAN("UDP/TLS/RTP/SAVPF"), true, true };
}

/* A side that must have it so and no other way has it so; of its ways the one that it has now. */
static bool is_let(enum conf_srtp srtp, enum protection_kind kind)
{
	switch (srtp) {
	case CONF_SRTP_OFF:
		return kind == PROTECTION_NONE;
	case CONF_SRTP_SDES:
		return kind == PROTECTION_SDES;
	case CONF_SRTP_DTLS:
		return kind == PROTECTION_DTLS;
	default:
		return true;
	}
}

static void wanted(const struct engine *e, const struct leg *to, struct protection *p)
{
	const enum conf_srtp srtp = srtp_of(e, to);

	protection_read(buf_span(to->anchor.said), p);
	if (!span_is_set(p->profile) || !is_let(srtp, p->kind))
		first_offer(to, srtp, p);
}

/* In which words that is asked for, where it differs from how the offer came. Feedback (RFC 4585) goes only to who is
 * known to have it: there are phones that refuse all of an offer for that letter. */
static struct span profile(const struct protection *want, const struct protection *have)
{
	static const struct span names[] = {
		[PROTECTION_NONE] = SPAN("RTP/AVP"),
		[PROTECTION_OSRTP] = SPAN("RTP/AVP"),
		[PROTECTION_SDES] = SPAN("RTP/SAVP"),
		[PROTECTION_DTLS] = SPAN("UDP/TLS/RTP/SAVP"),
	};
	const bool plain = want->kind <= PROTECTION_OSRTP && have->kind <= PROTECTION_OSRTP;

	if (plain || (want->kind == have->kind && !span_is_set(want->profile)))
		return (struct span){ 0 };
	return span_is_set(want->profile) ? want->profile : names[want->kind];
}

void mediasrtp_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r)
{
	struct protection have, want;

	protection_read(r->sdp, &have);
	wanted(e, to, &want);
	if (!span_is_set(have.profile))
		return;
	r->transport = profile(&want, &have);
	r->osrtp_offer = want.kind == PROTECTION_OSRTP;
	r->osrtp_accept = have.kind == PROTECTION_OSRTP && srtp_of(e, from) != CONF_SRTP_OFF;
	if (want.ice != have.ice)
		r->ice = want.ice ? NG_ICE_FORCE : NG_ICE_REMOVE;
	if (want.mux != have.mux) {
		r->mux_offer = want.mux;
		r->mux_demux = !want.mux;
	}
}
