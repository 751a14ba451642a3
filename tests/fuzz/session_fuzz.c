/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as what SIP servers ask of the relay, in any order: a few calls, sides, realms and descriptions, with any
 * flags, while time passes and the packet path is full at times. After each step the accounts of the ports agree,
 * nobody hears a call that he has no part in, nobody is told another side's address, what must be sealed is; and in the
 * end nothing is left. */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/stream/listener.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 64, CALLS = 3, PORT_FIRST = 20000, PORT_LAST = 20047, SESSIONS = 4, TEXT_MAX = 8192, HOUR_MS = 3600000 };

#define FAIL_UNLESS(holds)                                                                                             \
	do {                                                                                                           \
		if (!(holds)) {                                                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);                                    \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* --- what is chosen by bytes --- */

struct dice {
	const uint8_t *p;
	size_t left;
};

static unsigned roll(struct dice *d, unsigned sides)
{
	if (d->left == 0)
		return 0;
	d->left--;
	return *d->p++ % sides;
}

#define PICK(d, table) ((table)[roll((d), sizeof(table) / sizeof((table)[0]))])

static const enum ng_command commands[] = {
	NG_OFFER,
	NG_OFFER,
	NG_ANSWER,
	NG_ANSWER,
	NG_DELETE,
	NG_ROLLBACK,
	NG_SUBSCRIBE_REQUEST,
	NG_SUBSCRIBE_ANSWER,
	NG_UNSUBSCRIBE,
	NG_PUBLISH,
	NG_CONNECT,
	NG_START_FORWARDING,
	NG_STOP_FORWARDING,
	NG_START_RECORDING,
	NG_STOP_RECORDING,
	NG_BLOCK_MEDIA,
	NG_UNBLOCK_MEDIA,
	NG_PLAY_DTMF,
	NG_QUERY,
	NG_LIST,
	NG_PORTS,
	NG_LEASE,
	NG_DISOWN,
	NG_STATISTICS,
};

static const char *const calls[CALLS] = { "c", "d", "e" };
static const char *const tags[] = { NULL, "A", "B", "C", "L", "M", "", "A" };
static const char *const branches[] = { NULL, NULL, "v", "w" };
static const char *const realms[] = { NULL, "out", "lan" };
static const char *const owners[] = { NULL, NULL, "us" };

/* None of them has an address in it that a reader must not see. */
static const char *const flags[] = {
	"",
	"",
	"all",
	"siprec",
	"fatal",
	"to-call-id=c",
	"to-call-id=d",
	"from-tags=[A B]",
	"from-tags=[B C]",
	"label=x",
	"from-label=x",
	"interface=lan",
	"interface=out",
	"delete-delay=0",
	"delete-delay=5",
	"RTP/AVP",
	"RTP/AVPF",
	"RTP/SAVP",
	"UDP/TLS/RTP/SAVPF",
	"OSRTP-offer",
	"OSRTP-accept",
	"SDES-off",
	"DTLS=off",
	"ICE=force",
	"ICE=remove",
	"reject-ICE",
	"rtcp-mux-offer rtcp-mux-require",
	"rtcp-mux-demux",
	"rtcp-mux-accept",
	"WebRTC",
	"bundle-accept generate-mid",
	"media-echo=both",
	"media-echo=sinkhole",
	"media-echo=forward",
	"media-echo=off",
	"drop-traffic=start",
	"drop-traffic=stop",
	"sdp-media-remove-video",
	"sdp-media-remove-audio",
	"sdp-attr-add-audio-x:y",
	"sdp-attr-remove-none-group",
	"sdp-attr-substitute-audio-rtpmap:0>y:..--",
	"extmap-strip-all",
	"codec-strip-PCMU",
	"codec-mask-all codec-except-PCMA",
	"replace-zero-address",
	"record-call=on",
	"record-call=off",
	"no-payload",
	"asymmetric",
	"pierce-NAT",
	"fragment",
	"template=few",
	"address-family=IP6",
	"code=5",
	"inject-DTMF",
	"generate-RTCP",
	"TOS=184",
	"sender-DTMF-info receiver-DTMF-info",
};

/* What a session was told by a relay that is no more; sides of other sessions. */
static const char *const told[] = { "", "7 3 20000 20002", "8 1 20004", "9 2 0 20006", "9 x", "1 1 20000 20000" };
static const char *const sides[] = { "", "c A", "c B", "d A", "d B", "e C" };

/* --- descriptions --- */

#define KEY "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
#define CERTIFICATE                                                                                                    \
	"a=fingerprint:sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:"   \
	"42:CD:54:F1\r\n"
#define ICE "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"

/* Behind "m=KIND PORT ". */
static const struct {
	const char *kind, *rest;
} lines[] = {
	{ "audio", "RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" },
	{ "audio", "RTP/AVP 8\r\na=sendonly\r\n" },
	{ "audio", "RTP/AVP 0 96\r\na=rtpmap:96 opus/48000/2\r\na=recvonly\r\na=mid:0\r\n" },
	{ "audio", "RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=rtcp-mux\r\na=mid:1\r\n" },
	{ "audio", "RTP/SAVP 0 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " KEY },
	{ "audio", "RTP/AVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " KEY },
	{ "audio", "UDP/TLS/RTP/SAVPF 0 111\r\na=rtpmap:111 opus/48000/2\r\na=setup:actpass\r\n" CERTIFICATE ICE
		   "a=rtcp-mux\r\na=mid:0\r\n" },
	{ "audio", "UDP/TLS/RTP/SAVP 8\r\na=setup:passive\r\n" CERTIFICATE },
	{ "audio", "UDP/TLS/RTP/SAVP 8\r\na=setup:active\r\n" CERTIFICATE "a=rtcp-mux\r\n" },
	{ "video", "RTP/AVP 98\r\na=rtpmap:98 H264/90000\r\na=extmap:1 urn:x\r\n" },
	{ "video", "RTP/AVPF 99\r\na=rtpmap:99 VP8/90000\r\na=rtcp-fb:99 nack\r\na=mid:1\r\n" },
	{ "audio", "RTP/AVP 0\r\na=inactive\r\n" },
	{ "audio", "RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n" },
	{ "audio", "RTP/AVP 9\r\na=rtcp:4444\r\n" },
	{ "image", "udptl t38\r\na=T38FaxVersion:0\r\n" },
	{ "message", "TCP/MSRP *\r\n" },
	{ "text", "RTP/AVP 100\r\na=rtpmap:100 t140/1000\r\n" },
};

static const char *const hosts[] = { "198.51.100.7", "198.51.100.9", "10.0.0.50", "10.0.0.51", "192.168.1.5" };
static const char *const heads[] = { "", "", "a=group:BUNDLE 0 1\r\n", "a=group:LS 0 1\r\n", ICE, "a=sendonly\r\n" };

static void description(struct dice *d, char *text, size_t size)
{
	struct writer w = writer_over(text, size - 1);
	const unsigned n = roll(d, 5), port = 4000 + 2 * roll(d, 4);

	writer_format(&w, "v=0\r\no=- 77 1 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n", PICK(d, hosts));
	writer_str(&w, PICK(d, heads));
	for (unsigned i = 0; i < n; i++) {
		const unsigned at = roll(d, sizeof(lines) / sizeof(lines[0]));

		writer_format(&w, "m=%s %u %s", lines[at].kind, roll(d, 8) ? port + 10 * i : 0, lines[at].rest);
	}
	FAIL_UNLESS(!w.failed);
	text[w.n] = '\0';
}

/* --- the packet path: as rig.h has it, but many calls may be captured and forwarded --- */

static int capture_begin(void *ctx, uint32_t session, const char *path, char *error, size_t error_size)
{
	const struct rig *g = ctx;

	(void)session, (void)path;
	snprintf(error, error_size, "no room");
	return g->path_is_full ? -1 : 0;
}

static enum datapath_forwarding forward_begin(void *ctx, uint32_t session, const char *name, char *error,
					      size_t error_size)
{
	const struct rig *g = ctx;

	(void)session, (void)name;
	snprintf(error, error_size, "no room");
	return g->path_is_full ? DATAPATH_FORWARDS_FULL : DATAPATH_FORWARDED;
}

static void over(void *ctx, uint32_t session)
{
	(void)ctx, (void)session;
}

static bool forward_look(void *ctx, uint32_t session, struct datapath_forward *out)
{
	(void)ctx, (void)session;
	*out = (struct datapath_forward){ .state = "flows" };
	return true;
}

static void heard(void *ctx, const struct server_peer *to, struct span datagram)
{
	(void)ctx, (void)to, (void)datagram;
}

static void relay_begin(struct rig *g)
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
		.capture_begin = capture_begin,
		.capture_end = over,
		.forward_begin = forward_begin,
		.forward_end = over,
		.forward_look = forward_look,
		.counters = rig_counters,
		.ban = rig_ban,
		.spared = rig_spared,
	};
	struct hash_key key;

	rig_key(&key);
	FAIL_UNLESS(relay_init(&g->relay, &g->conf, &path, rig_random, g, &key, g->now) == 0);
	g->relay.event = heard;
	g->relay.log = rig_log;
	g->relay.log_ctx = g;
}

