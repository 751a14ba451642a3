/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/media.h"

#include "alg/sip/session_body.h"
#include "sbc/base/kept.h"
#include "sbc/call/absorb.h"
#include "sbc/call/dtmf.h"
#include "sbc/media/anchor.h"
#include "sbc/media/mediacodecs.h"
#include "sbc/media/mediasrtp.h"
#include "sbc/media/unheard.h"
#include "sbc/pinhole/callholes.h"
#include "sbc/pinhole/mappinghold.h"

/* Its own body, or one part of it. */
static bool find_sdp(const struct sip_msg *m, struct span *out, struct multipart_part *part)
{
	*part = (struct multipart_part){ 0 };
	*out = sip_msg_body(m);
	switch (session_body_find(m, part)) {
	case SESSION_BODY_WHOLE:
		return true;
	case SESSION_BODY_PART:
		*out = part->content;
		return true;
	default:
		return false;
	}
}

bool media_has_sdp(const struct sip_msg *m)
{
	struct multipart_part part;
	struct span sdp;

	return find_sdp(m, &sdp, &part);
}

struct span media_sdp(const struct sip_msg *m)
{
	struct multipart_part part;
	struct span sdp;

	return find_sdp(m, &sdp, &part) ? sdp : (struct span){ 0 };
}

struct span media_body(struct engine *e, const struct sip_msg *m, struct span sdp)
{
	struct writer w = writer_over(e->core.body_text, sizeof(e->core.body_text));
	struct multipart_part part;
	struct span old;

	if (!sdp.n || !find_sdp(m, &old, &part) || !part.headers.p)
		return sdp;
	multipart_replace(&w, sip_msg_body(m), &part, sdp);
	return w.failed ? SPAN("") : writer_done(&w);
}

bool media_is_foreign(const struct sip_msg *m)
{
	struct multipart_part part;

	return session_body_find(m, &part) == SESSION_BODY_SHUT;
}

static struct span realm_name(const struct engine *e, const struct leg *l)
{
	return span_str(e->core.conf->realms[l->flow.realm].name);
}

/* CALLS.md M1: a trunk's media comes from where its SDP says, which may be another call of ours that comes back through
 * it; a phone's from where its signalling comes from. */
static void set_latch(const struct engine *e, const struct leg *l, struct ng_request *r)
{
	static const enum ng_latch latches[] = {
		[CONF_LATCH_AUTO] = NG_LATCH_DEFAULT,  [CONF_LATCH_EXACT] = NG_LATCH_EXACT,
		[CONF_LATCH_SDP_IP] = NG_LATCH_SDP_IP, [CONF_LATCH_SIG_IP] = NG_LATCH_SIG_IP,
		[CONF_LATCH_OPEN] = NG_LATCH_OPEN,
	};
	const struct conf_realm *realm = &e->core.conf->realms[l->flow.realm];

	r->latch = latches[realm->latch];
	r->latch_bits = realm->latch_bits;
	if (realm->latch == CONF_LATCH_AUTO && l->trunk >= 0)
		r->latch = NG_LATCH_EXACT;
	r->trust_address = l->trunk >= 0;
}

/* Where we are seen from outside is found by us, not by the relay. */
static void set_address(const struct engine *e, const struct leg *to, struct ng_request *r)
{
	const struct conf_realm *realm = &e->core.conf->realms[to->flow.realm];

	if (realm->public_auto)
		r->media_address = realm->public;
}

static struct span tag_of(const struct leg *l)
{
	return span_str(l->media);
}

/* The relay need not learn the tags of the wire: it has names of our own for the legs. An offer that sets up a branch
 * names it as a Via branch would, so that several can be open (NG.md); the answer gives it its tag. */
static void describe(struct engine *e, enum ng_command command, const struct leg *from, const struct leg *to,
		     struct span sdp, struct ng_request *r)
{
	const struct leg *far = from->side == SIDE_B ? from : to;

