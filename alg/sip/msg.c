/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/msg.h"

#include <stddef.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "alg/base/cursor.h"

static const struct {
	const char *name;
	uint16_t status;
} verdicts[SIP_VERDICT_N] = {
	[SIP_OK] = { "ok", 0 },
	[SIP_BAD_START] = { "bad-start", 400 },
	[SIP_BAD_VERSION] = { "bad-version", 505 },
	[SIP_BAD_HEADER] = { "bad-header", 400 },
	[SIP_TOO_MANY_FIELDS] = { "too-many-fields", 513 },
	[SIP_TOO_LONG] = { "too-long", 513 },
	[SIP_DUPLICATE] = { "duplicate", 400 },
	[SIP_BAD_LENGTH] = { "bad-length", 400 },
	[SIP_NO_END] = { "no-end", 400 },
};

const char *sip_verdict_name(enum sip_verdict v)
{
	return v < SIP_VERDICT_N ? verdicts[v].name : "unknown";
}

uint16_t sip_verdict_status(enum sip_verdict v)
{
	return v < SIP_VERDICT_N ? verdicts[v].status : 400;
}

/* Indexing in progress. */
struct scan {
	struct sip_msg *m;
	enum sip_verdict verdict;
};

static void blame(struct scan *s, enum sip_verdict v)
{
	if (s->verdict == SIP_OK)
		s->verdict = v;
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_control(char c)
{
	return (unsigned char)c < ' ' && c != '\t';
}

/* Sixteen bytes, compared at once; without such instructions the compiler makes two or more steps of it. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

/* One bit for each byte that is a control character. */
static inline unsigned controls_of(const char *p)
{
	sixteen bytes, below;

	memcpy(&bytes, p, sizeof(bytes));
	below = (sixteen)((bytes < ' ') & (bytes != '\t'));
#ifdef __SSE2__
	return (unsigned)_mm_movemask_epi8((__m128i)below);
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < sizeof(below); i++)
		bits |= (below[i] & 1U) << i;
	return bits;
#endif
}

/* Offset of the first control character (HTAB is none) in [at, end), or end: this is where the index spends its time.
 */
static inline uint32_t control_find(const char *p, uint32_t at, uint32_t end)
{
	const char *q = p + at, *stop = p + end;

	for (; stop - q >= (int)sizeof(sixteen); q += sizeof(sixteen)) {
		const unsigned bits = controls_of(q);

		if (bits)
			return (uint32_t)(q - p) + (unsigned)__builtin_ctz(bits);
	}
	while (q < stop && !is_control(*q))
		q++;
	return (uint32_t)(q - p);
}

/* True where all controls of a line are those of folding, or escaped in a quoted string (RFC 4475 3.1.1.2). */
static bool controls_ok(struct span line)
{
	bool quoted = false, escaped = false;

	for (uint32_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		bool fold = c == '\r' && i + 1 < line.n && line.p[i + 1] == '\n';

		if (fold)
			i++;
		else if (c == '\r' || c == '\n' || (is_control(c) && !escaped))
			return false;
		if (!escaped && c == '"')
			quoted = !quoted;
		escaped = quoted && !escaped && c == '\\';
	}
	return true;
}

/* Where the CRLF stands that ends the line beginning at `from`, or raw.n when there is none. With fold, a line that
 * begins with a blank is part of the one before. */
static uint32_t line_find(struct scan *s, uint32_t from, bool fold)
{
	struct span raw = s->m->raw;
	bool odd = false; /* controls met that need a closer look */
	bool crlf;
	uint32_t at;

	for (at = from;; at += 1 + crlf) {
		at = control_find(raw.p, at, raw.n);
		if (at == raw.n)
			break;
		crlf = raw.p[at] == '\r' && at + 1 < raw.n && raw.p[at + 1] == '\n';
		if (crlf && !(fold && at + 2 < raw.n && is_space(raw.p[at + 2])))
			break;
		odd |= !crlf;
	}
	if (odd && !controls_ok(span_slice(raw, from, at)))
		blame(s, SIP_BAD_HEADER);
	return at;
}

static bool is_version(struct span s)
{
	struct cursor c = { .left = s };

	cursor_word(&c, SPAN("SIP/"));
	cursor_while(&c, DIGIT);
	cursor_word(&c, SPAN("."));
	cursor_while(&c, DIGIT);
	return !c.failed && cursor_empty(&c);
}

