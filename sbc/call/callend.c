/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/callend.h"

#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"
#include "sbc/transfer/takeover.h"
#include "sbc/transfer/transfer.h"

/* What the other side is told as the Reason of its BYE or CANCEL (RFC 3326). */
static struct span reason_line(enum count cause)
{
	switch (cause) {
	case COUNT_CALL_MEDIA_TIMEOUT:
		return SPAN("Reason: SIP;cause=408;text=\"Media timeout\"\r\n");
	case COUNT_CALL_NO_MEDIA:
		return SPAN("Reason: SIP;cause=408;text=\"No media ever came\"\r\n");
	case COUNT_CALL_ONE_WAY:
		return SPAN("Reason: SIP;cause=408;text=\"Media from one side only\"\r\n");
	case COUNT_CALL_CONSENT:
		return SPAN("Reason: SIP;cause=408;text=\"The other side is out of reach for media\"\r\n");
	case COUNT_CALL_HELD:
		return SPAN("Reason: SIP;cause=408;text=\"On hold for too long\"\r\n");
	case COUNT_CALL_MEDIA_LOST:
		return SPAN("Reason: SIP;cause=503;text=\"Media relay restarted\"\r\n");
	case COUNT_CALL_OPERATOR:
		return SPAN("Reason: SIP;cause=200;text=\"Ended by operator\"\r\n");
	case COUNT_CALL_GONE:
		return SPAN("Reason: SIP;cause=481;text=\"Unknown to the other side\"\r\n");
	case COUNT_CALL_SILENT:
		return SPAN("Reason: SIP;cause=408;text=\"The other side does not respond\"\r\n");
	case COUNT_CALL_NO_ACK:
		return SPAN("Reason: SIP;cause=408;text=\"No ACK\"\r\n");
	case COUNT_CALL_NO_PRACK:
		return SPAN("Reason: SIP;cause=504;text=\"No PRACK\"\r\n");
	case COUNT_REFUSE_SDP:
	case COUNT_REFUSE_TARGET:
	case COUNT_REFUSE_NO_USABLE_KEY:
		return SPAN("Reason: SIP;cause=488;text=\"No session description that can be used\"\r\n");
	case COUNT_REFUSE_NOT_ENCRYPTED:
		return SPAN("Reason: SIP;cause=488;text=\"Media must be encrypted\"\r\n");
	case COUNT_REFUSE_ENCRYPTED:
		return SPAN("Reason: SIP;cause=488;text=\"Media may not be encrypted\"\r\n");
	case COUNT_CALL_LAPSED:
		return SPAN("Reason: SIP;cause=408;text=\"Session timer expired\"\r\n");
	case COUNT_CALL_TOO_LONG:
		return SPAN("Reason: SIP;cause=200;text=\"Duration limit\"\r\n");
	default:
		return (struct span){ 0 };
	}
}

static void tell_log(struct engine *e, const struct call *c, enum count cause, const struct leg *by)
{
	uint64_t now = core_now(&e->core);
	/* What is named before that is what we refuse (count.h), whomever it was said to. */
	const char *who = !by || cause < COUNT_CALL_STARTED ? "us" : by->side == SIDE_A ? "caller" : "callee";

	log_info(&e->core.log, "call %s ended: %s by %s, %.*s to %.*s, %llu ms, talked %llu ms", c->id,
		 count_name(cause), who, SPAN_ARG(buf_span(c->from)), SPAN_ARG(buf_span(c->to)),
		 (unsigned long long)(now - c->created),
		 (unsigned long long)(c->answered_at ? now - c->answered_at : 0));
}

/* Our answers to requests still open on either leg, and CANCEL for what we sent. */
static void end_passes(struct engine *e, struct call *c, uint16_t status, enum count cause)
{
	struct pass *next;

	for (struct pass *p = c->passes; p; p = next) {
		struct answer a = { .status = status ? status : 487, .lines = respond_lines(status, cause) };

		next = p->next;
		reliable_end(e, p);
		/* P4: the PRACK of a response that was sent is right, whatever becomes of the call. */
		if (p->method == SIP_PRACK && !p->offered)
			a.status = 200;
		if (p->in && !pass_is_answered(p)) {
			struct txn *in = p->in;

			a.to_tag = buf_span(p->from->local_tag);
			p->in = NULL;
			respond(e, in, &a);
			txn_detach(in);
		}
		pass_give_up(e, p, reason_line(cause));
	}
}

void callend(struct engine *e, struct call *c, enum count cause, uint16_t status, const struct leg *by)
{
	if (c->state == CALL_OVER)
		return;
	calls_over(e, c);
	c->cause = cause;
	transfer_call_over(e, c, status);
	takeover_call_over(e, c);
	if (c->kind == CALL_INVITE) {
		core_count(&e->core, cause);
		tell_log(e, c, cause, by);
	}
	wheel_del(&e->core.wheel, &c->limit);
	relaylink_forget(&c->waits);
	relaylink_forget(&c->reviving);
	renew_over(e, c);
	end_passes(e, c, status, cause);
	for (struct leg *l = c->legs; l; l = l->next) {
		/* A 2xx that nobody acknowledged yet on our side: the peer repeats it until we do, even if it hung up.
		 */
		if (l->ack_owed)
			leg_ack(e, l, (struct span){ 0 });
		if (l == by || c->kind != CALL_INVITE) {
			leg_acked(e, l);
			l->state = LEG_ENDED;
		} else {
			leg_bye(e, l, reason_line(cause));
		}
	}
	media_delete(e, c);
	callend_look(e, c);
}

void callend_no_ack(struct engine *e, struct leg *l)
{
	struct call *c = l->call;

	leg_acked(e, l);
	if (l->bye_due)
		leg_bye(e, l, (struct span){ 0 });
	callend(e, c, COUNT_CALL_NO_ACK, 0, NULL);
	callend_look(e, c); /* it may have been over before, waiting for this ACK alone */
}

void callend_look(struct engine *e, struct call *c)
{
	if (c->state != CALL_OVER || c->ending_queued)
		return;
	c->ending_queued = true;
	c->next_ended = e->ended;
	e->ended = c;
}

void callend_reap(struct engine *e)
{
	while (e->ended) {
		struct call *c = e->ended;
		bool waits = false;

		for (const struct leg *l = c->legs; l; l = l->next)
			waits = waits || l->bye_due || l->bye;
		e->ended = c->next_ended;
		c->ending_queued = false;
		for (struct pass *p = c->passes; p && !waits; p = p->next)
			waits = pass_is_open(p);
		if (!waits)
			calls_free(e, c);
	}
}
