/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/line/target.h"

/* Realms: out, lan whose networks are given, home on loopback, six on IPv6; media 20000-29999. */
enum { OUT, LAN, HOME, SIX, REALMS };

struct bench {
	struct config conf;
	struct ports ports[REALMS];
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->conf.nrealm = REALMS;
	b->conf.relay.ng[0] = "unix:/run/x";
	b->conf.relay.ng[1] = "udp:0.0.0.0:2223";
	b->conf.relay.ng[2] = "udp:127.0.0.1:2224";
	b->conf.relay.nng = 3;
	b->conf.realms[OUT] = rig_realm("out", "203.0.113.1", "203.0.113.2");
	b->conf.realms[LAN] = rig_realm("lan", "10.0.0.1", "10.0.0.1");
	b->conf.realms[HOME] = rig_realm("home", "127.0.0.1", "127.0.0.1");
	b->conf.realms[SIX] = rig_realm("six", "2001:db8::1", "2001:db8::1");
	assert_int_equal(prefix_parse(SPAN("10.0.0.0/24"), &b->conf.realms[LAN].networks[0]), 0);
	b->conf.realms[LAN].nnetwork = 1;
	for (unsigned i = 0; i < REALMS; i++)
		assert_int_equal(ports_init(&b->ports[i], 20000, 29999, 1), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 0; i < REALMS; i++)
		ports_fini(&b->ports[i]);
	free(b);
	return 0;
}

static enum outcome read_one(struct bench *b, uint8_t realm, const struct ng_request *q, const char *c,
			     const char *media, struct target *t)
{
	const struct target_rules rules = {
		.conf = &b->conf, .ports = b->ports, .realm = realm, .reader = LAN, .request = q
	};
	struct sdp_codec list[CODEC_MAX];
	char text[512];
	struct sdp sdp;

	snprintf(text, sizeof(text), "v=0\r\no=- 1 1 IN IP4 192.0.2.99\r\ns=-\r\n%s%s%st=0 0\r\n%s", c ? "c=IN " : "",
		 c ? c : "", c ? "\r\n" : "", media);
	assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
	return target_read(&rules, &sdp, 0, &(struct target_codecs){ .list = list }, t);
}

static struct ng_request request_from(const char *received)
{
	struct ng_request q = { 0 };

	if (received)
		q.received_from = rig_addr(received);
	return q;
}

