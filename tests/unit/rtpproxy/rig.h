/* SPDX-License-Identifier: BSD-3-Clause */
/* rig.h: a relay on a bench: two realms, a packet path that only takes notes, a random source that can be repeated. */
#ifndef NATSBC_TESTS_RTPPROXY_RIG_H
#define NATSBC_TESTS_RTPPROXY_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#include "rtpproxy/base/command.h"
#include "rtpproxy/command/relay.h"

enum { RIG_REALMS = 2, RIG_OUT = 0, RIG_LAN = 1, RIG_COPIES = 256 };

struct rig_port {
	bool is_set;
	struct port_spec spec;
	struct port_stats stats;
	unsigned sets, clears, relearns;
	unsigned sends; /* packets of the relay's own, and the last one's bytes */
	uint8_t sent[DATAPATH_SEND_MAX];
	uint16_t nsent;
	unsigned dials; /* and the last one */
	struct dial_order dialled;
};

/* What is accepted at one port leaves from the other, too. */
struct rig_copy {
	struct own_port from, to;
	struct payload_map map;
};

struct rig {
	struct config conf;
	struct relay relay;
	struct rig_port *ports[RIG_REALMS]; /* by number */
	unsigned sets, clears, nset;
	struct rig_copy copy[RIG_COPIES]; /* that hold, the oldest first */
	unsigned ncopy, copies, uncopies; /* copies: asked for so far */
	bool path_is_full;
	unsigned workers;
	uint64_t random;
	uint64_t now;
	unsigned serial;
	struct server_peer peer;
	const char *flags; /* added to requests as rtpp-flags, where not NULL */
	char request[70000], reply_buf[RELAY_ANSWER_MAX], sdp_buf[8192];
	uint32_t reply_cap;
	struct span reply;
	struct ng_answer answer;
	char event[4096];
	uint32_t event_len;
	unsigned events;
	struct datapath_event path_event;
	bool has_path_event;
	struct datapath_mail mail; /* that comes next, where has_mail */
	bool has_mail;
	struct {
		struct own_port own;
		struct addr to;
		uint8_t bytes[DATAPATH_MAIL_MAX];
		uint16_t n;
	} replied; /* the last one */
	unsigned replies;
	char log[256];
	uint32_t captured; /* session whose file is open */
	bool capture_fails;
	char capture_path[256];
	uint32_t forwarded; /* session whose stream is open */
	enum datapath_forwarding forwarding;
	char forward_name[64];
	char banned[256]; /* "+192.0.2.0/24 -192.0.2.0/24 " */
	bool ban_fails;
};

static inline struct rig_port *rig_port(struct rig *g, struct own_port own)
{
	return &g->ports[own.realm][own.port];
}

static inline bool rig_is_same(struct own_port a, struct own_port b)
{
	return a.realm == b.realm && a.port == b.port;
}

/* NULL: it does not hold. */
static inline struct rig_copy *rig_copy_find(struct rig *g, struct own_port from, struct own_port to)
{
	for (unsigned i = 0; i < g->ncopy; i++)
		if (rig_is_same(g->copy[i].from, from) && rig_is_same(g->copy[i].to, to))
			return &g->copy[i];
	return NULL;
}

static inline void rig_copy_drop(struct rig *g, struct rig_copy *c)
{
	g->ncopy--;
	memmove(c, c + 1, (size_t)(&g->copy[g->ncopy] - c) * sizeof(*c));
}

static inline unsigned rig_copies_of(const struct rig *g, struct own_port from)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->ncopy; i++)
		n += rig_is_same(g->copy[i].from, from);
	return n;
}

