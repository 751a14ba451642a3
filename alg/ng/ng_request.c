/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/bencode.h"
#include "alg/ng/ng_flag.h"
#include "alg/ng/ng_json.h"
#include "alg/ng/ng_key.h"
#include "alg/ng/ng_rtpp.h"
#include "alg/ng/ng_take.h"
#include "alg/ng/ng_word.h"

#include <stddef.h>

/* --- reading --- */

/* Of the flags in one string the brackets need memory. */
static int member_take(struct ng_request *r, struct ng_seen *seen, struct span key, const struct ng_value *value,
		       struct span *mem)
{
	if (value->kind == NG_STRING && ng_word_eq(key, SPAN("rtpp-flags")))
		return ng_rtpp_take(r, value->text, mem);
	return ng_key_take(r, seen, key, value);
}

static enum ng_decode dict_take(struct span text, struct span mem, struct ng_request *r)
{
	struct ng_value value;
	struct span key;
	struct ng_seen seen = { 0 };
	uint32_t at = 0;
	int more;

	while ((more = bencode_member(text, &at, &key, &value)) > 0)
		if (member_take(r, &seen, key, &value, &mem))
			return NG_BAD_DATA;
	if (more < 0)
		return NG_BAD_DATA;
	return span_is_set(r->command_name) ? NG_DECODE_OK : NG_NO_COMMAND;
}

void ng_request_clear(struct ng_request *r)
{
	memset(r, 0, offsetof(struct ng_request, codec));
}

static void request_begin(struct ng_request *r, struct span cookie, enum ng_coding coding)
{
	ng_request_clear(r);
	r->cookie = cookie;
	r->coding = coding;
	r->command = NG_COMMAND_OTHER;
}

/* The flags of up to three templates, whose names may be absent. */
static unsigned templates_find(const struct ng_templates *t, const struct ng_request *r, struct span flags[3])
{
	const bool is_ours = span_is_set(r->owner);
	const struct span names[] = {
		is_ours ? (struct span){ 0 } : SPAN("default"),
		is_ours ? (struct span){ 0 } : ng_command_name(r->command),
		r->template_name,
	};
	unsigned n = 0;

	for (unsigned i = 0; i < 3; i++) {
		flags[i] = span_is_set(names[i]) ? t->find(t->ctx, names[i]) : (struct span){ 0 };
		n += span_is_set(flags[i]);
	}
	return n;
}

/* What the request said holds already, so that it is known which templates it wants: it is read again behind them. */
static enum ng_decode templates_take(struct span dict, struct span mem, const struct ng_templates *t,
				     struct ng_request *r)
{
	const bool has_direction = span_is_set(r->direction[0]);
	struct span flags[3];
	const unsigned n = templates_find(t, r, flags);

	if (span_is_set(r->template_name) && !span_is_set(flags[2]))
		return NG_NO_TEMPLATE;
	if (n == 0)
		return NG_DECODE_OK;
	request_begin(r, r->cookie, r->coding);
	for (unsigned i = 0; i < 3; i++)
		if (span_is_set(flags[i]) && ng_rtpp_take(r, flags[i], &mem))
			ng_unknown_add(r, flags[i]);
	/* None is looked for on behalf of another. */
	if (span_is_set(r->template_name))
		ng_unmet_add(r, SPAN("template within a template"));
	/* One side after the other would be added to those. */
	if (has_direction)
		r->direction[0] = r->direction[1] = (struct span){ 0 };
	return dict_take(dict, mem, r);
}

static enum ng_decode body_take(struct span body, struct span mem, const struct ng_templates *t, struct ng_request *r)
{
	enum ng_decode verdict;

	if (body.n > NG_DATAGRAM_MAX)
		return NG_BAD_DATA;
	if (r->coding == NG_JSON) {
		if (ng_json_to_bencode(body, mem, &body))
			return NG_BAD_DATA;
		mem = span_from(mem, body.n);
	}
	verdict = dict_take(body, mem, r);
	return verdict == NG_DECODE_OK && t ? templates_take(body, mem, t, r) : verdict;
}

