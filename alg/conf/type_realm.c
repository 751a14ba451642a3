/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of a realm's keys. */
#include "alg/base/cursor.h"
#include "alg/conf/type.h"

/* What was meant by a text that is no address. */
static const char *address_hint(struct span s)
{
	struct prefix network;
	struct addr a;

	if (addr_parse_host(s, &a) == 0 || addr_parse(s, 1, &a) == 0)
		return s.p[0] == '[' && s.p[s.n - 1] == ']' ? ": write it without [ ]" : ": ports stand in \"listen\"";
	if (span_find(s, '/') < s.n && prefix_parse(s, &network) == 0)
		return ": write it without the length of the network";
	if (strspn(s.p, "0123456789.:") < s.n)
		return ": neither a name nor an interface stands here (\"interface\" has that)";
	return "";
}

/* An address that one interface can have. */
static bool host_parse(struct load *l, const struct step *at, const json_t *v, struct addr *out)
{
	struct addr a;

	if (addr_parse_host(load_text(v), &a) || load_text(v).p[0] == '[')
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not an IP address%s", SPAN_ARG(load_text(v)),
				 address_hint(load_text(v)));
	if (!addr_is_unicast(&a))
		return load_fail(l, at, STEP_VALUE, "must be the address of one host: not any, multicast or broadcast");
	*out = addr_unmap(&a);
	return true;
}

static bool read_bind(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_realm *r = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "an IP address, or \"auto\""))
		return false;
	r->address_auto = span_eq(load_text(v), SPAN("auto"));
	return r->address_auto || host_parse(l, at, v, &r->address);
}

static bool read_public(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_realm *r = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "an IP address, or \"auto\""))
		return false;
	r->public_auto = span_eq(load_text(v), SPAN("auto"));
	return r->public_auto || host_parse(l, at, v, &r->public);
}

static bool network_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_realm *r = record;

	if (!type_want(l, at, v, JSON_STRING, "a network such as \"10.0.0.0/8\""))
		return false;
	if (prefix_parse(load_text(v), &r->networks[r->nnetwork]))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a network such as \"10.0.0.0/8\"",
				 SPAN_ARG(load_text(v)));
	r->nnetwork++;
	return true;
}

static bool read_networks(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_NETWORK_MAX, network_add, record);
}

static bool listen_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	static const struct span transports[] = {
		[CONF_UDP] = { "udp", 3 }, [CONF_TCP] = { "tcp", 3 }, [CONF_TLS] = { "tls", 3 },
		[CONF_WS] = { "ws", 2 },   [CONF_WSS] = { "wss", 3 },
	};
	struct conf_realm *r = record;
	struct span s, name;
	uint32_t port, t = 0;

	if (!type_want(l, at, v, JSON_STRING, "a transport and a port such as \"udp:5060\""))
		return false;
	s = load_text(v);
	name = span_slice(s, 0, span_find(s, ':'));
	while (t <= CONF_WSS && !span_eq(name, transports[t]))
		t++;
	if (t > CONF_WSS || span_u32(span_from(s, name.n + 1), &port) || port == 0 || port > 65535)
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not a transport (udp, tcp, tls, ws, wss) and a port such as \"udp:5060\"",
				 SPAN_ARG(s));
	r->listen[r->nlisten++] = (struct conf_listen){ (enum conf_transport)t, (uint16_t)port };
	return true;
}

static bool read_listen(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_realm *r = record;

	(void)k;
	r->nlisten = 0;
	r->listen_default = !at; /* a preset */
	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "a realm listens on one port at least");
	return type_each(l, at, v, CONF_LISTEN_MAX, listen_add, record);
}

static bool read_ports(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_realm *r = record;
	struct span s;
	uint32_t dash, first, last;

	(void)k;
	/* An empty range until a sound one is found: a wrong one must not be compared with those of other realms. */
	r->media_first = 2;
	r->media_last = 1;
	if (!type_want(l, at, v, JSON_STRING, "ports such as \"10000-19999\""))
		return false;
	s = load_text(v);
	dash = span_find(s, '-');
	if (span_u32(span_slice(s, 0, dash), &first) || span_u32(span_from(s, dash + 1), &last))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a range of ports such as \"10000-19999\"",
				 SPAN_ARG(s));
	if (first < 1024 || last > 65535)
		return load_fail(l, at, STEP_VALUE, "media ports lie between 1024 and 65535");
	/* A stream takes an even port for RTP and the next for RTCP; a call may have two streams. */
	if (last < first + 3)
		return load_fail(l, at, STEP_VALUE, "the last port must be the first plus 3 at least");
	r->media_first = (uint16_t)first;
	r->media_last = (uint16_t)last;
	return true;
}

/* The names of RFC 2474, 2597 and 3246. 0-63 or -1. */
static int dscp_by_name(struct span s)
{
	if (span_eq(s, SPAN("ef")))
		return 46;
	if (s.n == 3 && span_starts(s, SPAN("cs")) && s.p[2] >= '0' && s.p[2] <= '7')
		return 8 * (s.p[2] - '0');
	if (s.n == 4 && span_starts(s, SPAN("af")) && s.p[2] >= '1' && s.p[2] <= '4' && s.p[3] >= '1' && s.p[3] <= '3')
		return 8 * (s.p[2] - '0') + 2 * (s.p[3] - '0');
	return -1;
}