/* As the packet path does it, which refuses what it cannot do. */
static inline int rig_copy(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map)
{
	struct rig *g = ctx;
	struct rig_copy *c = rig_copy_find(g, from, to);

	if (g->path_is_full || !rig_port(g, from)->is_set || !rig_port(g, to)->is_set || rig_is_same(from, to))
		return -1;
	if (g->workers > 1 && datapath_worker(from.port, g->workers) != datapath_worker(to.port, g->workers))
		return -1;
	if (!c && (rig_copies_of(g, from) == DATAPATH_COPY_MAX || g->ncopy == RIG_COPIES))
		return -1;
	if (!c)
		c = &g->copy[g->ncopy++];
	*c = (struct rig_copy){ from, to, *map };
	g->copies++;
	return 0;
}

static inline int rig_uncopy(void *ctx, struct own_port from, struct own_port to)
{
	struct rig *g = ctx;
	struct rig_copy *c = rig_copy_find(g, from, to);

	if (g->path_is_full)
		return -1;
	if (c)
		rig_copy_drop(g, c);
	g->uncopies++;
	return 0;
}

/* Those of a port that is cleared, or another session's. */
static inline void rig_copies_end(struct rig *g, struct own_port own)
{
	for (unsigned i = g->ncopy; i-- > 0;)
		if (rig_is_same(g->copy[i].from, own) || rig_is_same(g->copy[i].to, own))
			rig_copy_drop(g, &g->copy[i]);
}

static inline int rig_set(void *ctx, const struct port_spec *spec)
{
	struct rig *g = ctx;
	struct rig_port *p = rig_port(g, spec->own);

	if (g->path_is_full)
		return -1;
	if (p->is_set && p->spec.session != spec->session)
		rig_copies_end(g, spec->own);
	g->nset += !p->is_set;
	g->sets++;
	p->is_set = true;
	p->spec = *spec;
	p->sets++;
	p->relearns += spec->relearn;
	return 0;
}

static inline int rig_clear(void *ctx, struct own_port own)
{
	struct rig *g = ctx;
	struct rig_port *p = rig_port(g, own);

	if (g->path_is_full)
		return -1;
	g->nset -= p->is_set;
	rig_copies_end(g, own);
	g->clears++;
	p->clears++;
	p->is_set = false;
	p->stats = (struct port_stats){ 0 };
	return 0;
}

static inline int rig_send_packet(void *ctx, struct own_port own, const uint8_t *bytes, uint16_t n)
{
	struct rig_port *p = rig_port(ctx, own);

	assert_true(p->is_set && n <= sizeof(p->sent));
	memcpy(p->sent, bytes, n);
	p->nsent = n;
	p->sends++;
	return 0;
}

static inline int rig_dial(void *ctx, struct own_port own, uint32_t session, const struct dial_order *d)
{
	struct rig_port *p = rig_port(ctx, own);

	if (!p->is_set || p->spec.session != session)
		return -1;
	p->dialled = *d;
	p->dials++;
	return 0;
}

static inline uint64_t rig_sent(void *ctx, struct own_port own)
{
	return rig_port(ctx, own)->stats.tx_packets;
}

static inline bool rig_stats(void *ctx, struct own_port own, struct port_stats *out)
{
	const struct rig_port *p = rig_port(ctx, own);

	if (!p->is_set)
		return false;
	*out = p->stats;
	return true;
}

static inline bool rig_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	const struct rig_port *p = rig_port(ctx, own);

	*out = p->stats.quality;
	return p->is_set;
}

static inline unsigned rig_events(void *ctx, struct datapath_event *out, unsigned max)
{
	struct rig *g = ctx;

	if (!g->has_path_event || max == 0)
		return 0;
	g->has_path_event = false;
	*out = g->path_event;
	return 1;
}

static inline bool rig_mail(void *ctx, struct datapath_mail *out)
{
	struct rig *g = ctx;

	if (!g->has_mail)
		return false;
	g->has_mail = false;
	*out = g->mail;
	return true;
}

static inline int rig_reply(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n)
{
	struct rig *g = ctx;

	assert_true(n <= sizeof(g->replied.bytes));
	g->replied.own = own;
	g->replied.to = *to;
	memcpy(g->replied.bytes, bytes, n);
	g->replied.n = n;
	g->replies++;
	return 0;
}

