/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_take.h"

#include "alg/base/cursor.h"
#include "alg/base/dtmf.h"
#include "alg/ng/ng_key.h"
#include "alg/ng/ng_word.h"

/* --- single values --- */

static void *member(struct ng_request *r, const struct ng_key *k)
{
	return (char *)r + k->offset;
}

int ng_take_text(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING && v->kind != NG_INTEGER)
		return -1;
	*(struct span *)member(r, k) = v->text;
	return 0;
}

int ng_take_u32(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	return span_u32(v->text, member(r, k));
}

int ng_take_host(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING)
		return -1;
	if (addr_parse_host(v->text, member(r, k)))
		ng_unknown_add(r, k->name);
	return 0;
}

int ng_take_command(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (ng_take_text(r, k, v))
		return -1;
	r->command = ng_command_of(v->text);
	return 0;
}

int ng_take_met(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	(void)r;
	(void)k;
	(void)v;
	return 0;
}

int ng_take_unmet(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	(void)v;
	ng_unmet_add(r, k->name);
	return 0;
}

int ng_take_family(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	static const struct {
		struct span word;
		uint8_t family;
	} families[] = {
		{ SPAN("ip4"), ADDR_V4 },   { SPAN("ip6"), ADDR_V6 },  { SPAN("ipv4"), ADDR_V4 },
		{ SPAN("ipv6"), ADDR_V6 },  { SPAN("inet"), ADDR_V4 }, { SPAN("inet4"), ADDR_V4 },
		{ SPAN("inet6"), ADDR_V6 },
	};

	for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (v->kind == NG_STRING && ng_word_eq(v->text, families[i].word)) {
			r->family = families[i].family;
			return 0;
		}
	}
	ng_unknown_add(r, k->name);
	return 0;
}

/* What a browser insists on, in one word. */
static void webrtc(struct ng_request *r)
{
	r->ice = NG_ICE_FORCE;
	r->mux_offer = r->mux_require = true;
	r->rtcp_attribute = NG_RTCP_NEVER;
	r->sdes_off = true;
	r->generate_mid = true;
}

int ng_take_transport(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	static const struct {
		struct span word, means;
	} profiles[] = {
		{ SPAN("rtp/avp"), SPAN("RTP/AVP") },
		{ SPAN("rtp/avpf"), SPAN("RTP/AVPF") },
		{ SPAN("rtp/savp"), SPAN("RTP/SAVP") },
		{ SPAN("rtp/savpf"), SPAN("RTP/SAVPF") },
		{ SPAN("avp"), SPAN("RTP/AVP") },
		{ SPAN("avpf"), SPAN("RTP/AVPF") },
		{ SPAN("savp"), SPAN("RTP/SAVP") },
		{ SPAN("savpf"), SPAN("RTP/SAVPF") },
		{ SPAN("udp/tls/rtp/savp"), SPAN("UDP/TLS/RTP/SAVP") },
		{ SPAN("udp/tls/rtp/savpf"), SPAN("UDP/TLS/RTP/SAVPF") },
		{ SPAN("webrtc"), SPAN("UDP/TLS/RTP/SAVPF") },
	};

	for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		if (v->kind == NG_STRING && ng_word_eq(v->text, profiles[i].word)) {
			r->transport = profiles[i].means;
			if (ng_word_eq(v->text, SPAN("webrtc")))
				webrtc(r);
			return 0;
		}
	}
	/* The profile of the answer itself: what its reader had offered stays. */
	if (v->kind == NG_STRING && ng_word_eq(v->text, SPAN("accept")))
		ng_unmet_add(r, k->name);
	else
		ng_unknown_add(r, k->name);
	return 0;
}

/* The old name of the byte whose upper six bits are the DSCP (RFC 2474); below 0: as it is. */
int ng_take_tos(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	uint32_t tos;

	if (span_starts(v->text, SPAN("-")))
		return 0;
	r->has_dscp = span_u32(v->text, &tos) == 0 && tos <= 255;
	if (r->has_dscp)
		r->dscp = (uint8_t)(tos >> 2);
	else
		ng_unknown_add(r, k->name);
	return 0;
}

/* In seconds; below 0: as configured. */
int ng_take_delay(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (span_starts(v->text, SPAN("-")))
		return 0;
	r->has_delete_delay = span_u32(v->text, &r->delete_delay_s) == 0;
	if (!r->has_delete_delay)
		ng_unknown_add(r, k->name);
	return 0;
}

/* One digit or several as text; a number is that of one (RFC 4733 3.2). */
int ng_take_digits(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	static const char digits[DTMF_N + 1] = "0123456789*#ABCD";

	if (v->kind == NG_STRING)
		r->digits = v->text;
	else if (v->kind == NG_INTEGER && v->integer >= 0 && v->integer < DTMF_N)
		r->digits = span_of(&digits[v->integer], 1);
	else
		ng_unknown_add(r, k->name);
	return 0;
}

/* A number, whatever its sign; what is none has no effect. */
int ng_take_some(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (span_u32(span_from(v->text, span_starts(v->text, SPAN("-"))), member(r, k)))
		ng_unknown_add(r, k->name);
	return 0;
}

int ng_take_latching(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING)
		return -1;
	if (ng_latch_parse(v->text, &r->latch, &r->latch_bits))
		ng_unknown_add(r, k->name);
	return 0;
}

/* --- lists --- */

