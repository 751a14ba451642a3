/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/placefailure.h"

#include "sbc/base/transport.h"

enum { WORDS_MAX = 120 /* bytes of what others wrote */ };

/* A redirection is followed or told, a password is given or asked for, a session timer raised: that is no end yet, or
 * said where it is one. Nor is what we cancelled ourselves. */
static bool is_worth_a_line(const struct branch *b, const struct sip_msg *m, enum count why)
{
	if (b->cancelled)
		return !m && why == COUNT_CALL_NO_ANSWER;
	if (!m)
		return why == COUNT_CALL_NO_ANSWER || why == COUNT_CALL_UNREACHABLE;
	return m->status >= 400 && m->status != 401 && m->status != 407;
}

static void put_words(struct writer *w, const char *name, struct span value)
{
	if (value.n)
		writer_format(w, "; %s: %.*s", name, (int)(value.n < WORDS_MAX ? value.n : WORDS_MAX), value.p);
}

static void put_answer(struct writer *w, const struct sip_msg *m)
{
	struct span reason = m->reason;

	writer_format(w, "answered %u %.*s", m->status, (int)(reason.n < WORDS_MAX ? reason.n : WORDS_MAX), reason.p);
	put_words(w, "Warning", sip_msg_value(m, SIP_HDR_WARNING));
	put_words(w, "Reason", sip_msg_value(m, SIP_HDR_REASON));
}

static void put_silence(struct writer *w, const struct branch *b, enum count why)
{
	if (why == COUNT_CALL_NO_ANSWER)
		writer_format(w, "it %s, and nobody answered in time", b->rang ? "rang" : "was tried");
	else if (b->status == 503)
		writer_str(w, "no connection to it: nothing listens there, TLS failed, or a firewall is between");
	else if (b->provisional)
		writer_str(w, "it began to answer and then said no more");
	else
		writer_format(w, "no answer at all: it is down, or a firewall or NAT is between%s",
			      b->to->trunk >= 0 ? "" : ", or it has another address by now");
}

void placefailure_tell(struct engine *e, const struct branch *b, const struct sip_msg *m, enum count why)
{
	const struct flow *where = b->out ? &b->out->flow : &b->to->flow;
	char text[640], peer[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (b->pass->call->kind != CALL_INVITE || !is_worth_a_line(b, m, why))
		return;
	writer_format(
		&w,
		"%s at %s (%.*s realm %s): ", b->to->trunk >= 0 ? e->core.conf->trunks[b->to->trunk].name : "the phone",
		addr_text(&where->peer, peer), SPAN_ARG(transport_info((enum conf_transport)where->transport)->via),
		e->core.conf->realms[where->realm].name);
	if (m)
		put_answer(&w, m);
	else
		put_silence(&w, b, why);
	log_info(&e->core.log, "call %s: %.*s", b->pass->call->id, SPAN_ARG(writer_done(&w)));
}
