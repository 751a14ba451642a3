/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/upgrade.h"

#include "alg/base/cursor.h"

/* The header fields that count. */
enum field {
	FIELD_HOST,
	FIELD_UPGRADE,
	FIELD_CONNECTION,
	FIELD_KEY,
	FIELD_VERSION,
	FIELD_PROTOCOL,
	FIELD_ORIGIN,
	FIELD_LENGTH,
	FIELD_CODING,
	FIELD_N,
};

static const struct {
	struct span name;
	bool many; /* a list, which may go on in another field of that name (RFC 9110 5.3) */
} fields[FIELD_N] = {
	[FIELD_HOST] = { { "Host", 4 }, false },
	[FIELD_UPGRADE] = { { "Upgrade", 7 }, true },
	[FIELD_CONNECTION] = { { "Connection", 10 }, true },
	[FIELD_KEY] = { { "Sec-WebSocket-Key", 17 }, false },
	[FIELD_VERSION] = { { "Sec-WebSocket-Version", 21 }, false },
	[FIELD_PROTOCOL] = { { "Sec-WebSocket-Protocol", 22 }, true },
	[FIELD_ORIGIN] = { { "Origin", 6 }, false },
	[FIELD_LENGTH] = { { "Content-Length", 14 }, false },
	[FIELD_CODING] = { { "Transfer-Encoding", 17 }, true },
};

struct request {
	struct span value[FIELD_N];   /* the last; absent where there is none */
	bool websocket, upgrade, sip; /* what the lists hold */
	bool broken;
};

static bool list_has(struct span list, struct span token)
{
	while (list.n) {
		uint32_t comma = span_find(list, ',');

		if (span_ieq(span_trim(span_slice(list, 0, comma)), token))
			return true;
		list = span_from(list, comma + 1);
	}
	return false;
}

static void field_add(struct request *r, struct span name, struct span value)
{
	for (unsigned i = 0; i < FIELD_N; i++) {
		if (!span_ieq(name, fields[i].name))
			continue;
		r->broken |= span_is_set(r->value[i]) && !fields[i].many;
		r->value[i] = value;
		r->websocket |= i == FIELD_UPGRADE && list_has(value, SPAN("websocket"));
		r->upgrade |= i == FIELD_CONNECTION && list_has(value, SPAN("upgrade"));
		r->sip |= i == FIELD_PROTOCOL && list_has(value, SPAN("sip"));
		return;
	}
}

/* The next line, without its CRLF; *block goes on behind it. A CR or LF alone is broken. */
static struct span line_take(struct request *r, struct span *block)
{
	uint32_t end = span_find(*block, '\n');
	struct span line = span_slice(*block, 0, end);

	*block = span_from(*block, end + 1);
	if (line.n == 0 || line.p[line.n - 1] != '\r')
		r->broken = true;
	line = span_slice(line, 0, line.n ? line.n - 1 : 0);
	r->broken |= span_find(line, '\r') < line.n;
	return line;
}

/* block: the header lines, each with its CRLF. */
static void fields_read(struct request *r, struct span block)
{
	while (block.n && !r->broken) {
		struct span line = line_take(r, &block), name, value;
		uint32_t colon = span_find(line, ':');

		name = span_slice(line, 0, colon);
		value = span_trim(span_from(line, colon + 1));
		/* A blank before the colon, or at the front (a folded line), is refused (RFC 9112 5). */
		r->broken |= colon == line.n || !span_all(name, TOKEN);
		field_add(r, name, value);
	}
}

/* 16 bytes in base64 (RFC 6455 4.2.1, 5). */
static bool is_key(struct span s)
{
	if (s.n != 24 || !span_eq(span_from(s, 22), SPAN("==")))
		return false;
	for (uint32_t i = 0; i < 22; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT) && s.p[i] != '+' && s.p[i] != '/')
			return false;
	return true;
}

