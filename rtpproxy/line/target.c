/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/target.h"

#include "alg/conf/config.h"
#include "alg/sdp/connection.h"
#include "alg/sdp/direction.h"
#include "alg/sdp/rtcp.h"
#include "rtpproxy/line/bounds.h"
#include "rtpproxy/line/kind.h"
#include "rtpproxy/line/loop.h"

/* How the side's media is protected; -1 where it is SRTP without keys that we could use. A key in a description of
 * plain RTP (RFC 8643) counts only where the client says so, or says that the side must have keys there. */
static int target_shield(const struct ng_request *q, enum sdp_proto proto, const struct terms *t)
{
	const bool has_key = t && t->crypto.key.suite != SRTP_SUITE_NONE;
	const bool may_have = q->osrtp_accept || q->sender_srtp == NG_SRTP_SDES;
	const bool has_certificate = t && t->fingerprints.n && t->setup != SDP_SETUP_HOLDCONN;

	if (!sdp_proto_is_secure(proto))
		return has_key && may_have ? SHIELD_SDES : SHIELD_NONE;
	if (has_key && !sdp_proto_is_dtls(proto))
		return SHIELD_SDES;
	/* Under RTP/SAVPF, too: so browsers called it once. */
	return has_certificate ? SHIELD_DTLS : -1;
}

/* O7: as the client says that its sender must protect it. */
static bool shield_is_let(enum ng_srtp must, enum sdp_proto proto, int shield)
{
	if (must == NG_SRTP_OFF)
		return !sdp_proto_is_secure(proto);
	return must == NG_SRTP_ANY || shield == (must == NG_SRTP_SDES ? SHIELD_SDES : SHIELD_DTLS);
}

static uint8_t target_bits(unsigned asked, const struct addr *a)
{
	unsigned whole = a->family == ADDR_V6 ? 128 : 32;

	/* 32 is what a realm has by default: of IPv6 it would be a whole provider. */
	return (uint8_t)(asked == 0 || asked > whole || (whole == 128 && asked == 32) ? whole : asked);
}

/* M1, for access realms: who speaks from where the description says is held to it, others to where they signal from. */
static enum latch_policy target_policy_auto(const struct target_rules *rules, const struct target *t)
{
	const struct addr *from = &rules->request->received_from;

	if (rules->request->trust_address || rules->request->asymmetric || !addr_is_set(from))
		return LATCH_SDP_IP;
	if (!addr_is_set(&t->said_rtp) || addr_is_any(&t->said_rtp) || addr_is_private(&t->said_rtp))
		return LATCH_SIG_IP;
	return addr_same_host(&t->said_rtp, from) ? LATCH_SDP_IP : LATCH_SIG_IP;
}

static void target_policy(const struct target_rules *rules, struct target *t)
{
	static const enum conf_latch as_conf[] = {
		[NG_LATCH_DEFAULT] = CONF_LATCH_AUTO,  [NG_LATCH_EXACT] = CONF_LATCH_EXACT,
		[NG_LATCH_SDP_IP] = CONF_LATCH_SDP_IP, [NG_LATCH_SIG_IP] = CONF_LATCH_SIG_IP,
		[NG_LATCH_OPEN] = CONF_LATCH_OPEN,
	};
	static const enum latch_policy as_latch[] = {
		[CONF_LATCH_EXACT] = LATCH_EXACT,
		[CONF_LATCH_SDP_IP] = LATCH_SDP_IP,
		[CONF_LATCH_SIG_IP] = LATCH_SIG_IP,
		[CONF_LATCH_OPEN] = LATCH_OPEN,
	};
	const struct ng_request *request = rules->request;
	const struct conf_realm *realm = &rules->conf->realms[rules->realm];
	bool asked = request->latch != NG_LATCH_DEFAULT;
	enum conf_latch latch = asked ? as_conf[request->latch] : realm->latch;

	t->signalling = addr_unmap(&request->received_from);
	t->signalling.port = 0;
	t->sig_bits = target_bits(0, &t->signalling);
	if (latch == CONF_LATCH_AUTO) {
		t->policy = target_policy_auto(rules, t);
		return;
	}
	t->policy = as_latch[latch];
	if (t->policy != LATCH_SIG_IP)
		return;
	t->sig_bits = target_bits(asked ? request->latch_bits : realm->latch_bits, &t->signalling);
	if (!addr_is_set(&t->signalling))
		t->policy = LATCH_SDP_IP;
}

