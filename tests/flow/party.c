/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/party.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "alg/sip/cseq.h"
#include "alg/sip/digest.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/reply.h"
#include "alg/sip/via.h"

static void copy(char *to, size_t size, struct span s)
{
	size_t n = s.n < size - 1 ? s.n : size - 1;

	if (n)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

static void know(struct party *p, struct span secret)
{
	if (secret.n < 6 || p->nknown == PARTY_KNOWN)
		return;
	copy(p->known[p->nknown++], sizeof(p->known[0]), secret);
}

static struct span host_text(const struct addr *a, char *buf, uint32_t size)
{
	struct writer w = writer_over(buf, size);

	addr_write_host(&w, a, true);
	return writer_done(&w);
}

void party_init(struct party *p, const char *name, const struct flow *flow, const struct addr *own)
{
	char text[64];

	memset(p, 0, sizeof(*p));
	copy(p->name, sizeof(p->name), span_str(name));
	p->flow = *flow;
	p->own = *own;
	p->media_port = (uint16_t)(40000 + 10 * (name[0] - 'a'));
	know(p, host_text(own, text, sizeof(text)));
	know(p, host_text(&flow->peer, text, sizeof(text)));
}

static void new_id(struct party *p, char *to, size_t size, const char *what)
{
	snprintf(to, size, "%s-%s-%u", what, p->name, ++p->serial);
	know(p, span_str(to));
}

static void write_sdp(struct party *p, struct writer *w, struct span kind)
{
	char host[64];
	struct span h = host_text(&p->own, host, sizeof(host));
	const char *family = p->own.family == ADDR_V6 ? "IP6" : "IP4";
	bool port0 = span_eq(kind, SPAN("port0"));

	if (span_eq(kind, SPAN("bad"))) {
		writer_str(w, "v=0\r\nthis is no session description\r\n");
		return;
	}
	writer_format(w, "v=0\r\no=%s 1 %u IN %s %.*s\r\ns=%s on %.*s\r\nc=IN %s %.*s\r\nt=0 0\r\n", p->name, ++p->sdp_version,
		      family, SPAN_ARG(h), p->name, SPAN_ARG(h), family, SPAN_ARG(h));
	writer_format(w, "m=audio %u RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
		      port0 ? 0 : p->media_port);
	if (span_eq(kind, SPAN("hold")))
		writer_str(w, "a=sendonly\r\n");
	else if (span_eq(kind, SPAN("recvonly")) || span_eq(kind, SPAN("inactive")))
		writer_format(w, "a=%.*s\r\n", SPAN_ARG(kind));
}

static void write_contact(const struct party *p, struct writer *w)
{
	char text[ADDR_TEXT_MAX];

	writer_format(w, "Contact: <sip:%s-user@%s>\r\n", p->name, addr_text(&p->own, text));
}

static void write_end(struct party *p, struct writer *w, struct span sdp)
{
	char body[1024];
	struct writer b = writer_over(body, sizeof(body));

	if (span_is_set(sdp)) {
		write_sdp(p, &b, sdp);
		writer_str(w, "Content-Type: application/sdp\r\n");
	}
	writer_format(w, "Content-Length: %u\r\n\r\n", b.n);
	writer_put(w, writer_done(&b));
}

static void write_head(struct party *p, struct writer *w, struct span method, const char *uri, const char *branch,
		       uint32_t cseq)
{
	char text[ADDR_TEXT_MAX];

	writer_format(w, "%.*s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s;rport\r\nMax-Forwards: 70\r\n", SPAN_ARG(method), uri,
		      addr_text(&p->own, text), branch);
	writer_format(w, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %.*s\r\nUser-Agent: flow/%s\r\n", p->local, p->remote,
		      p->call_id, cseq, SPAN_ARG(method), p->name);
}

static void begin_dialog(struct party *p, struct span to_user, struct span host)
{
	char id[48];

	new_id(p, p->local_tag, sizeof(p->local_tag), "tagof");
	new_id(p, id, sizeof(id), "callid");
	snprintf(p->call_id, sizeof(p->call_id), "%s", id);
	snprintf(p->local, sizeof(p->local), "\"%s\" <sip:%s@%.*s>;tag=%s", p->name, p->name, SPAN_ARG(host), p->local_tag);
	snprintf(p->remote, sizeof(p->remote), "<sip:%.*s@%.*s>", SPAN_ARG(to_user), SPAN_ARG(host));
	snprintf(p->target, sizeof(p->target), "sip:%.*s@%.*s", SPAN_ARG(to_user), SPAN_ARG(host));
}

void party_request(struct party *p, struct writer *w, struct span method, struct span to_user, struct span host,
		   const struct party_line *line)
{
	char branch[64], cookie[80];

	if (to_user.n)
		begin_dialog(p, to_user, host);
	new_id(p, branch, sizeof(branch), "branch");
	snprintf(cookie, sizeof(cookie), "z9hG4bK%s", branch);
	p->cseq++;
	if (span_eq(method, SPAN("INVITE"))) {
		p->invite_cseq = p->cseq;
		copy(p->invite_branch, sizeof(p->invite_branch), span_str(cookie));
		copy(p->invite_uri, sizeof(p->invite_uri), span_str(p->target));
		copy(p->invite_to, sizeof(p->invite_to), span_str(p->remote));
	}
	write_head(p, w, method, p->target, cookie, p->cseq);
	write_contact(p, w);
	writer_put(w, line->headers);
	write_end(p, w, line->sdp);
	if (w->n <= sizeof(p->sent)) {
		memcpy(p->sent, w->p, w->n);
		p->sent_len = w->n;
	}
}

void party_register(struct party *p, struct writer *w, struct span host, struct span headers)
{
	char branch[64], cookie[80], uri[128];

	begin_dialog(p, span_str(p->name), host);
	new_id(p, branch, sizeof(branch), "branch");
	snprintf(cookie, sizeof(cookie), "z9hG4bK%s", branch);
	snprintf(uri, sizeof(uri), "sip:%.*s", SPAN_ARG(host));
	write_head(p, w, SPAN("REGISTER"), uri, cookie, ++p->cseq);
	write_contact(p, w);
	writer_put(w, headers);
	writer_str(w, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, REFER, NOTIFY, UPDATE\r\nSupported: outbound, path\r\n");
	writer_str(w, "Expires: 3600\r\n");
	write_end(p, w, (struct span){ 0 });
}

void party_ack(struct party *p, struct writer *w, uint16_t status, const struct party_line *line)
{
	char branch[64], cookie[80], kept[256];

	if (status >= 300) {
		/* RFC 3261 17.1.1.3: the branch and the Request-URI of the INVITE. */
		write_head(p, w, SPAN("ACK"), p->invite_uri, p->invite_branch, p->invite_cseq);
	} else {
		new_id(p, branch, sizeof(branch), "branch");
		snprintf(cookie, sizeof(cookie), "z9hG4bK%s", branch);
		copy(kept, sizeof(kept), span_str(p->target));
		write_head(p, w, SPAN("ACK"), kept, cookie, p->invite_cseq);
	}
	write_end(p, w, line->sdp);
}

void party_cancel(struct party *p, struct writer *w, struct span headers)
{
	char remote[256];

	copy(remote, sizeof(remote), span_str(p->remote));
	copy(p->remote, sizeof(p->remote), span_str(p->invite_to));
	write_head(p, w, SPAN("CANCEL"), p->invite_uri, p->invite_branch, p->invite_cseq);
	copy(p->remote, sizeof(p->remote), span_str(remote));
	writer_put(w, headers);
	write_end(p, w, (struct span){ 0 });
}

static bool is_method(struct span text, struct span method)
{
	return !method.n || (span_starts(text, method) && text.p[method.n] == ' ');
}

bool party_response(struct party *p, struct writer *w, uint16_t status, struct span method, const struct party_line *line)
{
	char lines[1024], body[1024];
	struct writer l = writer_over(lines, sizeof(lines)), b = writer_over(body, sizeof(body));
	struct reply r = { .status = status, .to_tag = span_str(p->local_tag), .source = p->flow.peer };
	struct sip_msg m;
	unsigned i = p->nrequest;

	while (i-- > 0) {
		struct span text = span_of(p->request[i], p->request_len[i]);

		if (!is_method(text, method) || sip_msg_index(text, &m) != SIP_OK)
			continue;
		write_contact(p, &l);
		writer_put(&l, line->headers);
		if (span_is_set(line->sdp)) {
			write_sdp(p, &b, line->sdp);
			writer_str(&l, "Content-Type: application/sdp\r\n");
		}
		r.headers = writer_done(&l);
		r.body = writer_done(&b);
		r.source = (struct addr){ .ip = { 127, 0, 0, 1 }, .port = 5060, .family = ADDR_V4 };
		reply_write(w, &m, &r);
		return true;
	}
	return false;
}

void party_receive(struct party *p, struct span text)
{
	unsigned slot;

	if (p->count == PARTY_INBOX || text.n > PARTY_TEXT)
		return;
	slot = (p->first + p->count++) % PARTY_INBOX;
	memcpy(p->inbox[slot], text.p, text.n);
	p->inbox_len[slot] = text.n;
}

static void learn_contact(struct party *p, const struct sip_msg *m)
{
	struct nameaddr contact;

	if (sip_msg_has(m, SIP_HDR_CONTACT) && nameaddr_parse(sip_msg_value(m, SIP_HDR_CONTACT), &contact) == 0)
		copy(p->target, sizeof(p->target), contact.uri);
}

static void learn_request(struct party *p, const struct sip_msg *m)
{
	bool initial = !nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)).n;

	if (m->method != SIP_ACK && m->method != SIP_CANCEL) {
		if (p->nrequest == 4) {
			memmove(p->request[0], p->request[1], sizeof(p->request[0]) * 3);
			memmove(&p->request_len[0], &p->request_len[1], sizeof(uint32_t) * 3);
			p->nrequest = 3;
		}
		memcpy(p->request[p->nrequest], m->raw.p, m->raw.n);
		p->request_len[p->nrequest++] = m->raw.n;
	} else if (m->method == SIP_CANCEL) {
		memcpy(p->request[0], p->request[p->nrequest - 1], p->request_len[p->nrequest - 1]);
		p->request_len[0] = p->request_len[p->nrequest - 1];
		memcpy(p->request[1], m->raw.p, m->raw.n);
		p->request_len[1] = m->raw.n;
		p->nrequest = 2;
	}
	if (initial && m->method != SIP_CANCEL && m->method != SIP_ACK && m->method != SIP_OPTIONS) {
		struct span to = sip_msg_value(m, SIP_HDR_TO);

		new_id(p, p->local_tag, sizeof(p->local_tag), "tagof");
		copy(p->call_id, sizeof(p->call_id), sip_msg_value(m, SIP_HDR_CALL_ID));
		snprintf(p->local, sizeof(p->local), "%.*s;tag=%s", SPAN_ARG(to), p->local_tag);
		copy(p->remote, sizeof(p->remote), sip_msg_value(m, SIP_HDR_FROM));
		p->cseq = 1000;
	}
	if (m->method == SIP_INVITE || m->method == SIP_SUBSCRIBE)
		learn_contact(p, m);
}