/* M1: whom a leg may learn, and where is sent before. */
static void policies(void **state)
{
	static const struct {
		const char *name;
		uint8_t realm;
		const char *c, *received;
		enum ng_latch latch;
		uint8_t bits;
		bool trust;
		enum conf_latch conf;
		enum latch_policy policy;
		uint8_t sig_bits;
		const char *expected;
	} cases[] = {
		{ "says where it signals from", OUT, "IP4 198.51.100.7", "198.51.100.7", 0, 0, false, 0, LATCH_SDP_IP,
		  32, "198.51.100.7:4000" },
		{ "behind a NAT: private", OUT, "IP4 192.168.1.5", "198.51.100.7", 0, 0, false, 0, LATCH_SIG_IP, 32,
		  "none" },
		{ "elsewhere, but public", OUT, "IP4 198.51.100.99", "198.51.100.7", 0, 0, false, 0, LATCH_SIG_IP, 32,
		  "198.51.100.99:4000" },
		{ "elsewhere, and trusted", OUT, "IP4 198.51.100.99", "198.51.100.7", 0, 0, true, 0, LATCH_SDP_IP, 32,
		  "198.51.100.99:4000" },
		{ "a name", OUT, "IP4 phone.example.com", "198.51.100.7", 0, 0, false, 0, LATCH_SIG_IP, 32, "none" },
		{ "hold as in old times", OUT, "IP4 0.0.0.0", "198.51.100.7", 0, 0, false, 0, LATCH_SIG_IP, 32,
		  "none" },
		{ "signalling unknown", OUT, "IP4 192.168.1.5", NULL, 0, 0, false, 0, LATCH_SDP_IP, 32,
		  "192.168.1.5:4000" },
		{ "on the LAN, itself", LAN, "IP4 10.0.0.50", "10.0.0.50", 0, 0, false, 0, LATCH_SIG_IP, 32,
		  "10.0.0.50:4000" },
		{ "on the LAN, a media server of its", LAN, "IP4 10.0.0.51", "10.0.0.50", 0, 0, false, 0, LATCH_SIG_IP,
		  32, "10.0.0.51:4000" },
		{ "on the LAN, but not of its networks", LAN, "IP4 192.168.7.7", "10.0.0.50", 0, 0, false, 0,
		  LATCH_SIG_IP, 32, "none" },
		{ "trunk: exactly what it says", OUT, "IP4 198.51.100.99", "198.51.100.7", NG_LATCH_EXACT, 0, false, 0,
		  LATCH_EXACT, 32, "198.51.100.99:4000" },
		{ "carrier NAT pool", OUT, "IP4 192.168.1.5", "198.51.100.7", NG_LATCH_SIG_IP, 24, false, 0,
		  LATCH_SIG_IP, 24, "none" },
		{ "sig-ip without a signalling source", OUT, "IP4 198.51.100.7", NULL, NG_LATCH_SIG_IP, 24, false, 0,
		  LATCH_SDP_IP, 24, "198.51.100.7:4000" },
		{ "realm: exact", OUT, "IP4 198.51.100.7", "198.51.100.7", 0, 0, false, CONF_LATCH_EXACT, LATCH_EXACT,
		  32, "198.51.100.7:4000" },
		{ "realm: exact, request: open", OUT, "IP4 192.168.1.5", "198.51.100.7", NG_LATCH_OPEN, 0, false,
		  CONF_LATCH_EXACT, LATCH_OPEN, 32, "none" },
		{ "realm: sig-ip with its own bits", OUT, "IP4 192.168.1.5", "198.51.100.7", 0, 0, false,
		  CONF_LATCH_SIG_IP, LATCH_SIG_IP, 28, "none" },
		{ "IPv6", SIX, "IP6 2001:db8:7::5", "2001:db8:7::5", 0, 0, false, 0, LATCH_SDP_IP, 128,
		  "[2001:db8:7::5]:4000" },
		{ "IPv6, elsewhere: the whole address", SIX, "IP6 2001:db8:8::5", "2001:db8:7::5", 0, 0, false, 0,
		  LATCH_SIG_IP, 128, "[2001:db8:8::5]:4000" },
		{ "IPv6, 32 bits is no default", SIX, "IP6 2001:db8:8::5", "2001:db8:7::5", NG_LATCH_SIG_IP, 32, false,
		  0, LATCH_SIG_IP, 128, "[2001:db8:8::5]:4000" },
		{ "mapped IPv4 is IPv4", OUT, "IP6 ::ffff:198.51.100.7", "198.51.100.7", 0, 0, false, 0, LATCH_SDP_IP,
		  32, "198.51.100.7:4000" },
		{ "a family that the realm has not", OUT, "IP6 2001:db8:7::5", "198.51.100.7", 0, 0, false, 0,
		  LATCH_SIG_IP, 32, "none" },
	};
	struct bench *b = *state;

	b->conf.realms[OUT].latch_bits = 28;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_request q = request_from(cases[i].received);
		struct target t;
		char buf[ADDR_TEXT_MAX];

		q.latch = cases[i].latch;
		q.latch_bits = cases[i].bits;
		q.trust_address = cases[i].trust;
		b->conf.realms[OUT].latch = cases[i].conf;
		if (read_one(b, cases[i].realm, &q, cases[i].c, RIG_AUDIO("4000"), &t) != OUTCOME_OK)
			fail_msg("%s: refused", cases[i].name);
		if (t.policy != cases[i].policy || t.sig_bits != cases[i].sig_bits)
			fail_msg("%s: policy %u/%u", cases[i].name, t.policy, t.sig_bits);
		if (strcmp(t.rtp_expected ? addr_text(&t.said_rtp, buf) : "none", cases[i].expected) != 0)
			fail_msg("%s: expected %s", cases[i].name, t.rtp_expected ? buf : "none");
		assert_false(t.refused);
	}
}