static inline int rig_capture_begin(void *ctx, uint32_t session, const char *path, char *error, size_t error_size)
{
	struct rig *g = ctx;

	if (g->capture_fails) {
		snprintf(error, error_size, "no room");
		return -1;
	}
	g->captured = session;
	snprintf(g->capture_path, sizeof(g->capture_path), "%s", path);
	return 0;
}

static inline void rig_capture_end(void *ctx, uint32_t session)
{
	struct rig *g = ctx;

	assert_int_equal(session, g->captured);
	g->captured = 0;
}

static inline enum datapath_forwarding rig_forward_begin(void *ctx, uint32_t session, const char *name, char *error,
							 size_t error_size)
{
	struct rig *g = ctx;

	if (g->forwarding != DATAPATH_FORWARDED) {
		snprintf(error, error_size, "no way");
		return g->forwarding;
	}
	g->forwarded = session;
	snprintf(g->forward_name, sizeof(g->forward_name), "%s", name);
	return DATAPATH_FORWARDED;
}

static inline void rig_forward_end(void *ctx, uint32_t session)
{
	struct rig *g = ctx;

	assert_int_equal(session, g->forwarded);
	g->forwarded = 0;
}

static inline bool rig_forward_look(void *ctx, uint32_t session, struct datapath_forward *out)
{
	const struct rig *g = ctx;

	*out = (struct datapath_forward){ "flows", 12, 2400, 1 };
	return session == g->forwarded;
}

static inline int rig_ban(void *ctx, const struct prefix *whom, bool banned)
{
	struct rig *g = ctx;
	struct writer w = writer_over(g->banned, sizeof(g->banned));

	w.n = (uint32_t)strlen(g->banned);
	writer_byte(&w, banned ? '+' : '-');
	addr_write_host(&w, &whom->base, false);
	writer_format(&w, "/%u ", whom->bits);
	g->banned[w.n] = '\0';
	return g->ban_fails ? -1 : 0;
}

static inline void rig_spared(void *ctx, struct datapath_spared *out)
{
	(void)ctx;
	*out = (struct datapath_spared){ .closed = 21, .banned = 22, .in_driver = 23 };
}

static inline void rig_counters(void *ctx, void (*each)(void *arg, const char *name, uint64_t value), void *arg)
{
	(void)ctx;
	each(arg, "rx", 11);
	each(arg, "drop_short", 2);
}

