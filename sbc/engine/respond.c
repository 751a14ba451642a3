/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/respond.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/reply.h"
#include "sbc/base/kept.h"

/* The tag we give when no dialog has one: the same for each copy of a request, without memory of it. */
static struct span stateless_tag(const struct engine *e, const struct sip_msg *m, char text[TOKEN_TAG_LEN])
{
	struct span parts[] = { SPAN("tag"), sip_msg_value(m, SIP_HDR_CALL_ID), sip_msg_value(m, SIP_HDR_VIA) };
	struct name name = core_name(&e->core, parts, 3);
	struct writer w = writer_over(text, TOKEN_TAG_LEN);

	writer_hex(&w, &name, TOKEN_TAG_LEN / 2);
	return writer_done(&w);
}

bool respond_is_stateless_ack(const struct engine *e, const struct sip_msg *ack)
{
	char tag[TOKEN_TAG_LEN];

	return span_eq(sip_msg_to_tag(ack), stateless_tag(e, ack, tag));
}

static struct span compose(struct engine *e, const struct sip_msg *m, const struct flow *from, const struct answer *a)
{
	struct core *core = &e->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	char tag[TOKEN_TAG_LEN];
	struct reply r = {
		.status = a->status,
		.reason = a->reason,
		.to_tag = a->to_tag,
		.headers = a->lines,
		.body = a->body,
		.source = from->peer,
	};

	if (!r.to_tag.n && a->status > 100 && !span_is_set(sip_msg_to_tag(m)))
		r.to_tag = stateless_tag(e, m, tag);
	reply_write(&w, m, &r);
	return writer_done(&w);
}

struct span respond_compose(struct engine *e, const struct txn *t, const struct answer *a)
{
	struct sip_msg m;

	if (a->request)
		return compose(e, a->request, &t->flow, a);
	(void)kept_read(t->request, &m);
	return compose(e, &m, &t->flow, a);
}

void respond(struct engine *e, struct txn *t, const struct answer *a)
{
	struct span text;

	if (!t->request)
		return;
	text = respond_compose(e, t, a);
	if (text.n)
		txn_respond(t, a->status, text);
	else
		core_count(&e->core, COUNT_DROP_FULL);
}

/* For people (RFC 3261 20.43): what a side has to do that was refused for its SDP. */
static struct span warning(enum count why)
{
	switch (why) {
	case COUNT_REFUSE_NOT_ENCRYPTED:
		return SPAN("Warning: 302 natsbc \"Media must be encrypted here (SRTP)\"\r\n");
	case COUNT_REFUSE_NO_USABLE_KEY:
		return SPAN("Warning: 302 natsbc \"SRTP without keys that can be used\"\r\n");
	case COUNT_REFUSE_ENCRYPTED:
		return SPAN("Warning: 302 natsbc \"Media may not be encrypted here (SRTP)\"\r\n");
	default:
		return (struct span){ 0 };
	}
}

struct span respond_lines(uint16_t status, enum count why)
{
	switch (status) {
	case 405:
		return SPAN("Allow: " RESPOND_METHODS "\r\n");
	case 415:
		return SPAN("Accept-Encoding: identity\r\nAccept: application/sdp\r\n");
	case 488:
		return warning(why);
	default:
		return (struct span){ 0 };
	}
}

void refuse(struct engine *e, struct txn *t, uint16_t status, enum count why, struct span detail)
{
	struct answer a = { .status = status, .lines = respond_lines(status, why) };
	char peer[ADDR_TEXT_MAX];
	struct sip_msg m;

	core_count(&e->core, why);
	if (kept_read(t->request, &m))
		log_info(&e->core.log, "refused %.*s from %s realm %s: %u %s%s%.*s (to %.*s)", SPAN_ARG(m.method_name),
			 addr_text(&t->flow.peer, peer), e->core.conf->realms[t->flow.realm].name, status,
			 count_name(why), detail.n ? ": " : "", SPAN_ARG(detail), SPAN_ARG(m.uri));
	respond_bounded(e, t, &a);
}

/* How short: names only, which every phone knows; or without whatever may be left out. */
enum shortness { SHORT_NAMES, SHORT_ALL };