/* FAULTS 22: what a description must not make us send to, in any spelling. */
static void addresses_that_are_refused(void **state)
{
	static const struct {
		const char *name;
		uint8_t realm;
		const char *c, *received, *port;
		enum outcome outcome;
	} cases[] = {
		{ "loopback", OUT, "IP4 127.0.0.1", "198.51.100.7", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "loopback, any of it", OUT, "IP4 127.9.9.9", "198.51.100.7", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "loopback, mapped", OUT, "IP6 ::ffff:127.0.0.1", "198.51.100.7", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "loopback of IPv6", SIX, "IP6 ::1", "2001:db8:7::5", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "loopback, signalled from loopback", OUT, "IP4 127.0.0.1", "127.0.0.1", "4000",
		  OUTCOME_TARGET_LOOPBACK },
		{ "loopback in a loopback realm", HOME, "IP4 127.0.0.1", "127.0.0.1", "4000", OUTCOME_OK },
		{ "metadata service", OUT, "IP4 169.254.169.254", "198.51.100.7", "4000", OUTCOME_TARGET_LINK_LOCAL },
		{ "metadata service, mapped", SIX, "IP6 ::ffff:169.254.169.254", "2001:db8:7::5", "4000",
		  OUTCOME_TARGET_LINK_LOCAL },
		{ "link-local IPv6", SIX, "IP6 fe80::1", "2001:db8:7::5", "4000", OUTCOME_TARGET_LINK_LOCAL },
		{ "multicast", OUT, "IP4 224.2.1.1/127", "198.51.100.7", "4000", OUTCOME_TARGET_MULTICAST },
		{ "multicast IPv6", SIX, "IP6 ff15::101/3", "2001:db8:7::5", "4000", OUTCOME_TARGET_MULTICAST },
		{ "broadcast", OUT, "IP4 255.255.255.255", "198.51.100.7", "4000", OUTCOME_TARGET_BROADCAST },
		{ "reserved", OUT, "IP4 240.0.0.1", "198.51.100.7", "4000", OUTCOME_TARGET_RESERVED },
		{ "this network", OUT, "IP4 0.0.0.1", "198.51.100.7", "4000", OUTCOME_TARGET_RESERVED },
		{ "loopback, compatible", SIX, "IP6 ::127.0.0.1", "2001:db8:7::5", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "loopback, by NAT64", SIX, "IP6 64:ff9b::7f00:1", "2001:db8:7::5", "4000", OUTCOME_TARGET_LOOPBACK },
		{ "metadata service, by 6to4", SIX, "IP6 2002:a9fe:a9fe::1", "2001:db8:7::5", "4000",
		  OUTCOME_TARGET_LINK_LOCAL },
		{ "metadata service of another cloud", SIX, "IP6 fd00:ec2::254", "2001:db8:7::5", "4000",
		  OUTCOME_TARGET_METADATA },
		{ "loopback, a name for it", OUT, "IP4 localhost", "198.51.100.7", "4000", OUTCOME_OK },
		{ "loopback, as a number", OUT, "IP4 2130706433", "198.51.100.7", "4000", OUTCOME_OK },
		{ "our media port that nobody has", OUT, "IP4 203.0.113.1", NULL, "20002", OUTCOME_TARGET_OURSELVES },
		{ "by the public address", OUT, "IP4 203.0.113.2", NULL, "20002", OUTCOME_TARGET_OURSELVES },
		{ "of another realm", OUT, "IP4 10.0.0.1", "198.51.100.7", "20002", OUTCOME_TARGET_OURSELVES },
		{ "of a call, from a stranger", OUT, "IP4 203.0.113.1", "198.51.100.7", "20000",
		  OUTCOME_TARGET_OURSELVES },
		{ "of a call, by its RTCP port", OUT, "IP4 203.0.113.1", "198.51.100.7", "20001",
		  OUTCOME_TARGET_OURSELVES },
		{ "of a call that comes back to us", OUT, "IP4 203.0.113.1", "203.0.113.1", "20000", OUTCOME_OK },
		{ "of a call, source not told", OUT, "IP4 203.0.113.1", NULL, "20000", OUTCOME_OK },
		{ "our SIP port", OUT, "IP4 203.0.113.1", NULL, "5060", OUTCOME_TARGET_OURSELVES },
		{ "a phone on this very machine", OUT, "IP4 203.0.113.1", "203.0.113.1", "4000", OUTCOME_OK },
		{ "the same machine, from a stranger", OUT, "IP4 203.0.113.1", "198.51.100.7", "4000",
		  OUTCOME_TARGET_OURSELVES },
		{ "of another realm, from a stranger", OUT, "IP4 10.0.0.1", "198.51.100.7", "4000",
		  OUTCOME_TARGET_OURSELVES },
		{ "somebody behind the same public address", OUT, "IP4 203.0.113.2", "198.51.100.7", "4000",
		  OUTCOME_OK },
		{ "where the relay is commanded", OUT, "IP4 203.0.113.1", "203.0.113.1", "2223",
		  OUTCOME_TARGET_OURSELVES },
		{ "the same on loopback", HOME, "IP4 127.0.0.1", "127.0.0.1", "2224", OUTCOME_TARGET_OURSELVES },
		{ "the same by its RTCP", HOME, "IP4 127.0.0.1", "127.0.0.1", "2223", OUTCOME_TARGET_OURSELVES },
	};
	struct bench *b = *state;

	assert_int_equal(ports_take(&b->ports[OUT], 0, 0, 0), 20000);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ng_request q = request_from(cases[i].received);
		struct target t = { .sig_bits = 77 };
		char media[64];

		snprintf(media, sizeof(media), "m=audio %s RTP/AVP 0\r\n", cases[i].port);
		if (read_one(b, cases[i].realm, &q, cases[i].c, media, &t) != cases[i].outcome)
			fail_msg("%s", cases[i].name);
		if (cases[i].outcome != OUTCOME_OK)
			assert_int_equal(t.sig_bits, 77);
	}
}

