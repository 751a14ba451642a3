/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/act.h"

#include "sbc/base/transport.h"
#include "tests/flow/compose.h"
#include "tests/flow/expect.h"

/* The host a party writes for the SBC: the domain or address it is configured with. */
static struct span sbc_host(const struct world *w, const struct party *p, char *buf, uint32_t size)
{
	if (p->domain[0])
		return span_str(p->domain);
	return party_host(&w->conf->realms[p->flow.realm].public, buf, size, true);
}

static void send_text(struct world *w, struct party *p, const struct writer *out)
{
	if (out->failed) {
		world_fail(w, "%s: message too long", p->name);
		return;
	}
	party_keep_sent(p, writer_done(out));
	world_send(w, p, writer_done(out));
}

static void send_ack(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l)
{
	(void)method, (void)host;
	compose_ack(p, w, l);
}

static void send_ack_failure(struct party *p, struct writer *w, struct span method, struct span host,
			     const struct line *l)
{
	(void)method, (void)host;
	compose_ack_failure(p, w, l);
}

static void send_cancel(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l)
{
	(void)method, (void)host;
	compose_cancel(p, w, l);
}

static void send_register(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l)
{
	(void)method;
	compose_register(p, w, host, l);
}

/* NACK: the ACK of a 3xx to 6xx, which is another thing. */
static const struct kind {
	struct span method;
	void (*compose)(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l);
	bool challenged; /* even within no dialog of ours */
} kinds[] = {
	{ { "ACK", 3 }, send_ack, false },       { { "NACK", 4 }, send_ack_failure, false },
	{ { "CANCEL", 6 }, send_cancel, false }, { { "REGISTER", 8 }, send_register, true },
	{ { "", 0 }, compose_request, false },
};

static void send_request(struct world *w, struct party *p, const struct kind *k, struct span method,
			 const struct line *l)
{
	char host[64], buf[PARTY_TEXT];
	struct writer out = writer_over(buf, sizeof(buf));

	k->compose(p, &out, method, l->at.n ? l->at : sbc_host(w, p, host, sizeof(host)), l);
	send_text(w, p, &out);
}

/* A challenge is answered at once: what the script is about comes after it. */
static void answer_challenge(struct world *w, struct party *p, const struct kind *k, struct span method, struct line *l)
{
	bool proxy = !k->challenged;

	expect(w, p, proxy ? SPAN("407 bounded") : SPAN("401 bounded"));
	if (w->failure[0])
		return;
	if (span_eq(method, SPAN("INVITE")))
		act(w, p, SPAN("NACK"));
	l->auth = true;
	send_request(w, p, k, method, l);
}

static void act_request(struct world *w, struct party *p, struct span method, struct span left)
{
	const struct kind *k = kinds;
	struct span bad = { 0 };
	struct line l;

	if (line_parse(&l, left, &bad)) {
		world_fail(w, "unknown option \"%.*s\"", SPAN_ARG(bad));
		return;
	}
	while (k->method.n && !span_eq(k->method, method))
		k++;
	send_request(w, p, k, method, &l);
	if ((l.to.n || k->challenged) && !p->trunk && !l.noauth && !l.auth)
		answer_challenge(w, p, k, method, &l);
}

static void act_response(struct world *w, struct party *p, uint16_t status, struct span left)
{
	char buf[PARTY_TEXT];
	struct writer out = writer_over(buf, sizeof(buf));
	struct span method = { 0 }, bad = { 0 };
	struct line l;

	if (left.n && left.p[0] >= 'A' && left.p[0] <= 'Z')
		method = line_word(&left);
	if (line_parse(&l, left, &bad))
		world_fail(w, "unknown option \"%.*s\"", SPAN_ARG(bad));
	else if (!compose_response(p, &out, status, method, &l))
		world_fail(w, "%s has no request to answer", p->name);
	else
		send_text(w, p, &out);
}

static void act_typed(struct world *w, struct party *p)
{
	party_keep_sent(p, span_of(p->typed.text, p->typed.n));
	p->typed.n = 0;
	world_send(w, p, span_of(p->sent.text, p->sent.n));
}

/* As a proxy would that routes it back to where it came from; with a user, for that one. */
static void act_bounce(struct world *w, struct party *p, struct span user)
{
	char text[ADDR_TEXT_MAX], branch[64], buf[PARTY_TEXT];
	struct writer out = writer_over(buf, sizeof(buf));
	struct span request = { 0 };
	uint32_t line;

	if (p->nrequest)
		request = span_of(p->request[p->nrequest - 1].text, p->request[p->nrequest - 1].n);
	line = span_find(request, '\n') + 1;
	party_new_id(p, branch, sizeof(branch), "branch");
	if (user.n) {
		writer_put(&out, span_slice(request, 0, span_find(request, ':') + 1));
		writer_put(&out, user);
		request = span_from(request, span_find(request, '@'));
		line = span_find(request, '\n') + 1;
	}
	writer_put(&out, span_slice(request, 0, line));
	writer_format(&out, "Via: SIP/2.0/%.*s %s;branch=z9hG4bK%s\r\n",
		      SPAN_ARG(transport_info(p->flow.transport)->via), addr_text(&p->own, text), branch);
	writer_put(&out, span_from(request, line));
	send_text(w, p, &out);
}

void act(struct world *w, struct party *p, struct span left)
{
	struct span what = line_word(&left);
	uint32_t status;

	if (span_u32(what, &status) == 0)
		act_response(w, p, (uint16_t)status, left);
	else if (span_eq(what, SPAN("again")))
		world_send(w, p, span_of(p->sent.text, p->sent.n));
	else if (span_eq(what, SPAN("typed")))
		act_typed(w, p);
	else if (span_eq(what, SPAN("bounce")))
		act_bounce(w, p, left);
	else
		act_request(w, p, what, left);
}

void act_register(struct world *w, struct party *p)
{
	act(w, p, SPAN("REGISTER"));
	if (!w->failure[0])
		expect(w, p, SPAN("200 REGISTER"));
}

void act_type(struct world *w, struct party *p, struct span text)
{
	struct writer out = writer_over(p->typed.text, sizeof(p->typed.text));

	out.n = p->typed.n;
	writer_put(&out, text);
	writer_str(&out, "\r\n");
	if (out.failed)
		world_fail(w, "%s: typed too much", p->name);
	p->typed.n = out.n;
}