static struct rig *bench_new(void)
{
	struct rig *g = rig_new();

	for (unsigned i = 0; i < RIG_REALMS; i++) {
		g->ports[i] = calloc(65536, sizeof(struct rig_port));
		FAIL_UNLESS(g->ports[i]);
		g->conf.realms[i].media_first = PORT_FIRST;
		g->conf.realms[i].media_last = PORT_LAST;
	}
	g->conf.relay.sessions = SESSIONS;
	g->conf.relay.capture_dir = "/nowhere";
	g->conf.relay.forward_to = "unix:/nowhere";
	g->conf.relay.delete_delay_ms = 5000;
	g->conf.relay.templates[g->conf.relay.ntemplate++] = (struct conf_template){ "few", "codec-strip-PCMA siprec" };
	relay_begin(g);
	return g;
}

/* To begin a relay takes longer than most inputs: it goes on, with what the last input has left, which is nothing. The
 * same ports are free in the same order, and what was put off is over. */
static void bench_turn(struct rig *g, unsigned workers)
{
	g->now += HOUR_MS;
	g->random = 0;
	g->workers = g->relay.workers = workers;
	for (unsigned i = 0; i < RIG_REALMS; i++) {
		ports_fini(&g->relay.ports[i]);
		FAIL_UNLESS(ports_init(&g->relay.ports[i], PORT_FIRST, PORT_LAST, workers) == 0);
	}
	relay_tick(&g->relay, g->now);
}