/* A private address is behind some NAT, unless the side signals from it or the realm is said to reach it. */
static bool target_is_reachable(const struct target_rules *rules, const struct target *t, const struct addr *a)
{
	const struct conf_realm *realm = &rules->conf->realms[rules->realm];

	if (!addr_is_private(a) || addr_same_host(a, &t->signalling))
		return true;
	for (unsigned i = 0; i < realm->nnetwork; i++)
		if (prefix_has(&realm->networks[i], a))
			return true;
	return false;
}

/* May be sent there before the source is learnt. */
static bool target_expected(const struct target_rules *rules, const struct target *t, const struct addr *said)
{
	const struct conf_realm *realm = &rules->conf->realms[rules->realm];
	bool learns = t->policy == LATCH_SIG_IP || t->policy == LATCH_OPEN;

	if (!addr_is_set(said) || addr_is_any(said) || said->port == 0 || said->family != realm->address.family)
		return false;
	if (rules->request->nat_wait && !rules->request->asymmetric && t->policy != LATCH_EXACT)
		return false;
	return !learns || target_is_reachable(rules, t, said);
}

/* a=rtcp where it names another port than RTP's (we do not mux), else the port after RTP's (RFC 3550 11). */
static struct addr target_said_rtcp(const struct sdp *sdp, unsigned media, const struct addr *rtp)
{
	struct addr a = *rtp;
	struct span value;
	struct sdp_rtcp rtcp;

	a.port = (uint16_t)(rtp->port + 1);
	if (!sdp_attribute(sdp, &sdp->media[media], SPAN("rtcp"), NULL, &value) || sdp_rtcp_parse(value, &rtcp) ||
	    rtcp.port == rtp->port)
		return a;
	if (addr_is_set(&rtcp.addr) && !addr_is_any(&rtcp.addr))
		return addr_unmap(&rtcp.addr);
	a.port = rtcp.port;
	return a;
}

static void text_copy(char *to, size_t size, struct span from)
{
	uint32_t n = from.n < size ? from.n : (uint32_t)size - 1;

	memcpy(to, from.p, n);
	to[n] = '\0';
}

/* The host of the c= line; where the client does not trust it, that of the signalling. */
static struct addr target_host(const struct target_rules *rules, const struct addr *said)
{
	const struct ng_request *q = rules->request;
	const struct addr host = addr_unmap(said), from = addr_unmap(&q->received_from);

	if (!q->sip_source_address || !addr_is_set(&from) || addr_is_any(&host))
		return host;
	return from;
}

static enum outcome target_addresses(const struct target_rules *rules, const struct sdp *sdp, unsigned media,
				     uint16_t port, struct target *t)
{
	const struct sdp_line *line = sdp_connection_line(sdp, media);
	struct sdp_connection c;
	enum outcome o;

	if (!line)
		return OUTCOME_INCOMPLETE_SDP;
	if (sdp_connection_parse(sdp_line_value(sdp, line), &c))
		return OUTCOME_BAD_SDP;
	/* Who has ICE and no address yet is not on hold (RFC 8840 4.1.1). */
	t->held = sdp_direction_is_hold(sdp_direction(sdp, media)) ||
		  (addr_is_any(&c.addr) && !(t->terms && t->terms->ice.said));
	if (addr_is_set(&c.addr)) {
		t->said_rtp = target_host(rules, &c.addr);
		t->said_rtp.port = port;
		t->said_rtcp = target_said_rtcp(sdp, media, &t->said_rtp);
	}
	o = bounds_check(rules, &t->said_rtp);
	if (o == OUTCOME_OK)
		o = bounds_check(rules, &t->said_rtcp);
	if (o != OUTCOME_OK)
		return o;
	t->comes_back = loop_is_ours(rules->conf, rules->ports, &t->said_rtp);
	target_policy(rules, t);
	t->asymmetric = rules->request->asymmetric;
	t->rtp_expected = target_expected(rules, t, &t->said_rtp);
	t->rtcp_expected = target_expected(rules, t, &t->said_rtcp);
	return OUTCOME_OK;
}

static void target_codecs(const struct target_rules *rules, const struct target_codecs *codecs, struct target *t)
{
	if (rules->shelf && codecs->n)
		t->formats = formats_keep(rules->shelf, rules->key, rules->names, codecs->list, codecs->n);
	payload_book_read(&t->said, codecs->list, codecs->n);
	voice_read(codecs->list, codecs->n, &t->voice);
	for (unsigned i = 0; i < codecs->n; i++)
		if (span_ieq(codecs->list[i].encoding, SPAN("telephone-event")))
			numbers_put(&t->events, codecs->list[i].number);
}