static bool dscp_parse(struct load *l, const struct step *at, const json_t *v, uint8_t *out)
{
	json_int_t dscp = json_is_integer(v) ? json_integer_value(v) : -1;

	if (json_is_string(v))
		dscp = dscp_by_name(load_text(v));
	if (dscp < 0 || dscp > 63)
		return load_fail(l, at, STEP_VALUE,
				 "expected a DSCP: 0 to 63, \"ef\", \"cs0\" to \"cs7\", \"af11\" to \"af43\"");
	*out = (uint8_t)dscp;
	return true;
}

static bool read_mark(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return dscp_parse(l, at, v, (uint8_t *)record + k->offset);
}

/* `other` is for all kinds that the object does not name. */
static void dscp_store(struct conf_realm *r, const json_t *object, int kind, uint8_t dscp)
{
	for (int i = 0; i < CONF_KIND_N; i++)
		if (i == kind || (kind < 0 && !json_object_get(object, conf_kinds[i])))
			r->dscp[i] = dscp;
}

static bool dscp_is_kind(struct load *l, const struct step *at)
{
	if (conf_kind_find(span_str(at->key)) >= 0 || strcmp(at->key, "other") == 0)
		return true;
	return load_fail(l, at, STEP_KEY, "must be one of: audio, video, image, text, application, other");
}

static bool dscp_by_kind(struct load *l, const struct step *at, const json_t *v, struct conf_realm *r)
{
	const char *name;
	json_t *value;
	bool ok = true;
	size_t n = 0;

	json_object_foreach((json_t *)v, name, value)
	{
		const struct step member = { at, name, n++ };
		uint8_t dscp;

		if (load_is_comment(name))
			continue;
		if (dscp_is_kind(l, &member) && dscp_parse(l, &member, value, &dscp))
			dscp_store(r, v, conf_kind_find(span_str(name)), dscp);
		else
			ok = false;
	}
	return ok;
}

static bool read_dscp(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_realm *r = record;
	uint8_t dscp;

	(void)k;
	if (json_is_object(v))
		return dscp_by_kind(l, at, v, r);
	if (!dscp_parse(l, at, v, &dscp))
		return false;
	memset(r->dscp, dscp, sizeof(r->dscp));
	return true;
}

static bool read_latch(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const struct {
		struct span name;
		enum conf_latch latch;
	} latches[] = {
		{ { "auto", 4 }, CONF_LATCH_AUTO },     { { "exact", 5 }, CONF_LATCH_EXACT },
		{ { "sdp-ip", 6 }, CONF_LATCH_SDP_IP }, { { "sig-ip", 6 }, CONF_LATCH_SIG_IP },
		{ { "open", 4 }, CONF_LATCH_OPEN },
	};
	struct conf_realm *r = record;
	struct span s, name;
	uint32_t bits = 0;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "a word"))
		return false;
	s = load_text(v);
	name = span_slice(s, 0, span_find(s, '/'));
	for (size_t i = 0; i < sizeof(latches) / sizeof(latches[0]); i++) {
		if (!span_eq(name, latches[i].name))
			continue;
		if (name.n < s.n && (latches[i].latch != CONF_LATCH_SIG_IP ||
				     span_u32(span_from(s, name.n + 1), &bits) || bits < 8 || bits > 128))
			break;
		r->latch = latches[i].latch;
		r->latch_bits = (uint8_t)bits;
		return true;
	}
	return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not one of: auto, exact, sdp-ip, sig-ip, sig-ip/BITS, open",
			 SPAN_ARG(s));
}

struct kinds {
	const struct key *k;
	struct conf_realm *realm;
};

static bool kind_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	const struct kinds *kinds = ctx;
	struct key one = *kinds->k;
	int kind = 0;

	one.offset = 0;
	if (!type_choice.read(l, at, v, &one, &kind))
		return false;
	if (kinds->realm->kinds & 1u << kind)
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is here twice", SPAN_ARG(load_text(v)));
	kinds->realm->kinds |= (uint8_t)(1u << kind);
	return true;
}

static bool read_kinds(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct kinds kinds = { k, record };

	kinds.realm->kinds = 0;
	return type_each(l, at, v, CONF_KIND_N, kind_add, &kinds);
}

static bool read_home(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const char *const of[2] = { "trunks", NULL };
	struct conf_realm *r = record;

	(void)k;
	r->phones.home = "local";
	r->phones.home_trunk = -1;
	if (json_is_string(v) && span_eq(load_text(v), SPAN("local")))
		return true;
	r->phones.home = NULL; /* unknown, until it is found */
	if (!type_want(l, at, v, JSON_STRING, "\"local\", or the name of a trunk"))
		return false;
	r->phones.home_trunk = conf_trunk_find(l->conf, load_text(v));
	if (r->phones.home_trunk < 0)
		return type_fail_unknown(l, at, load_text(v), "trunk", of);
	r->phones.home = l->conf->trunks[r->phones.home_trunk].name;
	return true;
}

const struct key_type type_bind = { "address", read_bind };
const struct key_type type_public = { "address", read_public };
const struct key_type type_networks = { "list of networks", read_networks };
const struct key_type type_listen = { "list", read_listen };
const struct key_type type_ports = { "port range", read_ports };
const struct key_type type_mark = { "number or word", read_mark };
const struct key_type type_dscp = { "number, word or object", read_dscp };
const struct key_type type_latch = { "word", read_latch };
const struct key_type type_kinds = { "list of words", read_kinds };
const struct key_type type_home = { "word", read_home };
