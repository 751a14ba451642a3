/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/compose.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "alg/sip/digest.h"
#include "alg/sip/reply.h"
#include "sbc/base/transport.h"
#include "tests/flow/describe.h"

/* ----- parts ----- */

static void write_contact(const struct party *p, struct writer *w, const struct line *l)
{
	char text[ADDR_TEXT_MAX];

	if (l->star)
		writer_str(w, "Contact: *\r\n");
	else if (l->contact.n)
		writer_format(w, "Contact: <sip:%.*s@%s>\r\n", SPAN_ARG(l->contact), addr_text(&p->own, text));
	else if (!l->no_contact)
		writer_format(w, "Contact: <sip:%s-user@%s>\r\n", p->name, addr_text(&p->own, text));
}

static struct span body_of(struct party *p, struct writer *w, const struct line *l, bool answers)
{
	if (l->port != LINE_UNSET)
		p->media_port = (uint16_t)l->port;
	if (!span_is_set(l->sdp))
		return l->body;
	if (l->parts)
		writer_str(w, "--cut\r\nContent-Type: application/sdp\r\n\r\n");
	describe(p, w, l->sdp, answers);
	if (l->parts)
		writer_str(w, "\r\n--cut\r\nContent-Type: application/isup\r\n\r\n0101\r\n--cut--\r\n");
	return writer_done(w);
}

static void write_type(struct writer *w, const struct line *l)
{
	if (span_is_set(l->sdp))
		writer_format(w, "Content-Type: %s\r\n", l->parts ? "multipart/mixed;boundary=cut" : "application/sdp");
}

static void write_end(struct party *p, struct writer *w, const struct line *l)
{
	char text[DESCRIBE_MAX];
	struct writer b = writer_over(text, sizeof(text));
	struct span body = body_of(p, &b, l, false);

	write_type(w, l);
	writer_format(w, "Content-Length: %u\r\n\r\n", body.n);
	writer_put(w, body);
}

/* The dialog's tag, or the one that the script wants in its place. */
static struct span without_tag(struct span party)
{
	return span_slice(party, 0, span_search(party, SPAN(";tag=")));
}

struct head {
	struct span method;
	const char *uri, *branch, *from, *to;
	struct span tag, call_id;
	uint32_t cseq;
};

static void write_head(struct party *p, struct writer *w, const struct head *h, const struct line *l)
{
	char text[ADDR_TEXT_MAX];
	struct span to = span_str(h->to);

	writer_format(w, "%.*s %s SIP/2.0\r\nVia: SIP/2.0/%.*s %s;branch=%s;rport\r\n", SPAN_ARG(h->method), h->uri,
		      SPAN_ARG(transport_info(p->flow.transport)->via), addr_text(&p->own, text), h->branch);
	writer_format(w, "Max-Forwards: %d\r\n", l->hops == LINE_UNSET ? 70 : l->hops);
	writer_format(w, "From: %s;tag=%.*s\r\nTo: ", h->from, SPAN_ARG(l->local_tag.n ? l->local_tag : h->tag));
	writer_put(w, l->remote_tag.n ? without_tag(to) : to);
	if (l->remote_tag.n)
		writer_format(w, ";tag=%.*s", SPAN_ARG(l->remote_tag));
	writer_format(w, "\r\nCall-ID: %.*s\r\nCSeq: %u %.*s\r\nUser-Agent: flow/%s\r\n",
		      SPAN_ARG(l->call_id.n ? l->call_id : h->call_id), h->cseq, SPAN_ARG(h->method), p->name);
}

static void new_branch(struct party *p, char *to, size_t size)
{
	char id[64];

	party_new_id(p, id, sizeof(id), "branch");
	snprintf(to, size, "z9hG4bK%s", id);
}

/* ----- credentials ----- */

static void md5_hex(char out[33], const char *text)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct writer w = writer_over(out, 33);
	unsigned n = 0;

	EVP_Digest(text, strlen(text), sum, &n, EVP_md5(), NULL);
	writer_hex(&w, sum, n);
	out[w.n] = '\0';
}

static bool read_challenge(const struct party *p, struct digest_challenge *c, bool *proxy)
{
	struct sip_msg m;

	if (sip_msg_index(span_of(p->challenge.text, p->challenge.n), &m) != SIP_OK)
		return false;
	*proxy = m.status == 407;
	enum sip_hdr hdr = *proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;

	for (const struct sip_field *f = sip_field_first(&m, hdr); f; f = sip_field_next(&m, f))
		if (digest_challenge_parse(sip_field_value(&m, f), c) == 0 && c->algorithm == DIGEST_MD5)
			return true;
	return false;
}