/* A server that keeps out of the media may send a call back to us with the port that we told it. */
static void ports_of_ours_by_a_trusted_server(void **state)
{
	static const struct {
		const char *name, *media;
		enum outcome outcome;
	} cases[] = {
		{ "of a call", "m=audio 20000 RTP/AVP 0\r\n", OUTCOME_OK },
		{ "that nobody has", "m=audio 20002 RTP/AVP 0\r\n", OUTCOME_TARGET_OURSELVES },
		{ "for SIP", "m=audio 5060 RTP/AVP 0\r\n", OUTCOME_TARGET_OURSELVES },
	};
	struct bench *b = *state;

	assert_int_equal(ports_take(&b->ports[OUT], 0, 0, 0), 20000);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_request q = request_from("198.51.100.7");
		struct target t;

		q.trust_address = true;
		if (read_one(b, OUT, &q, "IP4 203.0.113.1", cases[i].media, &t) != cases[i].outcome)
			fail_msg("%s", cases[i].name);
	}
}

static void rtcp_addresses(void **state)
{
	static const struct {
		const char *name, *media, *expected;
	} cases[] = {
		{ "the next port", "m=audio 4000 RTP/AVP 0\r\n", "198.51.100.7:4001" },
		{ "the next port of an odd one too", "m=audio 4001 RTP/AVP 0\r\n", "198.51.100.7:4002" },
		{ "where a=rtcp says", "m=audio 4000 RTP/AVP 0\r\na=rtcp:4444\r\n", "198.51.100.7:4444" },
		{ "at another host", "m=audio 4000 RTP/AVP 0\r\na=rtcp:4444 IN IP4 198.51.100.8\r\n",
		  "198.51.100.8:4444" },
		{ "muxed: but we do not", "m=audio 4000 RTP/AVP 0\r\na=rtcp:4000\r\n", "198.51.100.7:4001" },
		{ "nonsense is as if absent", "m=audio 4000 RTP/AVP 0\r\na=rtcp:x\r\n", "198.51.100.7:4001" },
		{ "none after the last port", "m=audio 65535 RTP/AVP 0\r\n", "none" },
	};
	struct bench *b = *state;
	const struct ng_request q = request_from("198.51.100.7");
	struct target t;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[ADDR_TEXT_MAX];

		assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", cases[i].media, &t), OUTCOME_OK);
		if (strcmp(t.rtcp_expected ? addr_text(&t.said_rtcp, buf) : "none", cases[i].expected) != 0)
			fail_msg("%s", cases[i].name);
	}
	assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7",
				  "m=audio 4000 RTP/AVP 0\r\na=rtcp:53 IN IP4 127.0.0.1\r\n", &t),
			 OUTCOME_TARGET_LOOPBACK);
}

