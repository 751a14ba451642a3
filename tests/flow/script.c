/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/script.h"

#include <stdio.h>
#include <stdlib.h>

#include "alg/base/cursor.h"
#include "alg/sip/cseq.h"
#include "sbc/callend.h"

static struct span word(struct span *left)
{
	struct cursor c = { .left = *left };
	struct span s;

	cursor_blank(&c);
	s = cursor_until(&c, BLANK);
	cursor_blank(&c);
	*left = c.left;
	return s;
}

static char *text_of(struct span s, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", SPAN_ARG(s));
	return buf;
}

/* The host a party writes for the SBC: the address it is configured with. */
static struct span sbc_host(struct world *w, const struct party *p, char *buf, uint32_t size)
{
	struct writer out = writer_over(buf, size);

	addr_write_host(&out, &w->conf->realms[p->flow.realm].public, true);
	return writer_done(&out);
}

/* Options at the end of a line: sdp, sdp=KIND, +"Header: value" */
static struct party_line options(struct world *w, struct span left, char *mem, uint32_t size)
{
	struct writer headers = writer_over(mem, size);
	struct party_line line = { 0 };

	while (left.n) {
		if (left.p[0] == '+') {
			struct span rest = span_from(left, 2);
			uint32_t end = span_find(rest, '"');

			writer_put(&headers, span_slice(rest, 0, end));
			writer_str(&headers, "\r\n");
			left = span_trim(span_from(rest, end + 1));
			continue;
		}
		struct span o = word(&left);

		if (span_eq(o, SPAN("sdp")))
			line.sdp = SPAN("");
		else if (span_starts(o, SPAN("sdp=")))
			line.sdp = span_from(o, 4);
		else
			world_fail(w, "unknown option \"%.*s\"", SPAN_ARG(o));
	}
	line.headers = writer_done(&headers);
	return line;
}

/* ----- what a party gets ----- */

static bool take(struct party *p, char *buf, struct span *out)
{
	if (!p->count)
		return false;
	memcpy(buf, p->inbox[p->first], p->inbox_len[p->first]);
	*out = span_of(buf, p->inbox_len[p->first]);
	p->first = (p->first + 1) % PARTY_INBOX;
	p->count--;
	return true;
}

static bool is_trying(struct span text)
{
	return span_starts(text, SPAN("SIP/2.0 100"));
}

static void describe(const struct sip_msg *m, char *buf, size_t size)
{
	struct span cseq = sip_msg_value(m, SIP_HDR_CSEQ);

	if (m->is_request)
		snprintf(buf, size, "%.*s", SPAN_ARG(m->method_name));
	else
		snprintf(buf, size, "%u %.*s", m->status, SPAN_ARG(cseq));
}

static bool matches(const struct sip_msg *m, struct span what, struct span of)
{
	struct cseq cseq;
	uint32_t status;

	if (span_u32(what, &status))
		return m->is_request && span_eq(m->method_name, what);
	if (m->is_request || m->status != status || cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq))
		return false;
	return !of.n || span_eq(cseq.method_name, of);
}

static bool is_upper(struct span s)
{
	return s.n && s.p[0] >= 'A' && s.p[0] <= 'Z';
}

/* sdp: there is one, with our address in it; nosdp: there is none; has="…", not="…": text in the message. */
static void check_content(struct world *w, const struct party *p, const struct sip_msg *m, struct span left)
{
	while (left.n && !w->failure[0]) {
		bool has = span_starts(left, SPAN("has=\"")), not= span_starts(left, SPAN("not=\""));

		if (has || not ) {
			struct span rest = span_from(left, 5);
			struct span what = span_slice(rest, 0, span_find(rest, '"'));

			if ((span_search(m->raw, what) < m->raw.n) != has)
				world_fail(w, "%s: \"%.*s\" is %s in:\n%.*s", p->name, SPAN_ARG(what), has ? "not" : "", SPAN_ARG(m->raw));
			left = span_trim(span_from(rest, what.n + 1));
			continue;
		}
		struct span o = word(&left);
		bool wanted = span_eq(o, SPAN("sdp"));
		char host[64], line[96];
		struct addr own = w->conf->realms[p->flow.realm].public;
		struct writer hw = writer_over(host, sizeof(host));

		addr_write_host(&hw, &own, false);
		snprintf(line, sizeof(line), "c=IN IP%d %.*s\r\n", own.family, SPAN_ARG(writer_done(&hw)));
		if (!wanted && !span_eq(o, SPAN("nosdp"))) {
			world_fail(w, "unknown check \"%.*s\"", SPAN_ARG(o));
			return;
		}
		if ((sip_msg_body(m).n > 0) != wanted ||
		    (wanted && span_search(sip_msg_body(m), span_str(line)) == sip_msg_body(m).n))
			world_fail(w, "%s: SDP is not as expected (%.*s) in:\n%.*s", p->name, SPAN_ARG(o), SPAN_ARG(m->raw));
	}
}