/* splitmix64 */
static inline uint64_t rig_random(void *ctx)
{
	struct rig *g = ctx;
	uint64_t z = g->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline void rig_event(void *ctx, const struct server_peer *to, struct span datagram)
{
	struct rig *g = ctx;

	assert_int_equal(to->len, g->peer.len);
	memcpy(g->event, datagram.p, datagram.n);
	g->event_len = datagram.n;
	g->events++;
}

static inline void rig_log(void *ctx, int level, const char *line)
{
	struct rig *g = ctx;

	snprintf(g->log, sizeof(g->log), "%d %s", level, line);
}

static inline struct addr rig_addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static inline struct conf_realm rig_realm(const char *name, const char *address, const char *public)
{
	return (struct conf_realm){
		.name = name,
		.address = rig_addr(address),
		.public = rig_addr(public),
		.media_first = 20000,
		.media_last = 29999,
		.kinds = (1 << CONF_KIND_N) - 1,
		.listen = { { CONF_UDP, 5060 } },
		.nlisten = 1,
	};
}

static inline void rig_key(struct hash_key *key)
{
	*key = (struct hash_key){ 1, 2 };
}

/* Starts the relay on g->conf. */
static inline void rig_begin(struct rig *g)
{
	const struct datapath path = {
		.ctx = g,
		.workers = g->workers,
		.set = rig_set,
		.clear = rig_clear,
		.send = rig_send_packet,
		.dial = rig_dial,
		.copy = rig_copy,
		.uncopy = rig_uncopy,
		.sent = rig_sent,
		.stats = rig_stats,
		.quality = rig_quality,
		.events = rig_events,
		.mail = rig_mail,
		.reply = rig_reply,
		.capture_begin = rig_capture_begin,
		.capture_end = rig_capture_end,
		.forward_begin = rig_forward_begin,
		.forward_end = rig_forward_end,
		.forward_look = rig_forward_look,
		.counters = rig_counters,
		.ban = rig_ban,
		.spared = rig_spared,
	};
	struct hash_key key;

	rig_key(&key);
	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->ports[i] = calloc(65536, sizeof(struct rig_port));
	assert_int_equal(relay_init(&g->relay, &g->conf, &path, rig_random, g, &key, g->now), 0);
	g->relay.event = rig_event;
	g->relay.event_ctx = g;
	g->relay.log = rig_log;
	g->relay.log_ctx = g;
}

static inline struct rig *rig_new(void)
{
	struct rig *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	g->now = 1000000;
	g->reply_cap = sizeof(g->reply_buf);
	g->peer = (struct server_peer){ .len = 10 };
	memcpy(&g->peer.address, "\1\0client-1", 10);
	g->conf.nrealm = RIG_REALMS;
	g->conf.realms[RIG_OUT] = rig_realm("out", "203.0.113.1", "203.0.113.1");
	g->conf.realms[RIG_LAN] = rig_realm("lan", "10.0.0.1", "10.0.0.1");
	assert_int_equal(prefix_parse(SPAN("10.0.0.0/24"), &g->conf.realms[RIG_LAN].networks[0]), 0);
	g->conf.realms[RIG_LAN].nnetwork = 1;
	g->conf.relay.sessions = 2000;
	g->conf.relay.silence_timeout_ms = 60000;
	g->conf.relay.held_timeout_ms = 3600000;
	g->conf.relay.lease_ms = 60000;
	return g;
}

static inline void rig_free(struct rig *g)
{
	relay_fini(&g->relay);
	for (unsigned i = 0; i < RIG_REALMS; i++)
		free(g->ports[i]);
	free(g);
}

static inline int rig_setup(void **state)
{
	struct rig *g = rig_new();

	rig_begin(g);
	*state = g;
	return 0;
}

static inline int rig_teardown(void **state)
{
	rig_free(*state);
	return 0;
}

/* Hands the datagram to the relay; the answer is in g->reply, and taken apart in g->answer where it is bencode. */
static inline void rig_send(struct rig *g, struct span datagram)
{
	struct writer reply = writer_over(g->reply_buf, g->reply_cap);

	relay_handle(&g->relay, datagram, &g->peer, g->now, &reply);
	assert_false(reply.failed);
	g->reply = writer_done(&reply);
	g->answer = (struct ng_answer){ 0 };
	if (reply.n)
		ng_answer_decode(g->reply, &g->answer);
}

/* The request with a cookie of its own, unless it has one. */
static inline void rig_ask(struct rig *g, struct ng_request q)
{
	struct writer w = writer_over(g->request, sizeof(g->request));
	char cookie[16];

	snprintf(cookie, sizeof(cookie), "c%u", ++g->serial);
	if (!span_is_set(q.cookie))
		q.cookie = span_str(cookie);
	q.command_name = span_str(command_name(q.command));
	ng_request_write(&w, &q);
	if (g->flags) {
		w.n--;
		writer_format(&w, "10:rtpp-flags%zu:%se", strlen(g->flags), g->flags);
	}
	assert_false(w.failed);
	rig_send(g, writer_done(&w));
}

/* What a request is made of, as texts: what is NULL is not sent. */
struct rig_say {
	enum ng_command command;
	const char *call, *from, *to, *via, *sdp, *received, *direction[2], *owner, *resume[2], *stands[2];
	enum ng_latch latch;
	uint8_t bits;
	bool trust, fatal;
	const char *cookie;
	enum ng_coding coding;
	uint32_t limit;
};

static inline void rig_say(struct rig *g, struct rig_say s)
{
	struct ng_request q = {
		.command = s.command,
		.call_id = span_str(s.call),
		.from_tag = span_str(s.from),
		.to_tag = span_str(s.to),
		.via_branch = span_str(s.via),
		.sdp = span_str(s.sdp),
		.owner = span_str(s.owner),
		.direction = { span_str(s.direction[0]), span_str(s.direction[1]) },
		.resume = { span_str(s.resume[0]), span_str(s.resume[1]) },
		.stands_for = { span_str(s.stands[0]), span_str(s.stands[1]) },
		.latch = s.latch,
		.latch_bits = s.bits,
		.trust_address = s.trust,
		.fatal = s.fatal,
		.cookie = span_str(s.cookie),
		.coding = s.coding,
		.limit = s.limit,
	};

	if (s.received)
		q.received_from = rig_addr(s.received);
	rig_ask(g, q);
}

/* A description with these m-lines and attributes, in g's buffer until the next one. */
static inline const char *rig_sdp(struct rig *g, const char *host, const char *media)
{
	snprintf(g->sdp_buf, sizeof(g->sdp_buf),
		 "v=0\r\no=- 77 1 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n%s", host, media);
	return g->sdp_buf;
}

#define RIG_AUDIO(port) "m=audio " port " RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\n"
#define RIG_VIDEO(port) "m=video " port " RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"

static inline void rig_offer(struct rig *g, const char *call, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = call,
				     .from = "A",
				     .sdp = sdp,
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
}

static inline void rig_answer(struct rig *g, const char *call, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = call,
				     .from = "A",
				     .to = "B",
				     .sdp = sdp,
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
}

/* The same two with flags. */
static inline void rig_offer_with(struct rig *g, const char *call, const char *sdp, const char *flags)
{
	g->flags = flags;
	rig_offer(g, call, sdp);
	g->flags = NULL;
}

static inline void rig_answer_with(struct rig *g, const char *call, const char *sdp, const char *flags)
{
	g->flags = flags;
	rig_answer(g, call, sdp);
	g->flags = NULL;
}

static inline void rig_delete(struct rig *g, const char *call)
{
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = call });
}

