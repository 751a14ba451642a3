/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/hearing.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"

/* Beyond these a listener notices: MOS in tenths, loss in hundredths of a percent. */
enum { NOTICED_MOS = 36, NOTICED_LOSS = 300, NAME_MAX = 64 };

enum count hearing_cause(const struct ng_answer *event)
{
	static const struct {
		struct span reason;
		enum count cause;
	} causes[] = {
		{ SPAN("no-media"), COUNT_CALL_NO_MEDIA },
		{ SPAN("one-way-timeout"), COUNT_CALL_ONE_WAY },
		{ SPAN("held-timeout"), COUNT_CALL_HELD },
		{ SPAN("consent-timeout"), COUNT_CALL_CONSENT },
	};
	struct ng_value v;

	if (ng_find(event->body, SPAN("reason"), &v))
		return COUNT_CALL_MEDIA_TIMEOUT;
	for (unsigned i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (span_eq(v.text, causes[i].reason))
			return causes[i].cause;
	return COUNT_CALL_MEDIA_TIMEOUT;
}

/* ----- what the relay says of one side ----- */

static const json_t *medias_of(const json_t *media, const struct leg *l)
{
	return json_object_get(json_object_get(json_object_get(media, "tags"), l->media), "medias");
}

/* RTP comes first (NG.md). */
static const json_t *rtp_of(const json_t *one)
{
	return json_array_get(json_object_get(one, "streams"), 0);
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static const char *word(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static void set_tenths(json_t *j, const char *key, double value)
{
	json_object_set_new(j, key, json_real((double)(long)(value * 10.0 + 0.5) / 10.0));
}

/* "plain", "srtp sdes AES_CM_128_HMAC_SHA1_80", "srtp dtls, handshake waiting". */
static json_t *protection(const json_t *one)
{
	const char *srtp = word(one, "srtp"), *suite = word(one, "suite"), *handshake = word(one, "handshake");

	if (!*srtp)
		return json_string("plain");
	if (*suite)
		return json_sprintf("srtp %s %s", srtp, suite);
	return *handshake ? json_sprintf("srtp %s, handshake %s", srtp, handshake) : json_sprintf("srtp %s", srtp);
}

static json_t *figures_of(const json_t *one, const json_t *rtp)
{
	const json_t *stats = json_object_get(rtp, "stats"), *reported = json_object_get(rtp, "reported");
	json_t *j = json_object();

	json_object_set_new(j, "type", json_string(word(one, "type")));
	json_object_set_new(j, "protection", protection(one));
	json_object_set_new(j, "verdict", json_string(word(rtp, "verdict")));
	json_object_set_new(j, "packets", json_integer(number(stats, "packets")));
	json_object_set_new(j, "bytes", json_integer(number(stats, "bytes")));
	json_object_set_new(j, "refused_packets", json_integer(number(rtp, "refused")));
	if (number(stats, "packets") == 0)
		return j;
	json_object_set_new(j, "codec", json_string(word(rtp, "codec")));
	json_object_set_new(j, "last_seen", json_integer(number(rtp, "last packet")));
	json_object_set_new(j, "lost", json_integer(number(rtp, "lost")));
	set_tenths(j, "loss_percent", (double)number(rtp, "loss in hundredths of percent") / 100.0);
	set_tenths(j, "jitter_ms", (double)number(rtp, "jitter us") / 1000.0);
	if (number(rtp, "MOS"))
		set_tenths(j, "mos", (double)number(rtp, "MOS") / 10.0);
	if (json_object_get(reported, "round-trip time"))
		set_tenths(j, "rtt_ms", (double)number(reported, "round-trip time") / 1000.0);
	return j;
}

json_t *hearing_figures(const json_t *media, const struct leg *l)
{
	const json_t *medias = medias_of(media, l), *one;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(medias, i, one) if (rtp_of(one)) json_array_append_new(list, figures_of(one, rtp_of(one)));
	return list;
}

/* ----- in words ----- */

/* The user part, or all of it. Letters that would disturb the sentence are left to JSON. */
static struct span name_of(struct span value)
{
	struct nameaddr a;
	struct uri u;

	if (nameaddr_parse(value, &a) || uri_parse(a.uri, &u) || u.user.n == 0)
		return value;
	return u.user;
}

static void say(json_t *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(json_t *list, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	json_array_append_new(list, json_vsprintf(format, args));
	va_end(args);
}

struct direction {
	int from_n, to_n;
	const char *from, *to;
};

/* Nothing is heard of who does not shake hands: why that is. */
static void say_of_handshake(json_t *list, const struct direction *d, const json_t *one)
{
	const char *state = word(one, "handshake"), *why = word(one, "handshake reason");

	if (*state && !span_eq(span_str(state), SPAN("done")))
		say(list, "no keys were agreed on with %.*s (%s): DTLS handshake %s%s%s", d->from_n, d->from,
		    word(one, "type"), state, *why ? ", " : "", why);
}

static void say_of_stream(json_t *list, const struct direction *d, const json_t *one, const json_t *rtp)
{
	const struct span verdict = span_str(word(rtp, "verdict"));
	const json_int_t loss = number(rtp, "loss in hundredths of percent"), mos = number(rtp, "MOS");
	const json_t *from = json_object_get(rtp, "last refused");
	const char *type = word(one, "type");

	if (span_eq(verdict, SPAN("never")))
		say(list, "%.*s hears nothing: no packet ever came from %.*s (%s)", d->to_n, d->to, d->from_n, d->from,
		    type);
	if (span_eq(verdict, SPAN("silent")))
		say(list, "%.*s hears nothing now: nothing more comes from %.*s (%s)", d->to_n, d->to, d->from_n,
		    d->from, type);
	if (span_eq(span_str(word(rtp, "ICE")), SPAN("waiting")))
		say(list, "%.*s has ICE and has not checked the way to us (%s): no STUN of it arrives", d->from_n,
		    d->from, type);
	if (loss >= NOTICED_LOSS)
		say(list, "%.*s hears gaps: %lld.%lld %% of what %.*s sends (%s) does not arrive here", d->to_n, d->to,
		    (long long)loss / 100, (long long)loss % 100 / 10, d->from_n, d->from, type);
	if (mos && mos < NOTICED_MOS)
		say(list, "%.*s sounds bad to %.*s: MOS %lld.%lld", d->from_n, d->from, d->to_n, d->to,
		    (long long)mos / 10, (long long)mos % 10);
	if (number(rtp, "refused") && from)
		say(list, "%lld packets for %.*s's port (%s) came from elsewhere and were turned away, lately from %s",
		    (long long)number(rtp, "refused"), d->from_n, d->from, type, word(from, "address"));
}

static void say_of_side(json_t *list, const json_t *media, const struct leg *l, struct span from, struct span to)
{
	const struct direction d = {
		.from_n = (int)(from.n < NAME_MAX ? from.n : NAME_MAX),
		.to_n = (int)(to.n < NAME_MAX ? to.n : NAME_MAX),
		.from = from.p,
		.to = to.p,
	};
	const json_t *medias = medias_of(media, l), *one;
	size_t i;

	json_array_foreach(medias, i, one)
	{
		if (!rtp_of(one))
			continue;
		say_of_handshake(list, &d, one);
		say_of_stream(list, &d, one, rtp_of(one));
	}
}

json_t *hearing_findings(const json_t *media, const struct call *c)
{
	const struct span a = name_of(buf_span(c->from)), b = name_of(buf_span(c->to));
	json_t *list = json_array();

	say_of_side(list, media, c->leg[SIDE_A], a, b);
	say_of_side(list, media, c->leg[SIDE_B], b, a);
	return list;
}