static void expect(struct world *w, struct party *p, struct span left)
{
	struct span what = word(&left), of = { 0 }, text;
	static char buf[PARTY_TEXT];
	struct sip_msg m;
	char got[128];

	if (is_upper(left) && span_u32(what, &(uint32_t){ 0 }) == 0)
		of = word(&left);
	do {
		if (!take(p, buf, &text)) {
			if (!span_eq(what, SPAN("nothing")))
				world_fail(w, "%s got nothing, %.*s was expected", p->name, SPAN_ARG(what));
			return;
		}
	} while (is_trying(text) && !span_eq(what, SPAN("100")));
	if (sip_msg_index(text, &m) != SIP_OK) {
		world_fail(w, "%s got a malformed message:\n%.*s", p->name, SPAN_ARG(text));
		return;
	}
	describe(&m, got, sizeof(got));
	if (!matches(&m, what, of)) {
		world_fail(w, "%s got %s, %.*s was expected", p->name, got, SPAN_ARG(what));
		return;
	}
	check_content(w, p, &m, left);
	party_learn(p, &m);
}

/* ----- what a party sends ----- */

static void send_text(struct world *w, struct party *p, const struct writer *out)
{
	if (out->failed)
		world_fail(w, "%s: message too long", p->name);
	else
		world_send(w, p, writer_done(out));
}

/* A challenge is answered at once: what the script is about comes after it. */
static void answer_challenge(struct world *w, struct party *p, struct span method, struct span to,
			     const struct party_line *line)
{
	char host[64], uri[256], lines[2048], buf[PARTY_TEXT];
	struct writer extra = writer_over(lines, sizeof(lines)), out = writer_over(buf, sizeof(buf));
	struct party_line again = *line;
	struct span text, h = sbc_host(w, p, host, sizeof(host));
	static char got[PARTY_TEXT];
	struct sip_msg m;

	if (p->trunk || !p->count || is_trying(span_of(p->inbox[p->first], 16)) || !take(p, got, &text) ||
	    sip_msg_index(text, &m) != SIP_OK || (m.status != 401 && m.status != 407))
		return world_fail(w, "%s was not challenged", p->name);
	party_learn(p, &m);
	if (span_eq(method, SPAN("INVITE"))) {
		party_ack(p, &out, m.status, &(struct party_line){ 0 });
		send_text(w, p, &out);
		out = writer_over(buf, sizeof(buf));
	}
	snprintf(uri, sizeof(uri), "sip:%.*s%s%.*s", SPAN_ARG(to), to.n ? "@" : "", SPAN_ARG(h));
	party_credentials(p, &extra, &m, method, span_str(uri));
	writer_put(&extra, line->headers);
	again.headers = writer_done(&extra);
	if (span_eq(method, SPAN("REGISTER")))
		party_register(p, &out, h, again.headers);
	else
		party_request(p, &out, method, to, h, &again);
	send_text(w, p, &out);
}

static void act_request(struct world *w, struct party *p, struct span method, struct span left)
{
	char host[64], mem[1024], buf[PARTY_TEXT];
	struct span h = sbc_host(w, p, host, sizeof(host)), to = { 0 };
	struct writer out = writer_over(buf, sizeof(buf));
	bool plain = left.n && left.p[0] != '+' && !span_starts(left, SPAN("sdp")) && !span_starts(left, SPAN("noauth"));
	struct party_line line;
	bool noauth;

	if (plain)
		to = word(&left);
	noauth = span_starts(left, SPAN("noauth"));
	if (noauth)
		word(&left);
	line = options(w, left, mem, sizeof(mem));
	if (span_eq(method, SPAN("ACK"))) {
		party_ack(p, &out, 200, &line);
	} else if (span_eq(method, SPAN("NACK"))) {
		party_ack(p, &out, 400, &line);
	} else if (span_eq(method, SPAN("CANCEL"))) {
		party_cancel(p, &out, line.headers);
	} else {
		party_request(p, &out, method, to, h, &line);
	}
	send_text(w, p, &out);
	if (to.n && !p->trunk && !noauth && !w->failure[0])
		answer_challenge(w, p, method, to, &line);
}

static void act(struct world *w, struct party *p, struct span left)
{
	struct span what = word(&left), of = { 0 };
	char mem[1024], buf[PARTY_TEXT];
	struct writer out = writer_over(buf, sizeof(buf));
	uint32_t status;

	if (span_u32(what, &status)) {
		if (span_eq(what, SPAN("again")))
			world_send(w, p, span_of(p->sent, p->sent_len));
		else
			act_request(w, p, what, left);
		return;
	}
	if (is_upper(left))
		of = word(&left);
	struct party_line line = options(w, left, mem, sizeof(mem));

	if (!party_response(p, &out, (uint16_t)status, of, &line))
		world_fail(w, "%s has no request to answer", p->name);
	else
		send_text(w, p, &out);
}

/* ----- lines that are not about one party's message ----- */