void party_learn(struct party *p, const struct sip_msg *m)
{
	struct cseq cseq;

	if (m->is_request) {
		learn_request(p, m);
		return;
	}
	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) || cseq.method == SIP_REGISTER || cseq.method == SIP_CANCEL)
		return;
	if (m->status > 100 && nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)).n)
		copy(p->remote, sizeof(p->remote), sip_msg_value(m, SIP_HDR_TO));
	if (m->status > 100 && m->status < 300)
		learn_contact(p, m);
}

static void md5_hex(char out[33], const char *text)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct writer w = writer_over(out, 33);
	unsigned n = 0;

	EVP_Digest(text, strlen(text), sum, &n, EVP_md5(), NULL);
	writer_hex(&w, sum, n);
	out[w.n] = '\0';
}

void party_credentials(const struct party *p, struct writer *w, const struct sip_msg *m, struct span method, struct span uri)
{
	bool proxy = m->status == 407;
	enum sip_hdr hdr = proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
	struct digest_challenge c = { 0 };
	char text[512], ha1[33], ha2[33], response[33];

	for (const struct sip_field *f = sip_field_first(m, hdr); f; f = sip_field_next(m, f))
		if (digest_challenge_parse(sip_field_value(m, f), &c) == 0 && c.algorithm == DIGEST_MD5)
			break;
	snprintf(text, sizeof(text), "%s:%.*s:%s", p->name, SPAN_ARG(c.realm), p->password);
	md5_hex(ha1, text);
	snprintf(text, sizeof(text), "%.*s:%.*s", SPAN_ARG(method), SPAN_ARG(uri));
	md5_hex(ha2, text);
	snprintf(text, sizeof(text), "%s:%.*s:00000001:cnonce:auth:%s", ha1, SPAN_ARG(c.nonce), ha2);
	md5_hex(response, text);
	writer_format(w,
		      "%s: Digest username=\"%s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%.*s\", response=\"%s\", "
		      "algorithm=MD5, qop=auth, nc=00000001, cnonce=\"cnonce\"\r\n",
		      proxy ? "Proxy-Authorization" : "Authorization", p->name, SPAN_ARG(c.realm), SPAN_ARG(c.nonce),
		      SPAN_ARG(uri), response);
}