static void write_credentials(struct party *p, struct writer *w, struct span method, const char *uri,
			      const struct line *l)
{
	char text[512], ha1[33], ha2[33], response[33];
	unsigned nc = l->nc == LINE_UNSET ? ++p->nonce_count : (unsigned)l->nc;
	struct digest_challenge c;
	bool proxy;

	if (!read_challenge(p, &c, &proxy))
		return;
	snprintf(text, sizeof(text), "%s:%.*s:%s", p->user, SPAN_ARG(c.realm), p->password);
	md5_hex(ha1, text);
	snprintf(text, sizeof(text), "%.*s:%s", SPAN_ARG(method), uri);
	md5_hex(ha2, text);
	snprintf(text, sizeof(text), "%s:%.*s:%08x:cnonce:auth:%s", ha1, SPAN_ARG(c.nonce), nc, ha2);
	md5_hex(response, text);
	writer_format(w,
		      "%s: Digest username=\"%s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%s\", response=\"%s\", "
		      "algorithm=MD5, qop=auth, nc=%08x, cnonce=\"cnonce\"\r\n",
		      proxy ? "Proxy-Authorization" : "Authorization", p->user, SPAN_ARG(c.realm), SPAN_ARG(c.nonce),
		      uri, response, nc);
}

/* ----- requests ----- */

static void begin_dialog(struct party *p, struct span host, const struct line *l)
{
	struct span user = span_eq(l->to, SPAN("@")) ? SPAN("") : l->to, as = l->as.n ? l->as : span_str(p->user);
	const char *at = user.n ? "@" : "";
	struct span home = span_find(as, '@') < as.n ? (struct span){ 0 } : host;

	party_new_id(p, p->local_tag, sizeof(p->local_tag), "tagof");
	party_new_id(p, p->call_id, sizeof(p->call_id), "callid");
	snprintf(p->local, sizeof(p->local), "\"%s\" <sip:%.*s%s%.*s>", p->name, SPAN_ARG(as), home.n ? "@" : "",
		 SPAN_ARG(home));
	snprintf(p->remote, sizeof(p->remote), "<sip:%.*s%s%.*s>", SPAN_ARG(user), at, SPAN_ARG(host));
	if (span_find(l->target, ':') < l->target.n) /* tel, urn */
		party_copy(p->target, sizeof(p->target), l->target);
	else
		snprintf(p->target, sizeof(p->target), "sip:%.*s%s%.*s", SPAN_ARG(l->target.n ? l->target : user), at,
			 SPAN_ARG(host));
}