static void kinds_of_media(void **state)
{
	static const struct {
		const char *media;
		bool refused, unsupported, held;
	} cases[] = {
		{ "m=audio 4000 RTP/AVP 0\r\n", false, false, false },
		{ "m=video 4000 RTP/AVPF 96\r\n", false, false, false },
		{ "m=audio 0 RTP/AVP 0\r\n", true, false, false },
		{ "m=audio 4000 RTP/SAVP 0\r\n", true, false, false },
		{ "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", true, false, false },
		{ "m=image 4000 udptl t38\r\n", false, false, false },
		{ "m=application 4000 UDP/BFCP *\r\n", false, false, false },
		{ "m=application 4000 udp wb\r\n", false, false, false },
		{ "m=application 4000 TCP/BFCP *\r\n", true, true, false },
		{ "m=application 4000 UDP/DTLS/SCTP webrtc-datachannel\r\n", true, true, false },
		{ "m=text 4000 RTP/AVP 98\r\n", false, false, false },
		{ "m=image 0 udptl t38\r\n", true, false, false },
		{ "m=message 4000 TCP/MSRP *\r\n", true, true, false },
		{ "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n", false, false, true },
		{ "m=audio 4000 RTP/AVP 0\r\na=inactive\r\n", false, false, true },
		{ "m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n", false, false, false },
		{ "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", false, false, true },
	};
	struct bench *b = *state;
	const struct ng_request q = request_from("198.51.100.7");

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target t;

		assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", cases[i].media, &t), OUTCOME_OK);
		if (!t.known || t.refused != cases[i].refused || t.unsupported != cases[i].unsupported ||
		    t.held != cases[i].held)
			fail_msg("%s", cases[i].media);
	}
}

#define CRYPTO "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n"

/* How a side's media is protected, as it says; a key beside plain RTP counts where the client lets it. */
static void protection(void **state)
{
	static const struct {
		const char *media;
		bool accepts;
		enum shield_kind shield;
		bool keyless;
	} cases[] = {
		{ "m=audio 4000 RTP/AVP 0\r\n", true, SHIELD_NONE, false },
		{ "m=audio 4000 RTP/AVP 0\r\n" CRYPTO, false, SHIELD_NONE, false },
		{ "m=audio 4000 RTP/AVP 0\r\n" CRYPTO, true, SHIELD_SDES, false },
		{ "m=audio 4000 RTP/SAVP 0\r\n" CRYPTO, false, SHIELD_SDES, false },
		{ "m=audio 4000 RTP/SAVPF 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:x\r\n" CRYPTO, false, SHIELD_SDES,
		  false },
		{ "m=audio 4000 RTP/SAVP 0\r\n", false, SHIELD_NONE, true },
		{ "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:x\r\n", false, SHIELD_NONE, true },
	};
	struct bench *b = *state;
	struct ng_request q = request_from("198.51.100.7");

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target t;

		q.osrtp_accept = cases[i].accepts;
		assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", cases[i].media, &t), OUTCOME_OK);
		if (t.shield != cases[i].shield || t.keyless != cases[i].keyless || t.refused != cases[i].keyless)
			fail_msg("%u %s", i, cases[i].media);
		terms_drop(t.terms);
	}
}