static void direction_add(struct ng_request *r, const struct ng_key *k, struct span realm)
{
	struct span *to = span_is_set(r->direction[0]) ? &r->direction[1] : &r->direction[0];

	if (span_is_set(*to))
		ng_unknown_add(r, k->name);
	else
		*to = realm;
}

/* A list of two, or, as a flag, one after the other. */
int ng_take_direction(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
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

/* A list of two, of the sender of the description and of its receiver. */
int ng_take_pair(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct span *pair = member(r, k);
	struct ng_value item;
	struct span none;
	uint32_t at = 0;
	unsigned n = 0;

	if (v->kind != NG_LIST_KIND)
		return -1;
	for (; ng_next(v->text, &at, &none, &item) > 0; n++) {
		if (item.kind != NG_STRING || n == 2)
			return -1;
		pair[n] = item.text;
	}
	if (n == 2)
		return 0;
	pair[0] = (struct span){ 0 };
	ng_unknown_add(r, k->name);
	return 0;
}

/* ["IP4", "192.0.2.1"], "192.0.2.1", or an empty list where the client had no message at hand. Kamailio sends both, the
 * list of its own accord behind the string that its operator wrote: the string holds. */
int ng_take_received(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
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

int ng_take_words(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind == NG_STRING || v->kind == NG_INTEGER)
		ng_flag_take_from(r, k->words, v->text, k->name);
	else if (v->kind != NG_LIST_KIND)
		ng_unknown_add(r, k->name);
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			ng_flag_take_from(r, k->words, item.text, k->name);
	return 0;
}

int ng_take_flags(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
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

/* A realm by name, where a command is about one side alone: elsewhere `direction` names both. */
int ng_take_interface(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	(void)k;
	if (v->kind == NG_STRING)
		r->interface = v->text;
	return 0;
}

static void tag_add(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING || r->nfrom_tag == NG_TAGS_MAX)
		ng_unknown_add(r, k->name);
	else
		r->from_tags[r->nfrom_tag++] = v->text;
}

/* A list; as a flag one after the other. */
int ng_take_tags(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind != NG_LIST_KIND)
		tag_add(r, k, v);
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			tag_add(r, k, &item);
	return 0;
}

/* --- codecs --- */

static const struct {
	struct span word;
	enum ng_codec_wish wish;
} wishes[] = {
	{ SPAN("strip"), NG_CODEC_STRIP },
	{ SPAN("mask"), NG_CODEC_MASK },
	{ SPAN("except"), NG_CODEC_EXCEPT },
	{ SPAN("offer"), NG_CODEC_OFFER },
	{ SPAN("ignore"), NG_CODEC_IGNORE },
	{ SPAN("transcode"), NG_CODEC_TRANSCODE },
	{ SPAN("accept"), NG_CODEC_ACCEPT },
	{ SPAN("set"), NG_CODEC_IGNORE },     /* with parameters for an encoder behind the name */
	{ SPAN("consume"), NG_CODEC_ACCEPT }, /* accept, for one that is masked too */
};

enum { WISHES = sizeof(wishes) / sizeof(wishes[0]) };

struct span ng_codec_wish_name(enum ng_codec_wish wish)
{
	for (unsigned i = 0; i < WISHES; i++)
		if (wishes[i].wish == wish)
			return wishes[i].word;
	return (struct span){ 0 };
}

static void codec_add(struct ng_request *r, const struct ng_key *k, enum ng_codec_wish wish, struct span name)
{
	if (name.n == 0 || r->ncodec == NG_CODEC_MAX)
		ng_unknown_add(r, k->name);
	else
		r->codec[r->ncodec++] = (struct ng_codec){ wish, name };
}

/* "strip-G722" */
static void codec_word(struct ng_request *r, const struct ng_key *k, struct span word)
{
	uint32_t dash = ng_word_hyphen(word);

	for (unsigned i = 0; i < WISHES; i++) {
		if (ng_word_eq(span_slice(word, 0, dash), wishes[i].word)) {
			codec_add(r, k, wishes[i].wish, span_from(word, dash + 1));
			return;
		}
	}
	ng_unknown_add(r, k->name);
}

/* One name, or a list of them. */
static void codec_names(struct ng_request *r, const struct ng_key *k, enum ng_codec_wish wish, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind == NG_STRING)
		codec_add(r, k, wish, v->text);
	else if (v->kind != NG_LIST_KIND)
		ng_unknown_add(r, k->name);
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			codec_add(r, k, wish, item.text);
}

static void codec_member(struct ng_request *r, const struct ng_key *k, struct span name, const struct ng_value *v)
{
	for (unsigned i = 0; i < WISHES; i++) {
		if (ng_word_eq(name, wishes[i].word)) {
			codec_names(r, k, wishes[i].wish, v);
			return;
		}
	}
	ng_unknown_add(r, k->name);
}

/* { "strip": ["G722"], "offer": ["PCMA"] }, or as a flag "strip-G722". */
int ng_take_codec(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span name;
	uint32_t at = 0;

	if (v->kind == NG_STRING)
		codec_word(r, k, v->text);
	else if (v->kind == NG_LIST_KIND)
		while (ng_next(v->text, &at, &name, &item) > 0)
			codec_word(r, k, item.text);
	else if (v->kind == NG_DICT)
		while (ng_next(v->text, &at, &name, &item) > 0)
			codec_member(r, k, name, &item);
	else
		ng_unknown_add(r, k->name);
	return 0;
}
