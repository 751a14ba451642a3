/* SPDX-License-Identifier: BSD-3-Clause */
/* Any commands in any order, about few calls with few names, while media and time do as they like: what the sessions
 * say, what is taken and what the packet path was told agree after each, and nothing stays in the end. */
#include "tests/unit/rtpproxy/rig.h"

enum { SEEDS = 40, STEPS = 3000, LAST = 20039 /* few ports, so that they run out */ };

#define KEY(letters) "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" letters letters letters letters "\r\n"
#define DTLS(role)                                                                                                     \
	"a=setup:" role "\r\na=fingerprint:sha-1 "                                                                     \
	"4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\n"
#define ICE(ufrag)                                                                                                     \
	"a=ice-ufrag:" ufrag "\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"                                                \
	"a=candidate:1 1 UDP 2130706431 198.51.100.7 4000 typ host\r\n"
#define EVENTS(number) "a=rtpmap:" number " telephone-event/8000\r\n"

static const char *const bodies[] = {
	RIG_AUDIO("4000"),
	RIG_AUDIO("4000"),
	RIG_AUDIO("6002"),
	RIG_AUDIO("4000") RIG_VIDEO("4002"),
	RIG_VIDEO("4002") RIG_AUDIO("4000"),
	RIG_AUDIO("4000") RIG_VIDEO("0"),
	RIG_AUDIO("0"),
	RIG_AUDIO("4000") "a=sendonly\r\n",
	RIG_AUDIO("4000") "a=inactive\r\n",
	"m=audio 4000 RTP/AVP 0 101\r\n" EVENTS("101"),
	"m=audio 4000 RTP/AVP 8 96\r\n" EVENTS("96"),
	"m=image 4000 udptl t38\r\n",
	"m=audio 4000 RTP/SAVP 0 101\r\n" EVENTS("101") KEY("MDEyMzQ1Nj"),
	"m=audio 4000 RTP/SAVP 0 101\r\n" EVENTS("101") KEY("YWJjZGVmZ2"),
	"m=audio 4000 RTP/AVP 0\r\n" KEY("OTg3NjU0Mz"),
	"m=audio 4000 RTP/SAVP 0\r\n",
	"m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n" DTLS("actpass") "a=rtcp-mux\r\n" ICE("aaaa"),
	"m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n" DTLS("active") "a=rtcp-mux\r\n" ICE("bbbb"),
	"m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n" DTLS("passive"),
	RIG_AUDIO("4000") "a=rtcp-mux\r\n",
	RIG_AUDIO("4000") ICE("cccc"),
	"m=audio 4000 RTP/AVP 0\r\na=mid:a\r\na=rtcp-mux\r\nm=video 4000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
	"a=mid:v\r\na=rtcp-mux\r\n",
	"m=audio four RTP/AVP 0\r\n",
	"",
};

static const char *const flags[] = {
	"to-call-id=c",
	"to-call-id=d",
	"to-call-id=e",
	"media-echo=both",
	"media-echo=forward",
	"media-echo=off",
	"media-echo=blackhole",
	"drop-traffic=start",
	"drop-traffic=stop",
	"all",
	"RTP/AVP",
	"RTP/SAVP",
	"RTP/AVPF",
	"UDP/TLS/RTP/SAVPF ICE=force rtcp-mux-require",
	"RTP/AVP ICE=remove rtcp-mux-demux",
	"OSRTP-offer",
	"OSRTP-accept",
	"SDES-off",
	"DTLS-off",
	"DTLS=active",
	"codec-strip-PCMU",
	"codec-mask-all codec-offer-PCMA",
	"loop-protect",
	"sender-srtp-sdes",
	"receiver-dtmf-info",
	"sender-dtmf-info",
	"detect-DTMF",
	"code=12",
	"label=me",
	"from-label=me",
	"address=198.51.100.7",
	"address-family=IP6",
	"record-call=on",
	"record-call=off",
	"TOS=184",
	"delete-delay=20",
	"generate-RTCP",
	"fatal",
	"fast",
	"trust-address",
	"directional",
	"siprec",
	"strict-source",
	"media-address=1.2.3.4",
	"set-label=me",
	"asymmetric",
	"generate-mid",
	"rtcp-mux-offer",
	"rtcp-mux-reject",
	"NAT-wait",
	"pierce-NAT",
};