/* A phone behind a NAT calls a phone on the LAN, one audio stream. */
static inline void rig_call(struct rig *g, const char *call)
{
	rig_offer(g, call, rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	rig_answer(g, call, rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
}

/* The port of m-line number at (from 0) in the answer's description; -1 where there is none. */
static inline int rig_port_of(const struct rig *g, unsigned at)
{
	struct span left = g->answer.sdp;

	for (;;) {
		uint32_t m = span_search(left, SPAN("\nm="));
		int port;

		if (m == left.n)
			return -1;
		left = span_from(left, m + 3);
		if (at-- > 0)
			continue;
		left = span_from(left, span_find(left, ' ') + 1);
		if (sscanf(left.p, "%d", &port) != 1)
			return -1;
		return port;
	}
}

/* What the packet path was told about the port, RTP or RTCP. */
static inline const struct port_spec *rig_spec(struct rig *g, unsigned realm, int port)
{
	const struct rig_port *p = rig_port(g, (struct own_port){ (uint8_t)realm, (uint16_t)port });

	assert_true(p->is_set);
	return &p->spec;
}

static inline bool rig_has(struct span text, const char *part)
{
	return span_search(text, span_str(part)) < text.n;
}

static inline void assert_ok(const struct rig *g)
{
	if (!span_eq(g->answer.result, SPAN("ok")))
		fail_msg("%.*s", SPAN_ARG(g->reply));
}

static inline void assert_refused(const struct rig *g, const char *reason)
{
	if (!span_eq(g->answer.result, SPAN("error")) || !span_eq(g->answer.error_reason, span_str(reason)))
		fail_msg("not refused with \"%s\": %.*s", reason, SPAN_ARG(g->reply));
}

static inline void assert_addr(const struct addr *a, const char *expected)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_is_set(a) ? addr_text(a, buf) : "none", expected);
}

#endif