/* --- what must hold --- */

static struct leg *leg_at(const struct session *s, struct own_port port, const struct stream **stream)
{
	for (struct leg *l = s->near; l; l = session_next(s, l))
		for (unsigned i = 0; i < l->nstream; i++)
			if (l->realm == port.realm && l->stream[i].port && l->stream[i].port == (port.port & ~1)) {
				*stream = &l->stream[i];
				return l;
			}
	return NULL;
}

/* Whose port it is. */
static struct leg *owner_of(const struct rig *g, struct own_port port, const struct stream **stream)
{
	struct leg *l = NULL;

	for (const struct session *s = g->relay.all.first; s && !l; s = s->next)
		l = leg_at(s, port, stream);
	return l;
}

static void port_check(struct rig *g, const struct session *s, const struct leg *l, const struct stream *m,
		       enum stream_kind kind)
{
	const struct own_port own = { l->realm, (uint16_t)(m->port + (kind == STREAM_RTCP)) };
	const struct rig_port *p = rig_port(g, own);
	const struct stream *across;

	if (!p->is_set)
		return;
	FAIL_UNLESS(p->spec.session == s->id);
	FAIL_UNLESS(m->now.shield == SHIELD_NONE || p->spec.awaits_keys || p->spec.seals.suite != SRTP_SUITE_NONE);
	FAIL_UNLESS(p->spec.forward == CAPTURE_NONE || s->forwarded);
	if (p->spec.peer.port == 0 || rig_is_same(p->spec.peer, own))
		return;
	FAIL_UNLESS(!s->drop_traffic);
	FAIL_UNLESS(!l->ear && owner_of(g, p->spec.peer, &across) == session_peer(s, l));
	FAIL_UNLESS(across->in_path && stream_is_open(across));
}