static const enum ng_command commands[] = {
	NG_OFFER,
	NG_OFFER,
	NG_OFFER,
	NG_OFFER,
	NG_OFFER,
	NG_ANSWER,
	NG_ANSWER,
	NG_ANSWER,
	NG_ANSWER,
	NG_ANSWER,
	NG_CONNECT,
	NG_CONNECT,
	NG_DELETE,
	NG_ROLLBACK,
	NG_BLOCK_MEDIA,
	NG_UNBLOCK_MEDIA,
	NG_SILENCE_MEDIA,
	NG_BLOCK_DTMF,
	NG_START_RECORDING,
	NG_STOP_RECORDING,
	NG_PLAY_DTMF,
	NG_QUERY,
	NG_LIST,
	NG_STATISTICS,
	NG_PORTS,
	NG_PUBLISH,
	NG_SUBSCRIBE_REQUEST,
	NG_SUBSCRIBE_REQUEST,
	NG_SUBSCRIBE_ANSWER,
	NG_SUBSCRIBE_ANSWER,
	NG_UNSUBSCRIBE,
	NG_START_FORWARDING,
	NG_STOP_FORWARDING,
	NG_ADOPT,
	NG_LEASE,
};

#define N(array)            (sizeof(array) / sizeof((array)[0]))
#define ONE_OF(g, array)    ((array)[below(g, N(array))])
#define SELDOM(g, what, of) (below(g, of) == 0 ? (what) : NULL)

static unsigned below(struct rig *g, unsigned long n)
{
	return (unsigned)(rig_random(g) % n);
}

static const char *any_sdp(struct rig *g)
{
	static const char *const hosts[] = { "198.51.100.7", "198.51.100.7", "10.0.0.50",  "10.0.0.50",
					     "0.0.0.0",      "127.0.0.1",    "203.0.113.1" };

	return rig_sdp(g, ONE_OF(g, hosts), ONE_OF(g, bodies));
}

/* Some commands would seldom find what they are about. */
static void say_aptly(struct rig *g, struct rig_say *s)
{
	static const char *const sources[] = { "A", "B", NULL }, *const listeners[] = { "S", "T", NULL };

	switch (s->command) {
	case NG_SUBSCRIBE_REQUEST:
		s->from = ONE_OF(g, sources);
		g->flags = below(g, 2) ? "all" : g->flags;
		s->to = ONE_OF(g, listeners);
		break;
	case NG_SUBSCRIBE_ANSWER:
	case NG_UNSUBSCRIBE:
		s->to = ONE_OF(g, listeners);
		s->from = NULL;
		break;
	case NG_PUBLISH:
		s->from = ONE_OF(g, listeners);
		break;
	case NG_PLAY_DTMF:
		g->flags = "code=12";
		break;
	default:
		break;
	}
}

static void any_command(struct rig *g)
{
	static const char *const calls[] = { "c", "d", "e" }, *const near[] = { "A", "A", "A", "F" },
				 *const far[] = { "B", "C", "S", NULL }, *const branches[] = { NULL, NULL, "1", "2" };
	const bool turned = below(g, 3) == 0;
	struct rig_say s = {
		.command = ONE_OF(g, commands),
		.call = ONE_OF(g, calls),
		.from = turned ? ONE_OF(g, far) : ONE_OF(g, near),
		.to = turned ? ONE_OF(g, near) : ONE_OF(g, far),
		.via = ONE_OF(g, branches),
		.owner = SELDOM(g, "us", 4),
		.received = SELDOM(g, "198.51.100.7", 2),
		.sdp = below(g, 8) ? any_sdp(g) : NULL,
		.coding = below(g, 5) ? NG_BENCODE : NG_JSON,
	};

	if (below(g, 8)) {
		s.direction[0] = turned ? "lan" : "out";
		s.direction[1] = turned ? "out" : "lan";
	}
	g->flags = s.coding == NG_BENCODE && below(g, 2) ? ONE_OF(g, flags) : NULL;
	if (below(g, 4))
		say_aptly(g, &s);
	rig_say(g, s);
	g->flags = NULL;
}

