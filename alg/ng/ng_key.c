/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_key.h"

#include "alg/base/cursor.h"
#include "alg/ng/ng_flag.h"
#include "alg/ng/ng_word.h"

#include <stddef.h>

struct key;
typedef int take_fn(struct ng_request *r, const struct key *k, const struct ng_value *v);

/* Without take: known, and we do already what it asks for, as long as the value is one of `accepted` (NULL: any). */
struct key {
	struct span name;
	take_fn *take;
	size_t offset;               /* take_text: of the span in struct ng_request */
	bool in_flags;               /* may also come as the flag "name=value" */
	const struct span *accepted; /* ends with an absent span */
};

/* --- values --- */

static int take_text(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING && v->kind != NG_INTEGER)
		return -1;
	*(struct span *)(void *)((char *)r + k->offset) = v->text;
	return 0;
}

static int take_command(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	if (take_text(r, k, v))
		return -1;
	r->command = ng_command_of(v->text);
	return 0;
}

static void direction_add(struct ng_request *r, const struct key *k, struct span realm)
{
	struct span *to = span_is_set(r->direction[0]) ? &r->direction[1] : &r->direction[0];

	if (span_is_set(*to))
		ng_unknown_add(r, k->name);
	else
		*to = realm;
}

/* A list of two, or, as a flag, one after the other. */
static int take_direction(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind == NG_STRING)
		direction_add(r, k, v->text);
	if (v->kind != NG_LIST_KIND)
		return v->kind == NG_STRING ? 0 : -1;
	while (ng_next(v->text, &at, &none, &item) > 0) {
		if (item.kind != NG_STRING)
			return -1;
		direction_add(r, k, item.text);
	}
	return 0;
}

/* ["IP4", "192.0.2.1"], "192.0.2.1", or an empty list where the client had no message at hand. Kamailio sends both, the
 * list of its own accord behind the string that its operator wrote: the string holds. */
static int take_received_from(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	struct ng_value item = *v;
	struct span none;
	uint32_t at = 0;

	if (v->kind == NG_LIST_KIND) {
		if (addr_is_set(&r->received_from) || ng_next(v->text, &at, &none, &item) == 0)
			return 0;
		if (ng_next(v->text, &at, &none, &item) <= 0)
			return -1;
	}
	if (item.kind != NG_STRING)
		return -1;
	if (addr_parse_host(item.text, &r->received_from))
		ng_unknown_add(r, k->name);
	return 0;
}

static int take_latching(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING)
		return -1;
	if (ng_latch_parse(v->text, &r->latch, &r->latch_bits))
		ng_unknown_add(r, k->name);
	return 0;
}

static int take_limit(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	(void)k;
	return span_u32(v->text, &r->limit);
}

static int take_flags(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	(void)k;
	if (v->kind == NG_STRING)
		return ng_flag_take(r, v->text);
	if (v->kind != NG_LIST_KIND)
		return -1;
	while (ng_next(v->text, &at, &none, &item) > 0)
		if (item.kind != NG_STRING || ng_flag_take(r, item.text))
			return -1;
	return 0;
}

/* Flags as the operator typed them, separated by blanks. */
static int take_flag_line(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	struct cursor c = { .left = v->text };

	(void)k;
	if (v->kind != NG_STRING)
		return -1;
	for (cursor_blank(&c); !cursor_empty(&c); cursor_blank(&c))
		if (ng_flag_take(r, cursor_until(&c, BLANK)))
			return -1;
	return 0;
}

/* --- the table --- */

/* We offer neither ICE, DTLS, SDES nor a shared RTCP port: asking for their absence, or merely allowing, is met. */
static const struct span accepted_off[] = { SPAN("off"), SPAN("no"), SPAN("disable"), { 0 } };
static const struct span accepted_ice[] = { SPAN("remove"), SPAN("default"), { 0 } };
static const struct span accepted_mux[] = { SPAN("demux"), SPAN("reject"), SPAN("accept"), SPAN("offer"), { 0 } };
static const struct span accepted_profile[] = { SPAN("rtp/avp"), { 0 } };

#define TEXT(key, member) SPAN(key), take_text, offsetof(struct ng_request, member)
#define KNOWN(key)        SPAN(key), NULL, 0, true

static const struct key keys[] = {
	{ SPAN("command"), take_command, offsetof(struct ng_request, command_name), false, NULL },
	{ TEXT("call-id", call_id), false, NULL },
	{ TEXT("from-tag", from_tag), true, NULL },
	{ TEXT("to-tag", to_tag), true, NULL },
	{ TEXT("via-branch", via_branch), true, NULL },
	{ TEXT("sdp", sdp), false, NULL },
	{ TEXT("owner", owner), false, NULL },
	{ SPAN("direction"), take_direction, 0, true, NULL },
	{ SPAN("received-from"), take_received_from, 0, true, NULL },
	{ SPAN("latching"), take_latching, 0, true, NULL },
	{ SPAN("limit"), take_limit, 0, false, NULL },
	{ SPAN("flags"), take_flags, 0, false, NULL },
	{ SPAN("rtpp-flags"), take_flag_line, 0, false, NULL },
	{ KNOWN("supports"), NULL },
	{ KNOWN("sip-message-type"), NULL },
	{ KNOWN("replace"), NULL },
	{ KNOWN("label"), NULL },
	{ KNOWN("address-family"), NULL },
	{ KNOWN("delete-delay"), NULL },
	{ KNOWN("ice"), accepted_ice },
	{ KNOWN("dtls"), accepted_off },
	{ KNOWN("sdes"), accepted_off },
	{ KNOWN("rtcp-mux"), accepted_mux },
	{ KNOWN("transport-protocol"), accepted_profile },
};

