/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/describe.h"

#include <stdio.h>

/* Is it one of the kinds that are asked for? */
static bool is(struct span kinds, const char *kind)
{
	while (kinds.n) {
		const uint32_t end = span_find(kinds, '+');

		if (span_eq(span_slice(kinds, 0, end), span_str(kind)))
			return true;
		kinds = span_from(kinds, end + 1);
	}
	return false;
}

/* ----- what only this party has ----- */

/* n letters that begin with what it is and whose, and change with p->rekeyed. */
static void secret(struct party *p, const char *what, unsigned n, char *to)
{
	char own[48];
	const int length = snprintf(own, sizeof(own), "%s%u%s", what, p->rekeyed, p->name);

	for (unsigned i = 0; i < n; i++)
		to[i] = own[i % (unsigned)length];
	to[n] = '\0';
	party_know(p, span_of(to, n));
}

void describe_crypto(struct party *p, struct writer *w)
{
	char key[41];

	secret(p, "Key", 40, key); /* 30 bytes: key and salt of this suite */
	writer_format(w, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:%s\r\n", key);
}

static void write_handshake(struct party *p, struct writer *w, bool answers)
{
	char letters[33], text[3 * 32 + 1];

	secret(p, "Certificate", 32, letters);
	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 3 * i, 4, "%02X:", (unsigned char)letters[i]);
	text[3 * 32 - 1] = '\0';
	party_know(p, span_slice(span_str(text), 0, 60));
	writer_format(w, "a=fingerprint:sha-256 %s\r\na=setup:%s\r\n", text, answers ? "active" : "actpass");
}

static void write_ice(struct party *p, struct writer *w, uint16_t port)
{
	char name[13], password[25], host[64];
	const struct span h = party_host(&p->own, host, sizeof(host), false);

	secret(p, "Ufrag", 12, name);
	secret(p, "Password", 24, password);
	writer_format(w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle\r\n", name, password);
	writer_format(w, "a=candidate:4711%s 1 udp 2122260223 %.*s %u typ host generation 0\r\n", p->name, SPAN_ARG(h),
		      port);
}

void describe_heard(struct party *p, struct span sdp)
{
	static const char *const marks[] = { "inline:", "a=ice-ufrag:", "a=ice-pwd:" };

	for (unsigned i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const struct span mark = span_str(marks[i]);
		struct span left = sdp;

		while (span_search(left, mark) < left.n) {
			uint32_t end = 0;

			left = span_from(left, span_search(left, mark) + mark.n);
			while (end < left.n && left.p[end] != '\r' && left.p[end] != ' ' && left.p[end] != '|')
				end++;
			party_know(p, span_slice(left, 0, end));
		}
	}
}

/* ----- streams ----- */

static void write_protection(struct party *p, struct writer *w, struct span kinds, bool answers)
{
	const bool browser = is(kinds, "webrtc");

	if (is(kinds, "savp") || is(kinds, "osrtp") || is(kinds, "both"))
		describe_crypto(p, w);
	if (is(kinds, "dtls") || browser)
		write_handshake(p, w, answers);
	if (is(kinds, "ice") || browser)
		write_ice(p, w, p->media_port);
	if (is(kinds, "mux") || browser)
		writer_str(w, "a=rtcp-mux\r\n");
	if (browser)
		writer_format(
			w,
			"a=mid:0\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtcp-fb:8 transport-cc\r\n"
			"a=rtcp-rsize\r\na=ssrc:1 cname:%s\r\na=msid:%s-stream track\r\n",
			p->name, p->name);
}

static const char *profile(struct span kinds)
{
	static const struct {
		const char *kind, *profile;
	} profiles[] = {
		{ "savp", "RTP/SAVP" },
		{ "both", "RTP/SAVP" },
		{ "keyless", "RTP/SAVP" },
		{ "dtls", "UDP/TLS/RTP/SAVP" },
		{ "webrtc", "UDP/TLS/RTP/SAVPF" },
		{ "avpf", "RTP/AVPF" },
	};

	for (unsigned i = 0; i < sizeof(profiles) / sizeof(*profiles); i++)
		if (is(kinds, profiles[i].kind))
			return profiles[i].profile;
	return "RTP/AVP";
}

static void write_streams(struct party *p, struct writer *w, struct span kinds, bool answers)
{
	static const struct {
		const char *kind, *line;
	} directions[] = {
		{ "hold", "a=sendonly\r\n" },
		{ "recvonly", "a=recvonly\r\n" },
		{ "inactive", "a=inactive\r\n" },
	};

	writer_format(w, "m=audio %u %s 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
		      is(kinds, "port0") ? 0 : p->media_port, profile(kinds));
	write_protection(p, w, kinds, answers);
	if (is(kinds, "two") || is(kinds, "both"))
		writer_format(w, "m=audio %u RTP/AVP 0\r\n", p->media_port + 2);
	for (unsigned i = 0; i < sizeof(directions) / sizeof(*directions); i++)
		if (is(kinds, directions[i].kind))
			writer_str(w, directions[i].line);
}

void describe(struct party *p, struct writer *w, struct span kinds, bool answers)
{
	char host[64];
	struct span h = party_host(&p->own, host, sizeof(host), false);
	const char *family = p->own.family == ADDR_V6 ? "IP6" : "IP4";

	if (is(kinds, "bad")) {
		writer_str(w, "v=0\r\nthis is no session description\r\n");
		return;
	}
	p->sdp_version += !is(kinds, "repeated");
	p->rekeyed += is(kinds, "rekeyed");
	writer_format(w, "v=0\r\no=%s 1 %u IN %s %.*s\r\ns=%s on %.*s\r\n", p->name, p->sdp_version, family,
		      SPAN_ARG(h), p->name, SPAN_ARG(h));
	/* Hold as it was before RFC 3264. */
	if (is(kinds, "black-hole"))
		h = p->own.family == ADDR_V6 ? SPAN("::") : SPAN("0.0.0.0");
	writer_format(w, "c=IN %s %.*s\r\nt=0 0\r\n", family, SPAN_ARG(h));
	if (is(kinds, "webrtc"))
		writer_format(w, "a=group:BUNDLE 0\r\na=msid-semantic: WMS %s-stream\r\n", p->name);
	write_streams(p, w, kinds, answers);
}