/* GET target HTTP/1.x, x not 0. */
static enum upgrade_verdict start_check(struct span line)
{
	uint32_t first = span_find(line, ' ');
	struct span method = span_slice(line, 0, first), rest = span_from(line, first + 1);
	struct span target = span_slice(rest, 0, span_find(rest, ' ')), version = span_from(rest, target.n + 1);

	if (!span_all(method, TOKEN) || target.n == 0 || version.n != 8 || !span_starts(version, SPAN("HTTP/1.")) ||
	    !byte_is(version.p[7], DIGIT) || version.p[7] == '0')
		return UPGRADE_BAD;
	return span_eq(method, SPAN("GET")) ? UPGRADE_OK : UPGRADE_METHOD;
}

static enum upgrade_verdict fields_check(const struct request *r)
{
	const struct span *v = r->value;

	/* A body would be taken for frames, or frames for a body. */
	if (r->broken || !span_is_set(v[FIELD_HOST]) || span_is_set(v[FIELD_CODING]) ||
	    (span_is_set(v[FIELD_LENGTH]) && !span_eq(v[FIELD_LENGTH], SPAN("0"))))
		return UPGRADE_BAD;
	if (!r->websocket || !r->upgrade)
		return UPGRADE_NEEDED;
	if (span_is_set(v[FIELD_VERSION]) && !span_eq(v[FIELD_VERSION], SPAN("13")))
		return UPGRADE_VERSION;
	return r->sip && span_is_set(v[FIELD_VERSION]) && is_key(v[FIELD_KEY]) ? UPGRADE_OK : UPGRADE_BAD;
}

enum upgrade_verdict upgrade_parse(struct span received, struct upgrade *out)
{
	uint32_t end = span_search(span_slice(received, 0, UPGRADE_MAX), SPAN("\r\n\r\n"));
	struct request r = { 0 };
	enum upgrade_verdict verdict;
	struct span block, line;

	/* What cannot begin a request will not become one: TLS, or noise. */
	if (received.n && !byte_is(received.p[0], TOKEN))
		return UPGRADE_BAD;
	if (end == received.n || end >= UPGRADE_MAX)
		return received.n >= UPGRADE_MAX ? UPGRADE_TOO_LARGE : UPGRADE_MORE;
	block = span_slice(received, 0, end + 2);
	line = line_take(&r, &block);
	verdict = r.broken ? UPGRADE_BAD : start_check(line);
	if (verdict != UPGRADE_OK)
		return verdict;
	fields_read(&r, block);
	verdict = fields_check(&r);
	if (verdict == UPGRADE_OK)
		*out = (struct upgrade){ r.value[FIELD_KEY], r.value[FIELD_ORIGIN], end + 4 };
	return verdict;
}

void upgrade_write_accept(struct writer *w, struct span accept)
{
	writer_str(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		      "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Accept: ");
	writer_put(w, accept);
	writer_str(w, "\r\n\r\n");
}

void upgrade_write_refusal(struct writer *w, enum upgrade_verdict verdict)
{
	static const struct {
		const char *status, *field;
	} answers[] = {
		[UPGRADE_MORE] = { "408 Request Timeout", "" },
		[UPGRADE_BAD] = { "400 Bad Request", "" },
		[UPGRADE_FORBIDDEN] = { "403 Forbidden", "" },
		[UPGRADE_METHOD] = { "405 Method Not Allowed", "Allow: GET\r\n" },
		[UPGRADE_NEEDED] = { "426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n" },
		[UPGRADE_VERSION] = { "426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
		[UPGRADE_TOO_LARGE] = { "431 Request Header Fields Too Large", "" },
	};

	writer_str(w, "HTTP/1.1 ");
	writer_str(w, answers[verdict].status);
	writer_str(w, "\r\n");
	writer_str(w, answers[verdict].field);
	writer_str(w, "Connection: close\r\nContent-Length: 0\r\n\r\n");
}