static void do_party(struct world *w, struct span left)
{
	struct span name = word(&left), realm = word(&left), seen = word(&left), own = word(&left);
	char a[64], b[64], c[64], d[64];

	if (!own.n)
		own = seen;
	if (!world_add(w, text_of(name, a, sizeof(a)), text_of(realm, b, sizeof(b)), text_of(seen, c, sizeof(c)),
		       text_of(own, d, sizeof(d)), span_eq(span_trim(left), SPAN("trunk"))))
		world_fail(w, "bad party line");
}

static void do_register(struct world *w, struct span left)
{
	struct party *p = world_party(w, word(&left));
	char host[64], buf[PARTY_TEXT];
	struct writer out = writer_over(buf, sizeof(buf));

	if (!p)
		return world_fail(w, "register whom?");
	party_register(p, &out, sbc_host(w, p, host, sizeof(host)), (struct span){ 0 });
	send_text(w, p, &out);
	answer_challenge(w, p, SPAN("REGISTER"), (struct span){ 0 }, &(struct party_line){ 0 });
	if (!w->failure[0])
		expect(w, p, SPAN("200 REGISTER"));
}

static void do_count(struct world *w, struct span left)
{
	struct span name = word(&left);
	uint32_t want;

	if (span_u32(span_trim(left), &want))
		return world_fail(w, "count what?");
	for (unsigned i = 0; i < COUNT_N; i++) {
		if (!span_eq(span_str(count_name((enum count)i)), name))
			continue;
		if (w->engine->core.count.n[i] != want)
			world_fail(w, "%.*s was counted %llu times, not %u", SPAN_ARG(name),
				   (unsigned long long)w->engine->core.count.n[i], want);
		return;
	}
	world_fail(w, "no counter %.*s", SPAN_ARG(name));
}

static void do_calls(struct world *w, struct span left)
{
	uint32_t want, n = 0;

	for (const struct call *c = w->engine->calls; c; c = c->next)
		n += c->state != CALL_OVER;
	if (span_u32(span_trim(left), &want) || n != want)
		world_fail(w, "%u calls, not %.*s", n, SPAN_ARG(left));
}

static void do_relay(struct world *w, struct span left)
{
	w->relay_silent = span_eq(span_trim(left), SPAN("silent"));
}

/* media: from now on, one packet at every port each time this line is played. */
static void do_media(struct world *w, struct span left)
{
	(void)left;
	mediarelay_packets(w->relay, w->now);
}

static void do_hangup(struct world *w, struct span left)
{
	(void)left;
	for (struct call *c = w->engine->calls; c; c = c->next)
		callend(w->engine, c, COUNT_CALL_OPERATOR, 503, NULL);
	callend_reap(w->engine);
}

/* Nothing more may come, and after all timers nothing may be left. */
static void do_end(struct world *w, struct span left)
{
	(void)left;
	for (unsigned i = 0; i < w->nparty && !w->failure[0]; i++)
		expect(w, &w->parties[i], SPAN("nothing"));
	world_advance(w, 40000);
	for (unsigned i = 0; i < w->nparty && !w->failure[0]; i++)
		while (w->parties[i].count && !w->failure[0])
			expect(w, &w->parties[i], SPAN("OPTIONS"));
	/* Phones that are gone are forgotten: unregistering is not what a flow is about. */
	uint32_t pos = 0;
	struct binding *b;

	while ((b = bindings_next(w->engine->bindings, &pos)))
		bindings_drop(w->engine->bindings, b, BINDING_DROPPED, w->now);
	world_check_empty(w);
}

static void advance(struct world *w, struct span left)
{
	struct cursor c = { .left = span_from(left, 1) };
	uint64_t n = cursor_number(&c, 100000000);

	world_advance(w, span_eq(c.left, SPAN("ms")) ? n : n * 1000);
}

static void line_play(struct world *w, struct span line)
{
	static const struct {
		struct span word;
		void (*play)(struct world *w, struct span left);
	} words[] = {
		{ { "party", 5 }, do_party }, { { "register", 8 }, do_register }, { { "count", 5 }, do_count },
		{ { "calls", 5 }, do_calls }, { { "relay", 5 }, do_relay },	  { { "hangup", 6 }, do_hangup },
		{ { "media", 5 }, do_media },   { { "end", 3 }, do_end },
	};
	struct span left = line, first = word(&left);
	struct party *p;

	if (first.n == 0 || first.p[0] == '#')
		return;
	if (first.p[0] == '+')
		return advance(w, first);
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq(first, words[i].word))
			return words[i].play(w, left);
	p = world_party(w, span_slice(first, 0, first.n - 1));
	if (p && first.p[first.n - 1] == ':')
		act(w, p, left);
	else if (p && first.p[first.n - 1] == '<')
		expect(w, p, left);
	else
		world_fail(w, "cannot read this line");
}

void script_play(struct world *w, struct span text, unsigned *line)
{
	*line = 0;
	while (text.n && !w->failure[0]) {
		uint32_t end = span_find(text, '\n');

		++*line;
		line_play(w, span_trim(span_slice(text, 0, end)));
		text = span_from(text, end + 1);
	}
}