/* A port of the packet path, told by chance; NULL: none has been found. */
static struct rig_port *any_port(struct rig *g)
{
	const struct session *s = g->relay.all.first;
	const struct leg *l;
	const struct stream *m;

	for (unsigned i = below(g, 3); s && s->next && i; i--)
		s = s->next;
	if (!s)
		return NULL;
	l = s->far && below(g, 2) ? s->far : s->near;
	m = l->nstream ? &l->stream[below(g, l->nstream)] : NULL;
	if (!m || !m->port || !g->ports[l->realm][m->port].is_set)
		return NULL;
	return &g->ports[l->realm][m->port + (below(g, 4) == 0)];
}

static void any_event(struct rig *g, const struct rig_port *p)
{
	static const enum datapath_event_kind kinds[] = { DATAPATH_LATCHED, DATAPATH_REFUSED, DATAPATH_DIGIT,
							  DATAPATH_DIALLED };

	g->path_event = (struct datapath_event){
		.kind = ONE_OF(g, kinds),
		.own = p->spec.own,
		.session = p->spec.session,
		.source = rig_addr("198.51.100.7"),
		.digit = { .duration = 800, .event = 5, .payload_type = 101 },
	};
	g->has_path_event = true;
}

static void any_mail(struct rig *g, const struct rig_port *p)
{
	g->mail = (struct datapath_mail){
		.own = p->spec.own,
		.session = p->spec.session,
		.source = rig_addr("198.51.100.7"),
		.stun = below(g, 2),
		.n = (uint16_t)(20 + below(g, 200)),
	};
	for (unsigned i = 0; i < g->mail.n; i++)
		g->mail.bytes[i] = (uint8_t)rig_random(g);
	g->mail.bytes[0] = g->mail.stun ? 0 : 22;
	g->has_mail = true;
}

static void any_media(struct rig *g)
{
	struct rig_port *p = any_port(g);

	if (!p)
		return;
	p->stats.rx_packets += below(g, 100);
	p->stats.tx_packets += below(g, 100);
	p->stats.quality.expected += below(g, 100);
	p->stats.last_rx_ms = g->now;
	if (below(g, 2))
		any_event(g, p);
	if (below(g, 2))
		any_mail(g, p);
	relay_notices(&g->relay, g->now);
}

static void some_time(struct rig *g)
{
	g->now += below(g, 10) ? below(g, 2000) : below(g, 100000);
	relay_tick(&g->relay, g->now);
}

/* There may be a file for each session. */
static int capture_begin(void *ctx, uint32_t session, const char *path, char *error, size_t error_size)
{
	(void)ctx;
	(void)session;
	(void)path;
	(void)error;
	(void)error_size;
	return 0;
}

static void capture_end(void *ctx, uint32_t session)
{
	(void)ctx;
	assert_int_not_equal(session, 0);
}

static enum datapath_forwarding forward_begin(void *ctx, uint32_t session, const char *name, char *error, size_t size)
{
	return capture_begin(ctx, session, name, error, size) ? DATAPATH_FORWARD_GONE : DATAPATH_FORWARDED;
}

static bool forward_look(void *ctx, uint32_t session, struct datapath_forward *out)
{
	(void)ctx;
	(void)session;
	(void)out;
	return false;
}

/* --- what must be so whatever has come --- */

static bool is_pair(struct own_port a, struct own_port b)
{
	return a.realm == b.realm && a.port / 2 == b.port / 2;
}

