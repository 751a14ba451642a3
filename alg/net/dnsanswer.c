/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/dnsanswer.h"

enum {
	HEADER_LEN = 12,
	CLASS_IN = 1,
	LABEL_MAX = 63,
	ALIASES_MAX = 8,
	TEXT_MAX = 253, /* 255 bytes with the length of each label and the root (RFC 1035 2.3.4) */
	FLAG_RESPONSE = 0x8000,
	FLAG_TRUNCATED = 0x0200,
};

/* ----- numbers ----- */

/* A place in the answer; once something lies outside of it, everything after fails. */
struct reader {
	struct span all;
	uint32_t at;
	bool failed;
};

static uint32_t take(struct reader *r, unsigned bytes)
{
	uint32_t v = 0;

	if (r->failed || bytes > r->all.n - r->at) {
		r->failed = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | (uint8_t)r->all.p[r->at++];
	return v;
}

static void skip(struct reader *r, uint32_t bytes)
{
	if (r->failed || bytes > r->all.n - r->at)
		r->failed = true;
	else
		r->at += bytes;
}

/* A <character-string> (RFC 1035 3.3). */
static struct span take_text(struct reader *r)
{
	uint32_t n = take(r, 1), from = r->at;

	skip(r, n);
	return r->failed ? (struct span){ 0 } : span_slice(r->all, from, from + n);
}

/* ----- names ----- */

static bool in_names(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* False where the label has bytes that no name we ask for has; w has failed where it is too long. */
static bool put_label(struct writer *w, struct span label)
{
	bool plain = true;

	if (w->n)
		writer_byte(w, '.');
	for (uint32_t i = 0; i < label.n; i++) {
		char c = lower(label.p[i]);

		plain = plain && in_names(c);
		writer_byte(w, c);
	}
	return plain;
}

/* A compressed name (RFC 1035 4.1.4). A pointer leads to before the run of labels that it ends, each further back than
 * the last: so there is no loop, and no limit to count. */
static void take_name(struct reader *r, char out[DNS_NAME_MAX])
{
	struct writer w = writer_over(out, TEXT_MAX);
	struct reader here = *r;
	uint32_t run = here.at;
	bool plain = true, jumped = false;

	while (!here.failed && !w.failed) {
		uint32_t n = take(&here, 1), from = here.at;

		if (n >= 0xc0) {
			uint32_t to = (n & 0x3f) << 8 | take(&here, 1);

			if (!jumped)
				r->at = here.at;
			jumped = true;
			here.failed = here.failed || to >= run;
			here.at = run = to;
		} else if (n > LABEL_MAX) {
			here.failed = true;
		} else if (n == 0) {
			break;
		} else {
			skip(&here, n);
			plain = plain && !here.failed && put_label(&w, span_slice(here.all, from, from + n));
		}
	}
	if (!jumped)
		r->at = here.at;
	r->failed = r->failed || here.failed || w.failed;
	if (r->failed || !plain)
		w.n = 0;
	else if (w.n == 0)
		w.p[w.n++] = '.';
	w.p[w.n] = '\0';
}

int dnsanswer_name(struct span name, char out[DNS_NAME_MAX])
{
	char text[DNS_NAME_MAX];
	uint32_t run = 0;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n == 0 || name.n > TEXT_MAX || name.p[name.n - 1] == '.')
		return -1;
	for (uint32_t i = 0; i < name.n; i++) {
		text[i] = lower(name.p[i]);
		run = text[i] == '.' ? 0 : run + 1;
		if (run > LABEL_MAX || (text[i] == '.' ? i == 0 || text[i - 1] == '.' : !in_names(text[i])))
			return -1;
	}
	text[name.n] = '\0';
	memcpy(out, text, name.n + 1);
	return 0;
}

/* ----- records ----- */

int dnsanswer_open(struct span raw, struct dnsanswer *out)
{
	struct reader r = { .all = raw };
	struct dnsanswer a = { .raw = raw };
	char name[DNS_NAME_MAX];
	uint32_t flags, questions;

	take(&r, 2); /* id: whoever asked has compared it */
	flags = take(&r, 2);
	questions = take(&r, 2);
	for (int i = 0; i < 3; i++)
		a.left[i] = (uint16_t)take(&r, 2);
	if (r.failed || !(flags & FLAG_RESPONSE) || questions > 1)
		return -1;
	if (questions) {
		take_name(&r, name);
		skip(&r, 4);
	}
	if (r.failed)
		return -1;
	a.at = r.at;
	a.rcode = flags & 0x0f;
	a.truncated = (flags & FLAG_TRUNCATED) != 0;
	*out = a;
	return 0;
}

static void read_a(struct reader *r, struct dnsrecord *d)
{
	uint32_t n = d->type == DNS_A ? 4 : 16, from = r->at;

	skip(r, n);
	if (r->failed)
		return;
	d->addr.family = d->type == DNS_A ? ADDR_V4 : ADDR_V6;
	memcpy(d->addr.ip, r->all.p + from, n);
}

static void read_cname(struct reader *r, struct dnsrecord *d)
{
	take_name(r, d->target);
}

/* How long "there is none" holds: the lesser of the record's own TTL and its last number (RFC 2308 5). */
static void read_soa(struct reader *r, struct dnsrecord *d)
{
	char name[DNS_NAME_MAX];
	uint32_t minimum;

	take_name(r, name);
	take_name(r, name);
	skip(r, 16);
	minimum = take(r, 4);
	d->negative_ttl = minimum < d->ttl ? minimum : d->ttl;
}

static void read_srv(struct reader *r, struct dnsrecord *d)
{
	d->order = (uint16_t)take(r, 2);
	d->weight = (uint16_t)take(r, 2);
	d->port = (uint16_t)take(r, 2);
	take_name(r, d->target);
}

static void read_naptr(struct reader *r, struct dnsrecord *d)
{
	d->order = (uint16_t)take(r, 2);
	d->weight = (uint16_t)take(r, 2);
	d->flag = take_text(r);
	d->service = take_text(r);
	take_text(r); /* the expression: SIP has no use for it (RFC 3263 4.1) */
	take_name(r, d->target);
}

static const struct kind {
	uint16_t type;
	void (*read)(struct reader *r, struct dnsrecord *d);
} kinds[] = {
	{ DNS_A, read_a },     { DNS_AAAA, read_a },  { DNS_CNAME, read_cname },
	{ DNS_SOA, read_soa }, { DNS_SRV, read_srv }, { DNS_NAPTR, read_naptr },
};

/* The data of a record must be as long as it says: not a byte more or less. */
static void read_data(struct reader *r, uint32_t length, struct dnsrecord *d)
{
	uint32_t end = r->at + length;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].type != d->type)
			continue;
		kinds[i].read(r, d);
		r->failed = r->failed || r->at != end;
		return;
	}
	skip(r, length);
}