#undef TEXT
#undef KNOWN

enum { KEY_N = sizeof(keys) / sizeof(keys[0]) };
_Static_assert(KEY_N <= 64, "one bit each in seen");

static const struct key *key_of(struct span name)
{
	/* Nearly always it is spelled as here. */
	for (unsigned i = 0; i < KEY_N; i++)
		if (span_eq(name, keys[i].name))
			return &keys[i];
	for (unsigned i = 0; i < KEY_N; i++)
		if (ng_word_eq(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static bool word_accepted(const struct key *k, struct span word)
{
	for (const struct span *s = k->accepted; span_is_set(*s); s++)
		if (ng_word_eq(word, *s))
			return true;
	return false;
}

/* A single word, or a list of them. */
static bool value_accepted(const struct key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (!k->accepted)
		return true;
	if (v->kind != NG_LIST_KIND)
		return v->kind == NG_STRING && word_accepted(k, v->text);
	while (ng_next(v->text, &at, &none, &item) > 0)
		if (item.kind != NG_STRING || !word_accepted(k, item.text))
			return false;
	return true;
}

static int key_apply(struct ng_request *r, const struct key *k, const struct ng_value *v)
{
	if (k->take)
		return k->take(r, k, v);
	if (!value_accepted(k, v))
		ng_unknown_add(r, k->name);
	return 0;
}

int ng_key_take(struct ng_request *r, uint64_t *seen, struct span name, const struct ng_value *value)
{
	const struct key *k = key_of(name);
	uint64_t bit;

	if (!k) {
		ng_unknown_add(r, name);
		return 0;
	}
	bit = 1ULL << (k - keys);
	/* Which of the two would hold is a guess that another reader may make differently. */
	if (k->take && k->take != take_received_from && (*seen & bit))
		return -1;
	*seen |= bit;
	return key_apply(r, k, value);
}

bool ng_key_may_be_flag(struct span name)
{
	const struct key *k = key_of(name);

	return k && k->in_flags;
}

int ng_key_take_flag(struct ng_request *r, struct span name, struct span text)
{
	struct ng_value v = { .kind = NG_STRING, .text = text };

	return key_apply(r, key_of(name), &v);
}

/* --- words that are values --- */

static const struct span latches[] = {
	[NG_LATCH_DEFAULT] = { 0 },         [NG_LATCH_EXACT] = SPAN("exact"), [NG_LATCH_SDP_IP] = SPAN("sdp-ip"),
	[NG_LATCH_SIG_IP] = SPAN("sig-ip"), [NG_LATCH_OPEN] = SPAN("open"),
};

int ng_latch_parse(struct span text, enum ng_latch *latch, uint8_t *bits)
{
	uint32_t slash = span_find(text, '/'), n = 0;

	if (slash < text.n && (span_u32(span_from(text, slash + 1), &n) || n == 0 || n > 128))
		return -1;
	for (unsigned i = NG_LATCH_EXACT; i <= NG_LATCH_OPEN; i++) {
		if (!ng_word_eq(span_slice(text, 0, slash), latches[i]))
			continue;
		if (slash < text.n && i != NG_LATCH_SIG_IP)
			return -1;
		*latch = (enum ng_latch)i;
		*bits = (uint8_t)n;
		return 0;
	}
	return -1;
}

void ng_latch_write(struct writer *w, enum ng_latch latch, uint8_t bits)
{
	writer_put(w, latches[latch]);
	if (latch != NG_LATCH_SIG_IP || bits == 0)
		return;
	writer_byte(w, '/');
	writer_u64(w, bits);
}

static const struct span commands[NG_COMMAND_OTHER] = {
	[NG_PING] = SPAN("ping"),
	[NG_OFFER] = SPAN("offer"),
	[NG_ANSWER] = SPAN("answer"),
	[NG_DELETE] = SPAN("delete"),
	[NG_QUERY] = SPAN("query"),
	[NG_LIST] = SPAN("list"),
	[NG_STATISTICS] = SPAN("statistics"),
	[NG_ROLLBACK] = SPAN("rollback"),
};

enum ng_command ng_command_of(struct span name)
{
	for (unsigned i = 0; i < NG_COMMAND_OTHER; i++)
		if (span_eq(name, commands[i]) || ng_word_eq(name, commands[i]))
			return (enum ng_command)i;
	return NG_COMMAND_OTHER;
}

struct span ng_command_name(enum ng_command command)
{
	return command < NG_COMMAND_OTHER ? commands[command] : (struct span){ 0 };
}
