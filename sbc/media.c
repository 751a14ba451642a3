/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media.h"

bool media_has_sdp(const struct sip_msg *m)
{
	struct span type = sip_msg_value(m, SIP_HDR_CONTENT_TYPE);

	return sip_msg_body(m).n > 0 && span_istarts(type, SPAN("application/sdp"));
}

bool media_is_foreign(const struct sip_msg *m)
{
	return sip_msg_body(m).n > 0 && !media_has_sdp(m);
}

/* The tags the relay knows the sides by: it need not learn those of the wire. */
static struct span side_tag(enum side s)
{
	return s == SIDE_A ? SPAN("a") : SPAN("b");
}

static struct span realm_name(const struct engine *e, const struct leg *l)
{
	return span_str(e->core.conf->realms[l->flow.realm].name);
}

/* CALLS.md M1: a trunk's media comes from where its SDP says; a phone's from where its signalling comes from. */
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
}

static bool ask(struct engine *e, struct call *c, enum ng_command command, enum side from, const struct sip_msg *m,
		relaylink_done_fn *done, void *user)
{
	const struct leg *sender = &c->leg[from], *receiver = &c->leg[side_other(from)];
	struct ng_request r = {
		.command = command,
		.call_id = span_str(c->id),
		.from_tag = side_tag(command == NG_ANSWER ? side_other(from) : from),
		.to_tag = side_tag(command == NG_ANSWER ? from : side_other(from)),
		.sdp = sip_msg_body(m),
		.direction = { realm_name(e, sender), realm_name(e, receiver) },
		.received_from = sender->flow.peer,
	};

	set_latch(e, sender, &r);
	c->media = true;
	return relaylink_ask(&e->relay, &r, m->raw, done, user, &c->waits) != NULL;
}

bool media_offer(struct engine *e, struct call *c, enum side from, const struct sip_msg *m, relaylink_done_fn *done,
		 void *user)
{
	return ask(e, c, NG_OFFER, from, m, done, user);
}

bool media_answer(struct engine *e, struct call *c, enum side from, const struct sip_msg *m, relaylink_done_fn *done,
		  void *user)
{
	return ask(e, c, NG_ANSWER, from, m, done, user);
}

static void command(struct engine *e, struct call *c, enum ng_command what, struct span from_tag)
{
	/* Nobody reads the statistics of a call that is over: fast. */
	struct ng_request r = { .command = what, .call_id = span_str(c->id), .from_tag = from_tag, .fast = true };

	relaylink_ask(&e->relay, &r, (struct span){ 0 }, NULL, NULL, NULL);
}

void media_rollback(struct engine *e, struct call *c, enum side offerer)
{
	command(e, c, NG_ROLLBACK, side_tag(offerer));
}

void media_delete(struct engine *e, struct call *c)
{
	if (!c->media)
		return;
	c->media = false;
	command(e, c, NG_DELETE, (struct span){ 0 });
}

bool media_query(struct engine *e, struct call *c, relaylink_done_fn *done, void *user, struct relaylink_wait **list)
{
	struct ng_request r = { .command = NG_QUERY, .call_id = span_str(c->id) };

	return c->media && relaylink_ask(&e->relay, &r, (struct span){ 0 }, done, user, list) != NULL;
}

uint16_t media_refusal(const struct ng_answer *a, enum count *why)
{
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
	return 488;
}