/* What a line is called in short (RFC 3261 7.3.3): taken off the front of *rest, with its colon. */
static void shorten_name(struct writer *w, struct span *rest)
{
	static const struct {
		struct span name;
		char compact;
	} names[] = {
		{ SPAN("Via"), 'v' },     { SPAN("From"), 'f' },           { SPAN("To"), 't' },
		{ SPAN("Call-ID"), 'i' }, { SPAN("Content-Length"), 'l' },
	};
	struct span name = span_slice(*rest, 0, span_find(*rest, ':'));
	unsigned i = 0;

	while (i < sizeof(names) / sizeof(*names) && !span_eq(name, names[i].name))
		i++;
	if (i < sizeof(names) / sizeof(*names))
		writer_byte(w, names[i].compact);
	else
		writer_put(w, name);
	*rest = span_from(*rest, name.n);
}

/* A blank behind the colon, blanks between the parts of a challenge, and the length of no body in a datagram
 * (RFC 3261 20.14) say nothing. */
static void shorten_line(struct writer *w, struct span line, enum shortness how)
{
	bool challenge = span_search(line, SPAN("-Authenticate: ")) < span_find(line, ' ');

	if (how == SHORT_ALL && span_eq(line, SPAN("Content-Length: 0")))
		return;
	shorten_name(w, &line);
	if (how == SHORT_ALL && span_starts(line, SPAN(": "))) {
		writer_byte(w, ':');
		line = span_from(line, 2);
	}
	while (line.n) {
		bool blank = how == SHORT_ALL && challenge && span_starts(line, SPAN(", "));

		writer_byte(w, line.p[0]);
		line = span_from(line, blank ? 2 : 1);
	}
	writer_put(w, SPAN("\r\n"));
}

/* text has no body. */
static struct span shorten(struct engine *e, struct span text, enum shortness how)
{
	struct writer w = writer_over(e->core.part_text, sizeof(e->core.part_text));
	uint32_t n = span_find(text, '\r');

	writer_put(&w, span_slice(text, 0, n));
	writer_put(&w, SPAN("\r\n"));
	for (text = span_from(text, n + 2); text.n > 2; text = span_from(text, n + 2)) {
		n = span_find(text, '\r');
		shorten_line(&w, span_slice(text, 0, n), how);
	}
	writer_put(&w, SPAN("\r\n"));
	return writer_done(&w);
}

/* Only the last of several lines: of challenges, the one that every phone knows. */
static struct span last_line(struct span lines)
{
	uint32_t end = lines.n;

	while (end > 2 && !(lines.p[end - 3] == '\n'))
		end--;
	return end > 2 ? span_from(lines, end - 2) : lines;
}

static struct span bounded(struct engine *e, const struct sip_msg *m, const struct flow *from, const struct answer *a)
{
	struct span text = compose(e, m, from, a), whole;
	struct answer shorter = *a;
	uint32_t most = respond_most(m->raw.n);
	char peer[ADDR_TEXT_MAX];

	if (flow_is_stream(from) || text.n <= most)
		return text;
	/* The words after the status code are for people (RFC 3261 7.2): these get one. */
	shorter.reason = SPAN("No");
	shorter.lines = last_line(a->lines);
	shorter.body = (struct span){ 0 };
	whole = compose(e, m, from, &shorter); /* its lines may lie where the shorter text goes */
	for (enum shortness how = SHORT_NAMES; how <= SHORT_ALL; how++) {
		text = shorten(e, whole, how);
		if (text.n <= most)
			return text;
	}
	core_count(&e->core, COUNT_DROP_AMPLIFICATION);
	log_debug(&e->core.log,
		  "no answer (%u) to %.*s from %s: it would be larger than the request (%u bytes, at most %u)",
		  a->status, SPAN_ARG(m->method_name), addr_text(&from->peer, peer), text.n, most);
	return (struct span){ 0 };
}

void respond_stateless(struct engine *e, const struct sip_msg *m, const struct flow *to, const struct answer *a)
{
	struct span text = bounded(e, m, to, a);

	if (text.n)
		core_send(&e->core, to, text);
}

void respond_bounded(struct engine *e, struct txn *t, const struct answer *a)
{
	struct sip_msg m;
	struct span text;

	if (!t->request)
		return;
	if (t->known) {
		respond(e, t, a);
		return;
	}
	(void)kept_read(t->request, &m);
	text = bounded(e, &m, &t->flow, a);
	if (text.n)
		txn_respond(t, a->status, text);
	else
		txn_abandon(t);
}