/* What the packet path was asked for is there. */
static void ear_check(struct rig *g, const struct leg *l)
{
	for (unsigned i = 0; l->ear && i < l->ear->n; i++)
		for (unsigned k = 0; k < 2; k++) {
			const struct ear_copy *told = &l->ear->now[i].told[k];

			FAIL_UNLESS(l->ear->n <= l->nstream && (!told->to.port || i < l->nstream));
			if (told->from.port && rig_port(g, told->from)->is_set)
				FAIL_UNLESS(rig_copy_find(g, told->from, told->to));
		}
}

static void leg_check(struct rig *g, const struct session *s, const struct leg *l)
{
	if (l->connected) {
		const struct partner *back = l->connected->leg->connected;

		FAIL_UNLESS(back && back->leg == l && back->session == s && s->worker == l->connected->session->worker);
	}
	ear_check(g, l);
	for (unsigned i = 0; i < l->nstream; i++) {
		if (!l->stream[i].port || !l->stream[i].in_path)
			continue;
		port_check(g, s, l, &l->stream[i], STREAM_RTP);
		port_check(g, s, l, &l->stream[i], STREAM_RTCP);
	}
}

static void copy_check(const struct rig *g, const struct rig_copy *c)
{
	const struct stream *from, *to;
	const struct leg *listener = owner_of(g, c->to, &to), *source = NULL;

	for (const struct session *s = g->relay.all.first; s && !source; s = s->next)
		if (leg_at(s, c->to, &to))
			source = leg_at(s, c->from, &from);
	FAIL_UNLESS(listener && listener->ear && source && !source->ear && !from->now.datagram);
}

static uint64_t number_in(struct rig *g, struct span name)
{
	struct ng_value v;

	FAIL_UNLESS(ng_find(g->answer.body, name, &v) == 0);
	return (uint64_t)v.integer;
}

/* What the path has no room for comes later. */
static bool is_in_step(const struct rig *g)
{
	bool parked = false;

	for (unsigned i = 0; i < RIG_REALMS; i++) {
		uint32_t at = 0;

		parked |= ports_parked(&g->relay.ports[i], &at) != 0;
	}
	return !parked && g->relay.nunpushed == 0;
}

static void world_check(struct rig *g)
{
	rig_ask(g, (struct ng_request){ .command = NG_AUDIT });
	if (number_in(g, SPAN("different"))) {
		fprintf(stderr, "%.*s\n", SPAN_ARG(g->reply));
		abort();
	}
	if (!is_in_step(g))
		return;
	for (const struct session *s = g->relay.all.first; s; s = s->next)
		for (const struct leg *l = s->near; l; l = session_next(s, l))
			leg_check(g, s, l);
	for (unsigned i = 0; i < g->ncopy; i++)
		copy_check(g, &g->copy[i]);
}

