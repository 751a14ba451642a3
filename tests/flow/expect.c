/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/expect.h"

#include <stdio.h>

#include "alg/base/cursor.h"
#include "alg/sip/cseq.h"
#include "alg/sip/digest.h"
#include "alg/sip/nameaddr.h"
#include "sbc/engine/respond.h"
#include "sbc/identity/hasher.h"
#include "tests/flow/line.h"

static bool is_trying(const struct party_message *m)
{
	return span_starts(span_of(m->text, m->n), SPAN("SIP/2.0 100"));
}

static void describe(const struct sip_msg *m, char *buf, size_t size)
{
	if (m->is_request)
		snprintf(buf, size, "%.*s", SPAN_ARG(m->method_name));
	else
		snprintf(buf, size, "%u to %.*s", m->status, SPAN_ARG(sip_msg_value(m, SIP_HDR_CSEQ)));
}

static bool matches(const struct sip_msg *m, struct span what, struct span of)
{
	struct cseq cseq;
	uint32_t status;

	if (span_u32(what, &status))
		return m->is_request && span_eq(m->method_name, what);
	if (m->is_request || m->status != status)
		return false;
	return !of.n || (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) == 0 && span_eq(cseq.method_name, of));
}

/* ----- checks of what is in it ----- */

struct got {
	struct world *w;
	const struct party *p;
	const struct sip_msg *m;
};

static void check_sdp(const struct got *g, bool wanted)
{
	struct span body = sip_msg_body(g->m);
	struct addr own = g->w->conf->realms[g->p->flow.realm].public;
	char host[64], line[96];

	snprintf(line, sizeof(line), "c=IN IP%d %.*s\r\n", own.family == ADDR_V6 ? 6 : 4,
		 SPAN_ARG(party_host(&own, host, sizeof(host), false)));
	if ((body.n > 0) != wanted || (wanted && span_search(body, span_str(line)) == body.n))
		world_fail(g->w, "%s: the body should%s be SDP of ours:\n%.*s", g->p->name, wanted ? "" : " not",
			   SPAN_ARG(g->m->raw));
}

static void want_sdp(const struct got *g, struct span text)
{
	(void)text;
	check_sdp(g, true);
}

static void want_no_sdp(const struct got *g, struct span text)
{
	(void)text;
	check_sdp(g, false);
}

/* Byte by byte what it got before: nothing about the session is new (O4). */
static void want_same_sdp(const struct got *g, struct span text)
{
	struct span body = sip_msg_body(g->m);

	(void)text;
	if (!span_eq(body, span_of(g->p->sdp.text, g->p->sdp.n)))
		world_fail(g->w, "%s: the body should be the one before:\n%.*s\n%.*s", g->p->name, (int)g->p->sdp.n,
			   g->p->sdp.text, SPAN_ARG(g->m->raw));
}

static uint32_t port_in(const struct sip_msg *m)
{
	struct span body = sip_msg_body(m);
	struct cursor c = { .left = span_from(body, span_search(body, SPAN("\nm=")) + 1) };
	uint64_t port;

	cursor_until(&c, BLANK);
	cursor_blank(&c);
	port = cursor_number(&c, UINT16_MAX);
	return c.failed ? 0 : (uint32_t)port;
}

/* The port of the first stream has not changed since the SDP before. */
static void want_same_port(const struct got *g, struct span text)
{
	(void)text;
	if (port_in(g->m) != g->p->far_port)
		world_fail(g->w, "%s: port %u, not %u", g->p->name, port_in(g->m), g->p->far_port);
}

static bool is_of_last_dialog(const struct got *g)
{
	enum sip_hdr peer = g->m->is_request ? SIP_HDR_FROM : SIP_HDR_TO;

	return span_eq(nameaddr_tag(sip_msg_value(g->m, peer)), nameaddr_tag(span_str(g->p->remote)));
}

static void want_same_tag(const struct got *g, struct span text)
{
	(void)text;
	if (!is_of_last_dialog(g))
		world_fail(g->w, "%s: another tag than before:\n%.*s", g->p->name, SPAN_ARG(g->m->raw));
}

static void want_new_tag(const struct got *g, struct span text)
{
	(void)text;
	if (is_of_last_dialog(g))
		world_fail(g->w, "%s: the tag as before:\n%.*s", g->p->name, SPAN_ARG(g->m->raw));
}

static void want_text(const struct got *g, struct span text)
{
	if (span_search(g->m->raw, text) == g->m->raw.n)
		world_fail(g->w, "%s: no \"%.*s\" in:\n%.*s", g->p->name, SPAN_ARG(text), SPAN_ARG(g->m->raw));
}

static void want_no_text(const struct got *g, struct span text)
{
	if (span_search(g->m->raw, text) < g->m->raw.n)
		world_fail(g->w, "%s: \"%.*s\" in:\n%.*s", g->p->name, SPAN_ARG(text), SPAN_ARG(g->m->raw));
}

/* An answer to somebody who proved nothing yet (no amplification). */
static void want_bounded(const struct got *g, struct span text)
{
	(void)text;
	if (g->m->raw.n > respond_most(g->p->sent.n))
		world_fail(g->w, "%s: %u bytes in answer to %u:\n%.*s", g->p->name, g->m->raw.n, g->p->sent.n,
			   SPAN_ARG(g->m->raw));
}

static struct span line_of(const struct sip_msg *m)
{
	return span_slice(m->raw, 0, span_find(m->raw, '\r'));
}