	ng_request_clear(r);
	r->command = command;
	r->call_id = span_str(from->call->id);
	r->from_tag = tag_of(command == NG_ANSWER ? to : from);
	r->to_tag = tag_of(command == NG_ANSWER ? from : to);
	r->direction[0] = realm_name(e, from);
	r->direction[1] = realm_name(e, to);
	r->received_from = from->flow.peer;
	r->sdp = sdp;
	/* An offer of ours named it so, and that is all that the relay knows it by (ownoffer.h). */
	if (far->branch || far->early_offer)
		r->via_branch = tag_of(far);
	if (far->branch && far == to && command == NG_OFFER)
		r->to_tag = (struct span){ 0 };
	set_latch(e, from, r);
	set_address(e, to, r);
	mediacodecs_ask(e, from, to, r);
	mediasrtp_demand(e, from, r);
	if (command == NG_OFFER)
		mediasrtp_ask(e, from, to, r);
	if (command == NG_OFFER && (from->anchor.real || to->anchor.real)) {
		r->stands_for[0] = from->anchor.real ? buf_span(from->anchor.real) : SPAN("");
		r->stands_for[1] = to->anchor.real ? buf_span(to->anchor.real) : SPAN("");
	}
	dtmf_ask(e, from, to, r);
}

/* Before who asked hears of it: what the relay took is kept. */
static void on_described(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	void (*keep)(struct engine *, struct leg *, struct leg *, struct span, struct span) =
		w->answers ? anchor_answered : anchor_offered;

	if (a && a->sdp.n)
		keep(env, w->from, w->to, buf_span(w->sdp), a->sdp);
	w->user = w->asker;
	if (w->then && w->user)
		w->then(env, w, a);
}

static bool ask(struct engine *e, struct ng_request *r, struct leg *from, struct leg *to, const struct sip_msg *m,
		relaylink_done_fn *done, void *user)
{
	struct leg *far = from->side == SIDE_B ? from : to;
	struct call *c = from->call;
	struct relaylink_wait *w;

	c->media = true;
	if (r->command == NG_ANSWER)
		c->joined = far;
	else if (far == from)
		c->asked = far;
	w = relaylink_ask(&e->relay, r, done && m ? kept_new(&e->core.bufs, m) : NULL, on_described, to, &c->waits);
	if (!w)
		return false;
	w->sdp = buf_keep(&e->core.bufs, r->sdp);
	w->from = from;
	w->to = to;
	w->answers = r->command == NG_ANSWER;
	w->then = done;
	w->asker = user;
	mappinghold_want(e, c, to->flow.realm, w);
	callholes_look(e, c);
	return true;
}

bool media_resume(struct engine *e, struct leg *from, struct leg *to, struct span sdp, relaylink_done_fn *done)
{
	struct ng_request r;

	describe(e, NG_OFFER, from, to, sdp, &r);
	r.resume[0] = from->anchor.told ? buf_span(from->anchor.told) : SPAN("");
	r.resume[1] = buf_span(to->anchor.told);
	return relaylink_ask(&e->relay, &r, NULL, done, to, &from->call->reviving) != NULL;
}

bool media_resume_answer(struct engine *e, struct leg *from, struct leg *to, relaylink_done_fn *done)
{
	struct ng_request r;

	describe(e, NG_ANSWER, from, to, buf_span(from->anchor.said), &r);
	r.resume[0] = buf_span(from->anchor.told);
	r.resume[1] = buf_span(to->anchor.told);
	if (!relaylink_ask(&e->relay, &r, NULL, done, to, &from->call->reviving))
		return false;
	callholes_look(e, from->call);
	return true;
}

bool media_offer(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, relaylink_done_fn *done,
		 void *user)
{
	struct ng_request r;

	absorb_heard_offer(e, from, media_sdp(m));
	describe(e, NG_OFFER, from, to, media_sdp(m), &r);
	return ask(e, &r, from, to, m, done, user);
}

bool media_offer_own(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, struct span sdp,
		     relaylink_done_fn *done, void *user)
{
	struct ng_request r;

	describe(e, NG_OFFER, from, to, sdp, &r);
	r.sender_srtp = NG_SRTP_ANY; /* it is ours, not the side's */
	return ask(e, &r, from, to, m, done, user);
}

bool media_offer_anew(struct engine *e, struct leg *from, struct leg *to, relaylink_done_fn *done, void *user)
{
	struct ng_request r;

	describe(e, NG_OFFER, from, to, buf_span(from->anchor.said), &r);
	r.sender_srtp = NG_SRTP_ANY; /* it was good enough when it was said */
	return ask(e, &r, from, to, NULL, done, user);
}

bool media_answer_to_us(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m,
			relaylink_done_fn *done, void *user)
{
	struct ng_request r;

	absorb_heard_answer(e, from, to, media_sdp(m));
	describe(e, NG_ANSWER, from, to, media_sdp(m), &r);
	r.resume[0] = SPAN("");
	r.resume[1] = to->anchor.told ? buf_span(to->anchor.told) : SPAN("");
	return ask(e, &r, from, to, m, done, user);
}