/* Descriptions that we make name nobody. */
static void answer_check(const struct rig *g)
{
	for (unsigned i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		FAIL_UNLESS(!rig_has(g->answer.sdp, hosts[i]));
	FAIL_UNLESS(!rig_has(g->answer.sdp, "192.0.2.99"));
}

/* --- steps --- */

static void ask(struct rig *g, struct dice *d)
{
	char sdp[TEXT_MAX], both[256], again[24];
	const enum ng_command command = PICK(d, commands);
	const char *call = PICK(d, calls), *one = PICK(d, flags), *other = PICK(d, flags);
	const unsigned more = roll(d, 16);
	struct ng_request q = { .command = command, .call_id = span_str(call) };

	q.from_tag = span_str(PICK(d, tags));
	q.to_tag = span_str(PICK(d, tags));
	q.via_branch = span_str(PICK(d, branches));
	q.owner = span_str(PICK(d, owners));
	q.direction[0] = span_str(PICK(d, realms));
	q.direction[1] = span_str(PICK(d, realms));
	snprintf(again, sizeof(again), "again-%llu", (unsigned long long)(g->now / HOUR_MS));
	snprintf(both, sizeof(both), "%s %s", one, other);
	if (more == 1)
		q.resume[0] = span_str(PICK(d, told)), q.resume[1] = span_str(PICK(d, told));
	if (more == 2)
		q.stands_for[0] = span_str(PICK(d, sides)), q.stands_for[1] = span_str(PICK(d, sides));
	if (ng_is_offer(&q) || q.command == NG_ANSWER || q.command == NG_SUBSCRIBE_ANSWER) {
		description(d, sdp, sizeof(sdp));
		q.sdp = span_str(sdp);
	}
	if (more == 3)
		q.cookie = span_str(again);
	g->flags = both;
	rig_ask(g, q);
	g->flags = NULL;
	answer_check(g);
}

/* Something comes to a port that one of the calls may have: the beginning of a handshake, a check, or neither. */
static void mail(struct rig *g, struct dice *d)
{
	static const char *const heads[] = { "\x16\xfe\xff", "\x14\xfe\xfd", "",
					     "\x80-"
					     "rtp" };
	static const char check[] = "\0\1\0\0\x21\x12\xa4\x42"
				    "0123456789ab";
	struct datapath_mail *m = &g->mail;
	const char *head = PICK(d, heads);
	const struct stream *stream;

	*m = (struct datapath_mail){ .own = { (uint8_t)roll(d, RIG_REALMS), 0 } };
	m->own.port = (uint16_t)(PORT_FIRST + roll(d, PORT_LAST + 1 - PORT_FIRST));
	for (const struct session *s = g->relay.all.first; s && !m->session; s = s->next)
		m->session = leg_at(s, m->own, &stream) ? s->id : 0;
	m->stun = head[0] == '\0';
	m->source = rig_addr("198.51.100.7");
	m->source.port = (uint16_t)(4000 + roll(d, 2));
	memcpy(m->bytes, head[0] ? head : check, head[0] ? 3 : sizeof(check) - 1);
	m->n = (uint16_t)(head[0] ? 3 : sizeof(check) - 1);
	for (unsigned n = roll(d, 64); n; n--)
		m->bytes[m->n++] = (uint8_t)roll(d, 256);
	g->has_mail = true;
	relay_notices(&g->relay, g->now);
}

static void step(struct rig *g, struct dice *d)
{
	static const uint16_t waits_ms[] = { 20, 1000, 6000, 61000 };

	switch (roll(d, 16)) {
	case 0:
		g->path_is_full = !g->path_is_full;
		break;
	case 1:
		g->now += PICK(d, waits_ms);
		relay_tick(&g->relay, g->now);
		break;
	case 15:
		mail(g, d);
		break;
	default:
		ask(g, d);
		break;
	}
	world_check(g);
}

static void finish(struct rig *g)
{
	g->path_is_full = false;
	relay_tick(&g->relay, g->now);
	for (unsigned i = 0; i < CALLS; i++) {
		g->flags = "delete-delay=0";
		rig_delete(g, calls[i]);
		g->flags = NULL;
		world_check(g);
	}
	FAIL_UNLESS(number_in(g, SPAN("sessions")) == 0 && number_in(g, SPAN("pairs-taken")) == 0);
	FAIL_UNLESS(number_in(g, SPAN("ports-in-path")) == 0 && g->ncopy == 0 && g->nset == 0);
	FAIL_UNLESS(g->relay.nforwarded == 0 && g->relay.nunpushed == 0 && g->relay.lingering.count == 0);
	FAIL_UNLESS(!g->relay.handshakes.shaking && !g->relay.handshakes.resting);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dice d = { data, size };
	static struct rig *g;

	if (!g)
		g = bench_new();
	bench_turn(g, 1 + roll(&d, 2));
	for (unsigned i = 0; i < STEPS && d.left; i++)
		step(g, &d);
	finish(g);
	return 0;
}