/* Two pairs have each other, of a call or of two that are connected; or one has itself or nobody. */
static void check_port(struct rig *g, const struct leg *l, const struct rig_port *p)
{
	const struct own_port own = p->spec.own, to = p->spec.peer;
	const struct rig_port *other = rig_port(g, to);
	const uint32_t across = l->connected ? l->connected->session->id : p->spec.session;

	if (!p->is_set || to.port == 0 || is_pair(own, to) || g->relay.nunpushed)
		return;
	if (!other->is_set || other->spec.session != across ||
	    !(other->spec.peer.port == 0 || is_pair(other->spec.peer, to) || is_pair(other->spec.peer, own)))
		fail_msg("%u:%u has %u:%u for peer", own.realm, own.port, to.realm, to.port);
}

static void check_leg(struct rig *g, const struct leg *l)
{
	assert_true(!l->connected || l->connected->leg->connected->leg == l);
	for (unsigned i = 0; i < l->nstream; i++) {
		if (!l->stream[i].port)
			continue;
		check_port(g, l, &g->ports[l->realm][l->stream[i].port]);
		check_port(g, l, &g->ports[l->realm][l->stream[i].port + 1]);
	}
}

static void check_agreement(struct rig *g)
{
	struct ng_value v;

	rig_say(g, (struct rig_say){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	if (v.integer)
		fail_msg("%.*s", SPAN_ARG(g->reply));
}

static void check_all(struct rig *g)
{
	for (const struct session *s = g->relay.all.first; s; s = s->next) {
		check_leg(g, s->near);
		for (const struct leg *l = s->far; l; l = l->next)
			check_leg(g, l);
	}
	for (unsigned i = 0; i < g->ncopy; i++)
		assert_int_equal(rig_port(g, g->copy[i].from)->spec.session, rig_port(g, g->copy[i].to)->spec.session);
	check_agreement(g);
}

static void check_end(struct rig *g)
{
	static const char *const calls[] = { "c", "d", "e" };

	for (unsigned i = 0; i < N(calls); i++) {
		g->flags = "delete-delay=0";
		rig_delete(g, calls[i]);
	}
	g->flags = NULL;
	relay_tick(&g->relay, g->now);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
	assert_int_equal(g->ncopy, 0);
	assert_null(g->relay.lingering.first);
}

static void run(uint64_t seed)
{
	struct rig *g = rig_new();

	g->random = seed;
	g->conf.relay.delete_delay_ms = seed % 2 ? 30000 : 0;
	g->conf.relay.one_way_timeout_ms = 20000;
	g->conf.relay.capture_dir = "/capture";
	g->conf.relay.forward_to = "tcp:127.0.0.1:9";
	g->conf.relay.rtcp = seed % 2 ? CONF_RTCP_GENERATE : CONF_RTCP_RELAY;
	for (unsigned i = 0; i < RIG_REALMS; i++) {
		g->conf.realms[i].media_keepalive_ms = 15000;
		g->conf.realms[i].media_last = LAST;
	}
	rig_begin(g);
	g->relay.path.capture_begin = capture_begin;
	g->relay.path.capture_end = capture_end;
	g->relay.path.forward_begin = forward_begin;
	g->relay.path.forward_end = capture_end;
	g->relay.path.forward_look = forward_look;
	for (unsigned i = 0; i < STEPS; i++) {
		g->path_is_full = below(g, 20) == 0;
		any_command(g);
		any_media(g);
		if (g->path_is_full || below(g, 3) == 0) {
			g->path_is_full = false;
			some_time(g);
		}
		check_all(g);
	}
	assert_true(g->relay.counters.commands[NG_ANSWER][0] > STEPS / 100);
	/* Both calls must be there, and of the same kinds of media: not many are. */
	assert_true(g->relay.counters.commands[NG_CONNECT][0] > STEPS / 500);
	check_end(g);
	rig_free(g);
}

static void whatever_comes_all_agree(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(whatever_comes_all_agree) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