static struct sdp_numbers target_payloads(const struct target_codecs *codecs, struct span formats)
{
	struct sdp_numbers all = { 0 };

	if (codecs->n == 0)
		return numbers_of(formats);
	for (unsigned i = 0; i < codecs->n; i++)
		numbers_put(&all, codecs->list[i].number);
	return all;
}

static bool target_is_wanted(const struct target_rules *rules, struct span type)
{
	const struct conf_realm *realms = rules->conf->realms;

	return kind_is_wanted(&realms[rules->realm], type) && kind_is_wanted(&realms[rules->reader], type);
}

/* 0, or -1 without memory. */
static int target_protection(const struct target_rules *rules, const struct sdp *sdp, unsigned media,
			     enum sdp_proto proto, struct target *t)
{
	int shield;

	if (terms_read(sdp, media, &t->terms))
		return -1;
	if (t->terms && ng_is_offer(rules->request))
		t->terms->mux &= !rules->request->mux_reject;
	if (t->terms && rules->request->command == NG_OFFER && rules->request->reject_ice)
		t->terms->ice = (struct terms_ice){ 0 };
	shield = target_shield(rules->request, proto, t->terms);
	t->mistrusted = !shield_is_let((enum ng_srtp)rules->request->sender_srtp, proto, shield);
	t->keyless = shield < 0 && !t->mistrusted;
	t->shield = shield < 0 ? SHIELD_NONE : (uint8_t)shield;
	t->unsupported |= t->mistrusted;
	t->refused = t->mistrusted || t->keyless;
	return 0;
}

enum outcome target_read(const struct target_rules *rules, const struct sdp *sdp, unsigned media,
			 struct target_codecs *codecs, struct target *out)
{
	struct target t = { .known = true };
	const struct sdp_line *line = &sdp->line[sdp->media[media].first];
	struct sdp_media m;
	enum outcome o;

	if (sdp_media_parse(sdp_line_value(sdp, line), &m))
		return OUTCOME_BAD_SDP;
	codecs->n = sdp_codec_list_of(sdp, media, m.formats, codecs->list);
	text_copy(t.type, sizeof(t.type), m.type);
	text_copy(t.protocol, sizeof(t.protocol), m.proto_name);
	t.datagram = kind_is_datagram(m.proto);
	t.unsupported = m.port != 0 && m.proto == SDP_PROTO_OTHER;
	t.unwanted = m.port != 0 && !t.unsupported && !target_is_wanted(rules, m.type);
	t.refused = m.port == 0 || t.unsupported || t.unwanted;
	if (!t.refused && sdp_proto_is_rtp(m.proto) && target_protection(rules, sdp, media, m.proto, &t))
		return OUTCOME_NO_MEMORY;
	if (!t.refused) {
		o = target_addresses(rules, sdp, media, m.port, &t);
		if (o != OUTCOME_OK) {
			terms_drop(t.terms);
			return o;
		}
		target_codecs(rules, codecs, &t);
		t.payloads = target_payloads(codecs, m.formats);
		t.feedback = sdp_proto_has_feedback(m.proto);
		t.pierce = rules->request->pierce_nat;
	}
	*out = t;
	return OUTCOME_OK;
}

bool target_answers(const struct target *said, const struct target *offered)
{
	return said->datagram == offered->datagram && span_ieq(span_str(said->type), span_str(offered->type));
}

bool target_follow(struct target *next, const struct target *in_force)
{
	if (!in_force->known || in_force->refused || next->refused)
		return false;
	if (addr_is_any(&next->said_rtp)) {
		struct target described = *in_force;

		described.held = next->held;
		described.said = next->said;
		described.datagram = next->datagram;
		described.payloads = next->payloads;
		described.events = next->events;
		described.voice = next->voice;
		described.terms = next->terms;
		described.formats = next->formats;
		described.shield = next->shield;
		memcpy(described.type, next->type, sizeof(described.type));
		memcpy(described.protocol, next->protocol, sizeof(described.protocol));
		*next = described;
		return false;
	}
	return !addr_eq(&next->said_rtp, &in_force->said_rtp) ||
	       (next->policy == LATCH_SIG_IP && !addr_same_host(&next->signalling, &in_force->signalling));
}