static enum sip_verdict version_check(struct span s)
{
	if (span_ieq(s, SPAN("SIP/2.0")))
		return SIP_OK;
	return is_version(s) ? SIP_BAD_VERSION : SIP_BAD_START;
}

/* SIP-Version SP 3DIGIT SP reason (RFC 3261 7.2); the last SP may be missing with the reason. */
static enum sip_verdict status_line(struct span line, struct sip_msg *m)
{
	uint32_t sp = span_find(line, ' ');
	struct span code = span_slice(line, sp + 1, sp + 4);
	uint32_t status;

	if (code.n != 3 || span_u32(code, &status) || status < 100 || status > 699)
		return SIP_BAD_START;
	if (line.n > sp + 4 && line.p[sp + 4] != ' ')
		return SIP_BAD_START;
	m->status = (uint16_t)status;
	m->reason = span_from(line, sp + 5);
	return version_check(span_slice(line, 0, sp));
}

/* Method SP Request-URI SP SIP-Version (RFC 3261 7.1): two blanks, no more. */
static enum sip_verdict request_line(struct span line, struct sip_msg *m)
{
	uint32_t sp = span_find(line, ' ');
	struct span rest = span_from(line, sp + 1);
	uint32_t end = span_find(rest, ' ');
	struct span version = span_from(rest, end + 1);

	m->method_name = span_slice(line, 0, sp);
	m->method = sip_method_find(m->method_name);
	m->uri = span_slice(rest, 0, end);
	if (m->uri.n == 0 || span_find(m->uri, '\t') < m->uri.n || !span_all(m->method_name, TOKEN))
		return SIP_BAD_START;
	return version_check(version);
}

/* Something that ends like a request line, so that its sender waits for an answer. */
static bool is_request_like(struct span line)
{
	line = span_trim(line);
	while (line.n && memchr(line.p, ' ', line.n))
		line = span_from(line, span_find(line, ' ') + 1);
	return is_version(line);
}

static void start_read(struct scan *s, struct span line)
{
	struct sip_msg *m = s->m;
	enum sip_verdict verdict;

	m->start_end = (uint16_t)line.n;
	if (span_istarts(line, SPAN("SIP/"))) {
		blame(s, status_line(line, m));
		return;
	}
	verdict = request_line(line, m);
	m->is_request = verdict == SIP_OK || is_request_like(line);
	blame(s, verdict);
}

/* Puts the field just written at the end of its kind's chain. */
static void field_chain(struct sip_msg *m, enum sip_hdr hdr)
{
	uint8_t n = m->nfield++;

	if (m->first[hdr] == SIP_FIELD_NONE)
		m->first[hdr] = n;
	else
		m->field[m->last[hdr]].next = n;
	m->last[hdr] = n;
}

/* name *( SP / HTAB ) ":" value (RFC 3261 25.1, HCOLON): `X-A :` names X-A. */
static void field_add(struct scan *s, uint32_t from, uint32_t end)
{
	struct sip_msg *m = s->m;
	const char *p = m->raw.p;
	const char *colon = memchr(p + from, ':', end - from);
	uint32_t value = colon ? (uint32_t)(colon - p) : end, name_end = value;
	enum sip_hdr hdr;

	while (name_end > from && is_space(p[name_end - 1]))
		name_end--;
	hdr = sip_hdr_find(span_of(p + from, name_end - from));
	if (!colon || (hdr == SIP_HDR_OTHER && !span_all(span_of(p + from, name_end - from), TOKEN))) {
		blame(s, SIP_BAD_HEADER);
		return;
	}
	if (m->nfield == SIP_FIELD_MAX) {
		blame(s, SIP_TOO_MANY_FIELDS);
		return;
	}
	do
		value++;
	while (value < end && byte_is(p[value], BLANK));
	if (m->first[hdr] != SIP_FIELD_NONE && sip_hdr_info[hdr].unique)
		blame(s, SIP_DUPLICATE);
	m->field[m->nfield] = (struct sip_field){ (uint16_t)from, (uint16_t)name_end, (uint16_t)value,
						  (uint16_t)end,  (uint8_t)hdr,       SIP_FIELD_NONE };
	field_chain(m, hdr);
}