static void want_line(const struct got *g, struct span text)
{
	if (!span_eq(line_of(g->m), text))
		world_fail(g->w, "%s: \"%.*s\" instead of \"%.*s\"", g->p->name, SPAN_ARG(line_of(g->m)),
			   SPAN_ARG(text));
}

/* What these credentials prove: that their sender knows the party's password. */
static bool is_proof(const struct got *g, struct span value)
{
	struct hasher hasher;
	struct hasher_hex ha1, expected;
	struct digest_credentials c;
	bool ok;

	if (digest_credentials_parse(value, &c) || c.algorithm == DIGEST_UNKNOWN || !span_eq(c.uri, g->m->uri) ||
	    hasher_init(&hasher))
		return false;
	hasher_ha1(&hasher, &c, span_str(g->p->password), &ha1);
	hasher_response(&hasher, &c, hasher_hex_span(&ha1), g->m->method_name, sip_msg_body(g->m), &expected);
	ok = span_eq(hasher_hex_span(&expected), c.response);
	hasher_fini(&hasher);
	return ok;
}

/* At least one line of credentials, and all of them right. Those of an ACK are of its INVITE (RFC 3261 22.1). */
static void want_proof(const struct got *g, struct span text)
{
	static const enum sip_hdr kinds[] = { SIP_HDR_AUTHORIZATION, SIP_HDR_PROXY_AUTHORIZATION };
	unsigned n = 0, right = 0;

	(void)text;
	for (int k = 0; k < 2; k++) {
		for (const struct sip_field *f = sip_field_first(g->m, kinds[k]); f; f = sip_field_next(g->m, f)) {
			n++;
			right += is_proof(g, sip_field_value(g->m, f));
		}
	}
	if (!n || right != n)
		world_fail(g->w, "%s: %u of %u credentials are right in:\n%.*s", g->p->name, right, n,
			   SPAN_ARG(g->m->raw));
}

static const struct check {
	struct span word;
	bool quoted;
	void (*check)(const struct got *g, struct span text);
} checks[] = {
	{ { "sdp", 3 }, false, want_sdp },
	{ { "nosdp", 5 }, false, want_no_sdp },
	{ { "has=", 4 }, true, want_text },
	{ { "not=", 4 }, true, want_no_text },
	{ { "line=", 5 }, true, want_line },
	{ { "bounded", 7 }, false, want_bounded },
	{ { "sameport", 8 }, false, want_same_port },
	{ { "sametag", 7 }, false, want_same_tag },
	{ { "newtag", 6 }, false, want_new_tag },
	{ { "same-sdp", 8 }, false, want_same_sdp },
	{ { "proof", 5 }, false, want_proof },
};

static const struct check *check_find(struct span left)
{
	for (unsigned i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (span_starts(left, checks[i].word))
			return &checks[i];
	return NULL;
}

static void check_all(const struct got *g, struct span left)
{
	while (left.n && !g->w->failure[0]) {
		const struct check *c = check_find(left);
		struct span text = { 0 };

		if (!c) {
			world_fail(g->w, "unknown check \"%.*s\"", SPAN_ARG(left));
			return;
		}
		left = span_from(left, c->word.n);
		if (c->quoted) {
			text = span_slice(span_from(left, 1), 0, span_find(span_from(left, 1), '"'));
			left = span_from(left, text.n + 2);
		}
		left = span_trim(left);
		c->check(g, text);
	}
}

/* ----- */

static void expect_nothing(struct world *w, struct party *p, bool quiet)
{
	static struct party_message got;
	struct sip_msg m;
	char text[160];

	while (party_take(p, &got)) {
		if (is_trying(&got) && !quiet)
			continue;
		sip_msg_index(span_of(got.text, got.n), &m);
		describe(&m, text, sizeof(text));
		world_fail(w, "%s got %s, nothing was expected", p->name, text);
	}
}

void expect(struct world *w, struct party *p, struct span left)
{
	struct span what = line_word(&left), of = { 0 };
	static struct party_message got;
	char text[160];
	struct sip_msg m;

	/* quiet: not even a 100. */
	if (span_eq(what, SPAN("nothing")) || span_eq(what, SPAN("quiet"))) {
		expect_nothing(w, p, span_eq(what, SPAN("quiet")));
		return;
	}
	if (left.n && left.p[0] >= 'A' && left.p[0] <= 'Z')
		of = line_word(&left);
	do {
		if (!party_take(p, &got)) {
			world_fail(w, "%s got nothing, %.*s was expected", p->name, SPAN_ARG(what));
			return;
		}
	} while (is_trying(&got) && !span_eq(what, SPAN("100")));
	/* CRLF, in answer to a CRLF ping (RFC 5626 3.5.1). */
	if (span_eq(what, SPAN("pong")) && span_eq(span_of(got.text, got.n), SPAN("\r\n")))
		return;
	if (sip_msg_index(span_of(got.text, got.n), &m) != SIP_OK) {
		world_fail(w, "%s got a malformed message:\n%.*s", p->name, SPAN_ARG(span_of(got.text, got.n)));
		return;
	}
	describe(&m, text, sizeof(text));
	if (!matches(&m, what, of)) {
		world_fail(w, "%s got %s, %.*s was expected", p->name, text, SPAN_ARG(what));
		return;
	}
	check_all(&(struct got){ w, p, &m }, left);
	if (port_in(&m))
		p->far_port = port_in(&m);
	party_learn(p, &m);
}