enum ng_decode ng_request_decode_by(struct span datagram, struct span mem, const struct ng_templates *templates,
				    struct ng_request *out)
{
	uint32_t space = span_find(datagram, ' ');
	struct span body = span_from(datagram, space + 1);
	const struct span cookie = span_slice(datagram, 0, space);
	const enum ng_coding coding = body.n && body.p[0] == '{' ? NG_JSON : NG_BENCODE;
	enum ng_decode verdict;

	if (space == 0 || space > NG_COOKIE_MAX || space == datagram.n)
		return NG_NO_COOKIE;
	request_begin(out, cookie, coding);
	verdict = body_take(body, mem, templates, out);
	if (verdict == NG_BAD_DATA)
		request_begin(out, cookie, coding);
	return verdict;
}

enum ng_decode ng_request_decode(struct span datagram, struct span mem, struct ng_request *out)
{
	return ng_request_decode_by(datagram, mem, NULL, out);
}

/* --- writing --- */

enum { NG_CODEC_TEXT_MAX = 128 };

static void put_text(struct ng_writer *n, struct span key, struct span value)
{
	if (span_is_set(value))
		ng_put_str(n, key, value);
}

static void put_direction(struct ng_writer *n, const struct ng_request *r)
{
	if (!span_is_set(r->direction[0]))
		return;
	ng_begin_list(n, SPAN("direction"));
	for (int i = 0; i < 2; i++)
		put_text(n, (struct span){ 0 }, r->direction[i]);
	ng_end(n);
}

static void put_from_tags(struct ng_writer *n, const struct ng_request *r)
{
	if (!r->nfrom_tag)
		return;
	ng_begin_list(n, SPAN("from-tags"));
	for (unsigned i = 0; i < r->nfrom_tag; i++)
		ng_put_str(n, (struct span){ 0 }, r->from_tags[i]);
	ng_end(n);
}

static void put_pair(struct ng_writer *n, struct span key, const struct span *pair)
{
	if (!span_is_set(pair[0]) || !span_is_set(pair[1]))
		return;
	ng_begin_list(n, key);
	for (int i = 0; i < 2; i++)
		ng_put_str(n, (struct span){ 0 }, pair[i]);
	ng_end(n);
}

static void put_received_from(struct ng_writer *n, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (!addr_is_set(a))
		return;
	addr_write_host(&w, a, false);
	ng_begin_list(n, SPAN("received-from"));
	ng_put_str(n, (struct span){ 0 }, a->family == ADDR_V6 ? SPAN("IP6") : SPAN("IP4"));
	ng_put_str(n, (struct span){ 0 }, writer_done(&w));
	ng_end(n);
}

static void put_latching(struct ng_writer *n, const struct ng_request *r)
{
	char text[16];
	struct writer w = writer_over(text, sizeof(text));

	if (r->latch == NG_LATCH_DEFAULT)
		return;
	ng_latch_write(&w, r->latch, r->latch_bits);
	ng_put_str(n, SPAN("latching"), writer_done(&w));
}

static void put_media_address(struct ng_writer *n, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (!addr_is_set(a))
		return;
	addr_write_host(&w, a, false);
	ng_put_str(n, SPAN("media-address"), writer_done(&w));
}

static void put_flags(struct ng_writer *n, const struct ng_request *r)
{
	const struct {
		bool set;
		struct span name;
	} flags[] = {
		{ r->trust_address, SPAN("trust-address") },
		{ r->fatal, SPAN("fatal") },
		{ r->fast, SPAN("fast") },
		{ r->no_payload, SPAN("no-payload") },
		{ r->all, SPAN("all") },
		{ r->siprec, SPAN("siprec") },
		{ r->sender_dtmf_info, SPAN("sender-dtmf-info") },
		{ r->receiver_dtmf_info, SPAN("receiver-dtmf-info") },
		{ r->osrtp_offer, SPAN("OSRTP-offer") },
		{ r->osrtp_accept, SPAN("OSRTP-accept") },
		{ r->sender_srtp == NG_SRTP_OFF, SPAN("sender-srtp-off") },
		{ r->sender_srtp == NG_SRTP_SDES, SPAN("sender-srtp-sdes") },
		{ r->sender_srtp == NG_SRTP_DTLS, SPAN("sender-srtp-dtls") },
	};
	bool begun = false;

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!flags[i].set)
			continue;
		if (!begun)
			ng_begin_list(n, SPAN("flags"));
		begun = true;
		ng_put_str(n, (struct span){ 0 }, flags[i].name);
	}
	if (begun)
		ng_end(n);
}