void compose_request(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l)
{
	char branch[80];
	struct head h = { .method = method, .uri = p->target, .branch = branch, .from = p->local, .to = p->remote };

	if (l->to.n && !l->auth)
		begin_dialog(p, host, l);
	else if (l->as.n && !l->auth)
		snprintf(p->local, sizeof(p->local), "<sip:%.*s@%.*s>", SPAN_ARG(l->as), SPAN_ARG(host));
	h.tag = span_str(p->local_tag);
	h.call_id = span_str(p->call_id);
	new_branch(p, branch, sizeof(branch));
	p->cseq = l->cseq == LINE_UNSET ? p->cseq + 1 : (uint32_t)l->cseq;
	h.cseq = p->cseq;
	if (span_eq(method, SPAN("INVITE"))) {
		p->invite_cseq = p->cseq;
		party_copy(p->invite_branch, sizeof(p->invite_branch), span_str(branch));
		party_copy(p->invite_uri, sizeof(p->invite_uri), span_str(p->target));
		party_copy(p->invite_to, sizeof(p->invite_to), span_str(p->remote));
	}
	write_head(p, w, &h, l);
	write_contact(p, w, l);
	if (l->auth)
		write_credentials(p, w, method, p->target, l);
	if (span_eq(method, SPAN("PRACK")))
		writer_format(w, "RAck: %u %u INVITE\r\n", l->rel == LINE_UNSET ? p->rseq : (unsigned)l->rel,
			      p->invite_cseq);
	writer_put(w, l->headers);
	if (!l->no_allow)
		writer_str(w, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, REFER, NOTIFY, UPDATE, PRACK\r\n");
	write_end(p, w, l);
}

void compose_register(struct party *p, struct writer *w, struct span host, const struct line *l)
{
	char branch[80], uri[PARTY_WORD], from[PARTY_WORD], to[PARTY_WORD];
	struct span user = l->as.n ? l->as : span_str(p->user);
	struct head h = {
		.method = SPAN("REGISTER"),
		.uri = uri,
		.branch = branch,
		.from = from,
		.to = to,
		.tag = span_str(p->reg_tag),
		.call_id = span_str(p->reg_call_id),
	};

	new_branch(p, branch, sizeof(branch));
	snprintf(uri, sizeof(uri), "sip:%.*s", SPAN_ARG(host));
	snprintf(from, sizeof(from), "<sip:%.*s@%.*s>", SPAN_ARG(user), SPAN_ARG(host));
	snprintf(to, sizeof(to), "<sip:%.*s@%.*s>", SPAN_ARG(l->to.n ? l->to : user), SPAN_ARG(host));
	p->reg_cseq = l->cseq == LINE_UNSET ? p->reg_cseq + 1 : (uint32_t)l->cseq;
	h.cseq = p->reg_cseq;
	write_head(p, w, &h, l);
	write_contact(p, w, l);
	if (l->auth)
		write_credentials(p, w, h.method, uri, l);
	writer_put(w, l->headers);
	writer_str(w, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, REFER, NOTIFY, UPDATE\r\n"
		      "Supported: outbound, path\r\n");
	writer_format(w, "Expires: %d\r\n", l->expires == LINE_UNSET ? 3600 : l->expires);
	write_end(p, w, l);
}

void compose_ack(struct party *p, struct writer *w, const struct line *l)
{
	char branch[80];
	struct head h = {
		.method = SPAN("ACK"),
		.uri = p->target,
		.branch = branch,
		.from = p->local,
		.to = p->remote,
		.tag = span_str(p->local_tag),
		.call_id = span_str(p->call_id),
		.cseq = p->invite_cseq,
	};

	new_branch(p, branch, sizeof(branch));
	if (l->cseq != LINE_UNSET)
		h.cseq = (uint32_t)l->cseq;
	write_head(p, w, &h, l);
	writer_put(w, l->headers);
	write_end(p, w, l);
}

/* RFC 3261 17.1.1.3 and 9.1: branch and Request-URI of the INVITE. */
static void compose_of_invite(struct party *p, struct writer *w, struct span method, const char *to,
			      const struct line *l)
{
	struct head h = {
		.method = method,
		.uri = p->invite_uri,
		.branch = p->invite_branch,
		.from = p->local,
		.to = to,
		.tag = span_str(p->local_tag),
		.call_id = span_str(p->call_id),
		.cseq = p->invite_cseq,
	};

	write_head(p, w, &h, l);
	writer_put(w, l->headers);
	write_end(p, w, l);
}

void compose_ack_failure(struct party *p, struct writer *w, const struct line *l)
{
	compose_of_invite(p, w, SPAN("ACK"), p->failed_to, l);
}

void compose_cancel(struct party *p, struct writer *w, const struct line *l)
{
	compose_of_invite(p, w, SPAN("CANCEL"), p->invite_to, l);
}

/* ----- responses ----- */

static bool is_method(struct span text, struct span method)
{
	return !method.n || (span_starts(text, method) && text.p[method.n] == ' ');
}

static struct span request_to_answer(const struct party *p, struct span method)
{
	for (unsigned i = p->nrequest; i-- > 0;)
		if (is_method(span_of(p->request[i].text, p->request[i].n), method))
			return span_of(p->request[i].text, p->request[i].n);
	return (struct span){ 0 };
}

/* What a registrar has then, and for how long. */
static void write_echo(struct writer *w, const struct sip_msg *m)
{
	const struct sip_field *f = sip_field_first(m, SIP_HDR_CONTACT);

	for (; f; f = sip_field_next(m, f))
		writer_format(w, "Contact: %.*s\r\n", SPAN_ARG(sip_field_value(m, f)));
}

static void write_challenge(struct party *p, struct writer *w, uint16_t status, struct span realm)
{
	writer_format(w,
		      "%s-Authenticate: Digest realm=\"%.*s\",  nonce=\"nonce%u\" , qop=\"auth\", algorithm=MD5, "
		      "x-kept=AsItIs\r\n",
		      status == 401 ? "WWW" : "Proxy", SPAN_ARG(realm), ++p->serial);
}

bool compose_response(struct party *p, struct writer *w, uint16_t status, struct span method, const struct line *l)
{
	char lines[2048], body[DESCRIBE_MAX];
	struct writer h = writer_over(lines, sizeof(lines)), b = writer_over(body, sizeof(body));
	struct reply r = {
		.status = status,
		.to_tag = l->tag.n ? l->tag : span_str(p->local_tag),
		.source = { .ip = { 127, 0, 0, 1 }, .port = 5060, .family = ADDR_V4 },
	};
	struct sip_msg m;

	if (sip_msg_index(request_to_answer(p, method), &m) != SIP_OK)
		return false;
	party_know(p, l->tag);
	if (l->echo)
		write_echo(&h, &m);
	else
		write_contact(p, &h, l);
	if (l->challenge.n)
		write_challenge(p, &h, status, l->challenge);
	writer_put(&h, l->headers);
	if (l->rel != LINE_UNSET)
		writer_format(&h, "Require: 100rel\r\nRSeq: %d\r\n", l->rel);
	r.body = body_of(p, &b, l, true);
	write_type(&h, l);
	r.headers = writer_done(&h);
	reply_write(w, &m, &r);
	return true;
}