/* Returns where the body begins; raw.n, blamed, where the headers do not end. */
static uint32_t fields_read(struct scan *s, uint32_t at)
{
	struct span raw = s->m->raw;
	uint32_t end;

	while (raw.n - at >= 2) {
		if (raw.p[at] == '\r' && raw.p[at + 1] == '\n')
			return at + 2;
		end = line_find(s, at, true);
		if (end == raw.n)
			break;
		field_add(s, at, end);
		at = end + 2;
	}
	blame(s, SIP_NO_END);
	return raw.n;
}

/* RFC 3261 18.3: what follows the announced body is cut, less than it is an error. */
static void body_cut(struct scan *s)
{
	struct sip_msg *m = s->m;
	uint64_t length;

	if (!sip_msg_has(m, SIP_HDR_CONTENT_LENGTH))
		return;
	if (span_u64(sip_msg_value(m, SIP_HDR_CONTENT_LENGTH), &length) || length > m->raw.n - m->body)
		blame(s, SIP_BAD_LENGTH);
	else
		m->raw.n = m->body + (uint32_t)length;
}

static void msg_clear(struct sip_msg *m)
{
	/* The fields are written before they are read: they need not be cleared. */
	memset(m, 0, offsetof(struct sip_msg, first));
	m->method = SIP_METHOD_OTHER;
	memset(m->first, SIP_FIELD_NONE, sizeof(m->first));
	memset(m->last, SIP_FIELD_NONE, sizeof(m->last));
}

enum sip_verdict sip_msg_index(struct span raw, struct sip_msg *out)
{
	struct scan s = { .m = out };
	uint32_t end;

	while (span_starts(raw, SPAN("\r\n")))
		raw = span_from(raw, 2);
	msg_clear(out);
	if (raw.n > SIP_MSG_MAX)
		return SIP_TOO_LONG;
	out->raw = raw;
	if (raw.n == 0)
		return SIP_BAD_START;
	end = line_find(&s, 0, false);
	if (s.verdict != SIP_OK || end == raw.n) {
		out->body = (uint16_t)raw.n;
		return SIP_BAD_START;
	}
	start_read(&s, span_slice(raw, 0, end));
	out->body = (uint16_t)fields_read(&s, end + 2);
	body_cut(&s);
	return s.verdict;
}

static bool has_closings(struct span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '<' || s.p[i] == '(')
			return true;
	return false;
}

/* Length of the first element of s: up to a comma outside quotes, <> and (). */
static uint32_t element_length(struct span s)
{
	const uint32_t comma = span_find(s, ',');
	char closing = 0;

	/* Most lists have nothing that a comma could stand in. */
	if (comma == s.n || !has_closings(span_slice(s, 0, comma)))
		return comma;
	for (uint32_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (closing && c == closing)
			closing = 0;
		else if (c == '\\' && (closing == '"' || closing == ')'))
			i++;
		else if (!closing && c == ',')
			return i;
		else if (!closing)
			closing = c == '"' ? '"' : c == '<' ? '>' : c == '(' ? ')' : 0;
	}
	return s.n;
}

/* The first line with something in it, beginning at f. */
static void walk_enter(const struct sip_msg *m, struct sip_walk *w, const struct sip_field *f)
{
	w->left = (struct span){ 0 };
	for (; f && w->left.n == 0; f = sip_field_next(m, f)) {
		w->field = f;
		w->left = sip_field_value(m, f);
	}
	if (w->left.n == 0) {
		w->field = NULL;
		w->left = (struct span){ 0 };
	}
}

bool sip_walk_next(const struct sip_msg *m, enum sip_hdr hdr, struct sip_walk *w, struct span *out)
{
	uint32_t n;

	if (!w->begun)
		walk_enter(m, w, sip_field_first(m, hdr));
	else if (!span_is_set(w->left) && w->field)
		walk_enter(m, w, sip_field_next(m, w->field));
	w->begun = true;
	if (!w->field)
		return false;
	n = sip_hdr_info[hdr].list ? element_length(w->left) : w->left.n;
	*out = span_trim(span_slice(w->left, 0, n));
	/* A comma at the end has one more element behind it: empty, but set. */
	w->left = n < w->left.n ? span_from(w->left, n + 1) : (struct span){ 0 };
	return true;
}