static void put_ice(struct ng_writer *n, const struct ng_request *r)
{
	if (r->ice == NG_ICE_DEFAULT)
		return;
	ng_put_str(n, SPAN("ICE"), r->ice == NG_ICE_FORCE ? SPAN("force") : SPAN("remove"));
}

static void put_mux(struct ng_writer *n, const struct ng_request *r)
{
	const struct {
		bool on;
		struct span word;
	} words[] = {
		{ r->mux_offer, SPAN("offer") },
		{ r->mux_require, SPAN("require") },
		{ r->mux_demux, SPAN("demux") },
		{ r->mux_reject, SPAN("reject") },
	};

	if (!r->mux_offer && !r->mux_require && !r->mux_demux && !r->mux_reject)
		return;
	ng_begin_list(n, SPAN("rtcp-mux"));
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].on)
			ng_put_str(n, (struct span){ 0 }, words[i].word);
	ng_end(n);
}

static void put_codecs(struct ng_writer *n, const struct ng_request *r)
{
	if (!r->ncodec)
		return;
	ng_begin_list(n, SPAN("codec"));
	for (unsigned i = 0; i < r->ncodec; i++) {
		char text[NG_CODEC_TEXT_MAX];
		struct writer w = writer_over(text, sizeof(text));

		writer_put(&w, ng_codec_wish_name(r->codec[i].wish));
		writer_byte(&w, '-');
		writer_put(&w, r->codec[i].name);
		if (!w.failed)
			ng_put_str(n, (struct span){ 0 }, writer_done(&w));
	}
	ng_end(n);
}

void ng_request_write(struct writer *w, const struct ng_request *r)
{
	struct ng_writer n;

	ng_open(&n, w, r->coding, r->cookie);
	ng_put_str(&n, SPAN("command"), r->command < NG_COMMAND_OTHER ? ng_command_name(r->command) : r->command_name);
	put_text(&n, SPAN("call-id"), r->call_id);
	put_text(&n, SPAN("from-tag"), r->from_tag);
	put_text(&n, SPAN("to-tag"), r->to_tag);
	put_text(&n, SPAN("via-branch"), r->via_branch);
	put_text(&n, SPAN("owner"), r->owner);
	put_from_tags(&n, r);
	put_text(&n, SPAN("interface"), r->interface);
	put_direction(&n, r);
	put_pair(&n, SPAN("resume"), r->resume);
	put_pair(&n, SPAN("stands-for"), r->stands_for);
	put_received_from(&n, &r->received_from);
	put_media_address(&n, &r->media_address);
	put_text(&n, SPAN("transport-protocol"), r->transport);
	put_latching(&n, r);
	put_flags(&n, r);
	put_codecs(&n, r);
	put_ice(&n, r);
	put_mux(&n, r);
	put_text(&n, SPAN("code"), r->digits);
	if (r->duration_ms)
		ng_put_u64(&n, SPAN("duration"), r->duration_ms);
	if (r->limit)
		ng_put_u64(&n, SPAN("limit"), r->limit);
	if (r->after)
		ng_put_u64(&n, SPAN("after"), r->after);
	put_text(&n, SPAN("prefix"), r->prefix);
	if (r->seconds)
		ng_put_u64(&n, SPAN("seconds"), r->seconds);
	if (r->port)
		ng_put_u64(&n, SPAN("port"), r->port);
	put_text(&n, SPAN("sdp"), r->sdp);
	ng_close(&n);
}