bool media_answer(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, relaylink_done_fn *done,
		  void *user)
{
	absorb_heard_answer(e, from, to, media_sdp(m));
	return media_answer_own(e, from, to, m, media_sdp(m), done, user);
}

bool media_answer_own(struct engine *e, struct leg *from, struct leg *to, const struct sip_msg *m, struct span sdp,
		      relaylink_done_fn *done, void *user)
{
	struct ng_request r;

	describe(e, NG_ANSWER, from, to, sdp, &r);
	return ask(e, &r, from, to, m, done, user);
}

static struct relaylink_wait *command(struct engine *e, const struct call *c, enum ng_command what,
				      struct span from_tag, struct span via_branch)
{
	struct ng_request r;

	ng_request_clear(&r);
	r.command = what;
	r.call_id = span_str(c->id);
	r.from_tag = from_tag;
	r.via_branch = via_branch;
	r.fast = true; /* nobody reads all the statistics of a call that is over */
	return relaylink_ask(&e->relay, &r, NULL, NULL, NULL, NULL);
}

void media_rollback(struct engine *e, struct leg *offerer)
{
	absorb_forget_offer(offerer);
	anchor_forget_offer(e, offerer);
	command(e, offerer->call, NG_ROLLBACK, tag_of(offerer), (struct span){ 0 });
}

void media_drop(struct engine *e, const struct leg *far)
{
	command(e, far->call, NG_DELETE, (struct span){ 0 }, tag_of(far));
}

void media_delete(struct engine *e, struct call *c)
{
	if (!c->media)
		return;
	c->media = false;
	callholes_end(e, c);
	unheard_look(e, c, command(e, c, NG_DELETE, (struct span){ 0 }, (struct span){ 0 }));
}

bool media_query(struct engine *e, struct call *c, relaylink_done_fn *done, void *user, struct relaylink_wait **list)
{
	struct ng_request r = { .command = NG_QUERY, .call_id = span_str(c->id) };

	return c->media && relaylink_ask(&e->relay, &r, NULL, done, user, list) != NULL;
}

bool media_capture(struct engine *e, struct call *c, enum media_capture what, relaylink_done_fn *done, void *user,
		   struct relaylink_wait **list)
{
	struct ng_request r = {
		.command = what == MEDIA_CAPTURE_STOP ? NG_STOP_RECORDING : NG_START_RECORDING,
		.call_id = span_str(c->id),
		.no_payload = what == MEDIA_CAPTURE_HEADERS,
	};

	return c->media && relaylink_ask(&e->relay, &r, NULL, done, user, list) != NULL;
}

const char *media_refusal_hint(struct span reason)
{
	static const struct {
		struct span begins;
		const char *hint;
	} hints[] = {
		{ SPAN("Ran out of ports"), " (realms.*.media.ports is too small for the calls that are up)" },
		{ SPAN("No codec left"), " (realms.*.media.codecs and trunks.*.codecs say which)" },
		{ SPAN("Media in the clear where"), " (realms.*.srtp or trunks.*.srtp says so)" },
		{ SPAN("SRTP where media must"), " (realms.*.srtp or trunks.*.srtp says so)" },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (span_starts(reason, hints[i].begins))
			return hints[i].hint;
	return "";
}

uint16_t media_refusal(const struct ng_answer *a, enum count *why)
{
	static const struct {
		struct span begins;
		enum count why;
	} causes[] = {
		/* "is loopback", "is one of our own ports", … */
		{ SPAN("SDP address is "), COUNT_REFUSE_TARGET },
		{ SPAN("Media in the clear where it must be encrypted"), COUNT_REFUSE_NOT_ENCRYPTED },
		{ SPAN("SRTP where media must be in the clear"), COUNT_REFUSE_ENCRYPTED },
		{ SPAN("SRTP without keys"), COUNT_REFUSE_NO_USABLE_KEY },
	};

	if (!a) {
		*why = COUNT_REFUSE_RELAY_GONE;
		return 503;
	}
	if (span_eq(a->error_reason, SPAN("Parallel session limit reached")) ||
	    span_eq(a->error_reason, SPAN("Ran out of ports"))) {
		*why = COUNT_REFUSE_RELAY;
		return 503;
	}
	*why = COUNT_REFUSE_SDP;
	for (unsigned i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (span_starts(a->error_reason, causes[i].begins))
			*why = causes[i].why;
	return 488;
}