/* What clients say of a side's addresses. */
static void wishes(void **state)
{
	static const struct {
		const char *name;
		enum { NOTHING, SOURCE, ASYMMETRIC, WAIT } wish;
		const char *received, *c, *expected, *said;
		enum latch_policy policy;
	} cases[] = {
		{ "behind NAT, by itself", NOTHING, "198.51.100.7", "IP4 192.168.1.5", "none", "192.168.1.5:4000",
		  LATCH_SIG_IP },
		{ "the signalling's address instead", SOURCE, "198.51.100.7", "IP4 192.168.1.5", "198.51.100.7:4000",
		  "198.51.100.7:4000", LATCH_SDP_IP },
		{ "old hold stays hold", SOURCE, "198.51.100.7", "IP4 0.0.0.0", "none", "0.0.0.0:4000", LATCH_SIG_IP },
		{ "nobody knows where it came from", SOURCE, NULL, "IP4 198.51.100.8", "198.51.100.8:4000",
		  "198.51.100.8:4000", LATCH_SDP_IP },
		{ "asymmetric: held to its description", ASYMMETRIC, "198.51.100.7", "IP4 198.51.100.8",
		  "198.51.100.8:4000", "198.51.100.8:4000", LATCH_SDP_IP },
		{ "nothing before something is heard", WAIT, "198.51.100.7", "IP4 198.51.100.7", "none",
		  "198.51.100.7:4000", LATCH_SDP_IP },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_request q = {
			.sip_source_address = cases[i].wish == SOURCE,
			.asymmetric = cases[i].wish == ASYMMETRIC,
			.nat_wait = cases[i].wish == WAIT,
		};
		char said[ADDR_TEXT_MAX], expected[ADDR_TEXT_MAX] = "none";
		struct target t;

		if (cases[i].received)
			q.received_from = rig_addr(cases[i].received);
		assert_int_equal(read_one(b, OUT, &q, cases[i].c, "m=audio 4000 RTP/AVP 0\r\n", &t), OUTCOME_OK);
		if (t.rtp_expected)
			addr_text(&t.said_rtp, expected);
		addr_text(&t.said_rtp, said);
		if (strcmp(said, cases[i].said) != 0 || strcmp(expected, cases[i].expected) != 0 ||
		    t.policy != cases[i].policy || t.asymmetric != q.asymmetric)
			fail_msg("%s: %s, %s, policy %d", cases[i].name, said, expected, (int)t.policy);
	}
}

/* What either realm does not want is refused, and said to be us. */
static void kinds_by_realm(void **state)
{
	static const struct {
		const char *media;
		uint8_t out, lan;
		bool unwanted, datagram;
	} cases[] = {
		{ "m=audio 4000 RTP/AVP 0\r\n", 1 << CONF_KIND_AUDIO, 1 << CONF_KIND_AUDIO, false, false },
		{ "m=AUDIO 4000 RTP/AVP 0\r\n", 1 << CONF_KIND_AUDIO, 1 << CONF_KIND_AUDIO, false, false },
		{ "m=video 4000 RTP/AVP 96\r\n", 0xff, 1 << CONF_KIND_AUDIO, true, false },
		{ "m=video 4000 RTP/AVP 96\r\n", 1 << CONF_KIND_AUDIO, 0xff, true, false },
		{ "m=video 0 RTP/AVP 96\r\n", 0, 0, false, false },
		{ "m=image 4000 udptl t38\r\n", 1 << CONF_KIND_IMAGE, 1 << CONF_KIND_IMAGE, false, true },
		{ "m=audio 4000 udptl t38\r\n", 1 << CONF_KIND_IMAGE, 0xff, true, true },
		{ "m=message 4000 udp x\r\n", 0xff, 0xff, true, true },
	};
	struct bench *b = *state;
	const struct ng_request q = request_from("198.51.100.7");

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target t;

		b->conf.realms[OUT].kinds = cases[i].out;
		b->conf.realms[LAN].kinds = cases[i].lan;
		assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", cases[i].media, &t), OUTCOME_OK);
		if (t.unwanted != cases[i].unwanted || t.datagram != cases[i].datagram || t.unsupported)
			fail_msg("%s", cases[i].media);
	}
}