int dnsanswer_next(struct dnsanswer *a, struct dnsrecord *out)
{
	struct reader r = { .all = a->raw, .at = a->at };
	uint32_t class = 0, length;

	while (class != CLASS_IN) {
		unsigned section = DNS_ANSWER;

		while (section <= DNS_ADDITIONAL && a->left[section] == 0)
			section++;
		if (section > DNS_ADDITIONAL || a->read == DNS_RECORDS_READ)
			return 0;
		a->left[section]--;
		a->read++;
		memset(out, 0, sizeof(*out));
		out->section = (enum dns_section)section;
		take_name(&r, out->owner);
		out->type = (uint16_t)take(&r, 2);
		class = take(&r, 2);
		out->ttl = take(&r, 4);
		if (out->ttl > INT32_MAX)
			out->ttl = 0;
		length = take(&r, 2);
		if (class == CLASS_IN)
			read_data(&r, length, out);
		else
			skip(&r, length);
		if (r.failed) {
			memset(a->left, 0, sizeof(a->left));
			return -1;
		}
		a->at = r.at;
	}
	return 1;
}

/* ----- aliases ----- */

/* The alias of name in the answer. */
static bool alias_of(struct dnsanswer a, const char *name, struct dnsrecord *d)
{
	while (dnsanswer_next(&a, d) == 1 && d->section == DNS_ANSWER)
		if (d->type == DNS_CNAME && d->target[0] && strcmp(d->owner, name) == 0)
			return true;
	return false;
}

int dnsanswer_canonical(struct span raw, const char *name, char out[DNS_NAME_MAX], uint32_t *ttl)
{
	char at[DNS_NAME_MAX];
	struct dnsanswer a;
	struct dnsrecord d;
	uint32_t least = UINT32_MAX;

	if (dnsanswer_open(raw, &a) || dnsanswer_name(span_str(name), at))
		return -1;
	for (unsigned n = 0; alias_of(a, at, &d); n++) {
		if (n == ALIASES_MAX)
			return -1;
		memcpy(at, d.target, sizeof(at));
		if (d.ttl < least)
			least = d.ttl;
	}
	memcpy(out, at, sizeof(at));
	*ttl = least;
	return 0;
}