static void broken_descriptions(void **state)
{
	struct bench *b = *state;
	const struct ng_request q = request_from("198.51.100.7");
	struct target t;

	assert_int_equal(read_one(b, OUT, &q, NULL, RIG_AUDIO("4000"), &t), OUTCOME_INCOMPLETE_SDP);
	assert_int_equal(read_one(b, OUT, &q, NULL, "m=audio 0 RTP/AVP 0\r\n", &t), OUTCOME_OK);
	assert_int_equal(read_one(b, OUT, &q, "IP9 1", RIG_AUDIO("4000"), &t), OUTCOME_BAD_SDP);
	assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", "m=audio 70000 RTP/AVP 0\r\n", &t), OUTCOME_BAD_SDP);
	assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7",
				  "m=an-unusually-long-media-type 4000 some/unusually/long/protocol/name 0\r\n", &t),
			 OUTCOME_OK);
	assert_string_equal(t.type, "an-unusuall");
	assert_string_equal(t.protocol, "some/unusually/long/pro");
}

/* R4, R5: what a new description changes. */
static void following(void **state)
{
	static const struct {
		const char *name;
		const char *c, *received, *port;
		bool relearn;
		const char *expected;
	} cases[] = {
		{ "the same again", "IP4 198.51.100.7", "198.51.100.7", "4000", false, "198.51.100.7:4000" },
		{ "another port", "IP4 198.51.100.7", "198.51.100.7", "4002", true, "198.51.100.7:4002" },
		{ "another host", "IP4 198.51.100.8", "198.51.100.8", "4000", true, "198.51.100.8:4000" },
		{ "hold by 0.0.0.0", "IP4 0.0.0.0", "198.51.100.7", "4000", false, "198.51.100.7:4000" },
		{ "refused", "IP4 198.51.100.9", "198.51.100.7", "0", false, "none" },
	};
	struct bench *b = *state;
	struct ng_request q = request_from("198.51.100.7");
	struct target first, private;

	assert_int_equal(read_one(b, OUT, &q, "IP4 198.51.100.7", RIG_AUDIO("4000"), &first), OUTCOME_OK);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ng_request again = request_from(cases[i].received);
		struct target next;
		char media[64], buf[ADDR_TEXT_MAX];

		snprintf(media, sizeof(media), "m=audio %s RTP/AVP 0\r\n", cases[i].port);
		assert_int_equal(read_one(b, OUT, &again, cases[i].c, media, &next), OUTCOME_OK);
		if (target_follow(&next, &first) != cases[i].relearn ||
		    strcmp(next.rtp_expected ? addr_text(&next.said_rtp, buf) : "none", cases[i].expected) != 0)
			fail_msg("%s", cases[i].name);
	}
	/* Behind a NAT nothing in the description tells that the phone has moved: its signalling does. */
	assert_int_equal(read_one(b, OUT, &q, "IP4 192.168.1.5", RIG_AUDIO("4000"), &private), OUTCOME_OK);
	first = private;
	assert_false(target_follow(&private, &first));
	q = request_from("198.51.100.200");
	assert_int_equal(read_one(b, OUT, &q, "IP4 192.168.1.5", RIG_AUDIO("4000"), &private), OUTCOME_OK);
	assert_true(target_follow(&private, &first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(policies, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_that_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(ports_of_ours_by_a_trusted_server, setup, teardown),
		cmocka_unit_test_setup_teardown(rtcp_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(kinds_of_media, setup, teardown),
		cmocka_unit_test_setup_teardown(protection, setup, teardown),
		cmocka_unit_test_setup_teardown(wishes, setup, teardown),
		cmocka_unit_test_setup_teardown(kinds_by_realm, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_descriptions, setup, teardown),
		cmocka_unit_test_setup_teardown(following, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
