/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/schema.h"

#include "alg/conf/type.h"

static const struct word nat_words[] = {
	{ "auto", CONF_NAT_AUTO }, { "always", CONF_NAT_ALWAYS }, { "never", CONF_NAT_NEVER }, { NULL, 0 }
};

static const struct word in_driver_words[] = {
	{ "auto", CONF_IN_DRIVER_AUTO }, { "always", CONF_IN_DRIVER_ALWAYS }, { "off", CONF_IN_DRIVER_OFF }, { NULL, 0 }
};

static const struct word rtcp_words[] = { { "relay", CONF_RTCP_RELAY },
					  { "generate", CONF_RTCP_GENERATE },
					  { NULL, 0 } };

static const struct word ping_words[] = { { "options", CONF_PING_OPTIONS }, { "crlf", CONF_PING_CRLF }, { NULL, 0 } };

static const struct word digest_words[] = {
	{ "md5", CONF_DIGEST_MD5 }, { "sha-256", CONF_DIGEST_SHA256 }, { "both", CONF_DIGEST_BOTH }, { NULL, 0 }
};

static const struct word level_words[] = {
	{ "error", 0 }, { "warning", 1 }, { "info", 2 }, { "debug", 3 }, { NULL, 0 }
};

static const struct word client_words[] = { { "none", CONF_CLIENT_NONE },
					    { "optional", CONF_CLIENT_OPTIONAL },
					    { "require", CONF_CLIENT_REQUIRE },
					    { NULL, 0 } };

static const struct word refer_words[] = {
	{ "pass", CONF_REFER_PASS }, { "local", CONF_REFER_LOCAL }, { "block", CONF_REFER_BLOCK }, { NULL, 0 }
};

static const struct word trunk_refer_words[] = { { "realm", CONF_REFER_REALM },
						 { "pass", CONF_REFER_PASS },
						 { "local", CONF_REFER_LOCAL },
						 { "block", CONF_REFER_BLOCK },
						 { NULL, 0 } };

static const struct word timer_words[] = {
	{ "pass", CONF_TIMER_PASS }, { "own", CONF_TIMER_OWN }, { "off", CONF_TIMER_OFF }, { NULL, 0 }
};

static const struct word trunk_timer_words[] = { { "realm", CONF_TIMER_REALM },
						 { "pass", CONF_TIMER_PASS },
						 { "own", CONF_TIMER_OWN },
						 { "off", CONF_TIMER_OFF },
						 { NULL, 0 } };

static const struct word fork_words[] = { { "parallel", CONF_FORK_PARALLEL }, { "one", CONF_FORK_ONE }, { NULL, 0 } };

static const struct word forks_words[] = { { "single", CONF_FORKS_SINGLE },
					   { "separate", CONF_FORKS_SEPARATE },
					   { NULL, 0 } };

static const struct word order_words[] = { { "priority", CONF_ORDER_PRIORITY },
					   { "weight", CONF_ORDER_WEIGHT },
					   { NULL, 0 } };

static const struct word want_words[] = { { "auto", CONF_WANT_AUTO },
					  { "udp", CONF_WANT_UDP },
					  { "tcp", CONF_WANT_TCP },
					  { "tls", CONF_WANT_TLS },
					  { NULL, 0 } };

static const struct word rel_words[] = {
	{ "pass", CONF_REL_PASS }, { "always", CONF_REL_ALWAYS }, { "never", CONF_REL_NEVER }, { NULL, 0 }
};

static const struct word early_words[] = {
	{ "last", CONF_EARLY_LAST }, { "first", CONF_EARLY_FIRST }, { "none", CONF_EARLY_NONE }, { NULL, 0 }
};

static const struct word ringback_words[] = { { "keep", CONF_RINGBACK_KEEP },
					      { "180", CONF_RINGBACK_180 },
					      { NULL, 0 } };

static const struct word redirect_words[] = { { "recurse", CONF_REDIRECT_RECURSE },
					      { "refuse", CONF_REDIRECT_REFUSE },
					      { "pass", CONF_REDIRECT_PASS },
					      { NULL, 0 } };

static const struct word diversion_words[] = { { "none", CONF_DIVERSION_NONE },
					       { "history-info", CONF_DIVERSION_HISTORY_INFO },
					       { "diversion", CONF_DIVERSION_DIVERSION },
					       { "both", CONF_DIVERSION_BOTH },
					       { NULL, 0 } };

static const struct word topology_words[] = { { "hide", CONF_TOPOLOGY_HIDE },
					      { "transparent", CONF_TOPOLOGY_TRANSPARENT },
					      { NULL, 0 } };

static const struct word offer_words[] = { { "pass", CONF_OFFER_PASS }, { "early", CONF_OFFER_EARLY }, { NULL, 0 } };

static const struct word refresh_words[] = { { "pass", CONF_REFRESH_PASS },
					     { "absorb", CONF_REFRESH_ABSORB },
					     { NULL, 0 } };

static const struct word trunk_refresh_words[] = {
	{ "realm", CONF_REFRESH_REALM }, { "pass", CONF_REFRESH_PASS }, { "absorb", CONF_REFRESH_ABSORB }, { NULL, 0 }
};

static const struct word dtmf_words[] = { { "rtp", CONF_DTMF_RTP }, { "info", CONF_DTMF_INFO }, { NULL, 0 } };

static const struct word trunk_dtmf_words[] = {
	{ "realm", CONF_DTMF_REALM }, { "rtp", CONF_DTMF_RTP }, { "info", CONF_DTMF_INFO }, { NULL, 0 }
};

static const struct word srtp_words[] = { { "auto", CONF_SRTP_AUTO },   { "off", CONF_SRTP_OFF },
					  { "sdes", CONF_SRTP_SDES },   { "dtls", CONF_SRTP_DTLS },
					  { "osrtp", CONF_SRTP_OSRTP }, { NULL, 0 } };

static const struct word calls_from_words[] = { { "registered", CONF_CALLS_REGISTERED },
						{ "any", CONF_CALLS_ANY },
						{ NULL, 0 } };

static const struct word leak_words[] = {
	{ "off", CONF_LEAK_OFF }, { "count", CONF_LEAK_COUNT }, { "block", CONF_LEAK_BLOCK }, { NULL, 0 }
};

static const struct word sandbox_words[] = {
	{ "on", CONF_SANDBOX_ON }, { "log", CONF_SANDBOX_LOG }, { "off", CONF_SANDBOX_OFF }, { NULL, 0 }
};

static const struct word numbers_words[] = { { "own", CONF_NUMBERS_OWN }, { "pass", CONF_NUMBERS_PASS }, { NULL, 0 } };

static const struct word kind_words[] = { { "audio", CONF_KIND_AUDIO },
					  { "video", CONF_KIND_VIDEO },
					  { "image", CONF_KIND_IMAGE },
					  { "text", CONF_KIND_TEXT },
					  { "application", CONF_KIND_APPLICATION },
					  { NULL, 0 } };

static const struct word outcome_words[] = { { "busy", CONF_BUSY },
					     { "no-answer", CONF_NO_ANSWER },
					     { "unreachable", CONF_UNREACHABLE },
					     { "refused", CONF_REFUSED },
					     { NULL, 0 } };

static const struct word upstream_words[] = { { "pcp", CONF_UPSTREAM_PCP }, { "off", CONF_UPSTREAM_OFF }, { NULL, 0 } };
static const struct word nftables_words[] = { { "own", CONF_NFTABLES_OWN }, { "off", CONF_NFTABLES_OFF }, { NULL, 0 } };

static const struct word pinhole_words[] = { { "auto", CONF_PINHOLES_AUTO },
					     { "always", CONF_PINHOLES_ALWAYS },
					     { "never", CONF_PINHOLES_NEVER },
					     { NULL, 0 } };

#define CONF(member)  RECORD_CONFIG, .offset = offsetof(struct config, member)
#define REALM(member) RECORD_REALM, .offset = offsetof(struct conf_realm, member)
#define TRUNK(member) RECORD_TRUNK, .offset = offsetof(struct conf_trunk, member)
#define ROUTE(member) RECORD_ROUTE, .offset = offsetof(struct conf_route, member)
#define SNI(member)   RECORD_SNI, .offset = offsetof(struct conf_sni, member)
#define PEER(member)  RECORD_PEER, .offset = offsetof(struct conf_peer, member)

/* RFC 4028 5: no Min-SE is below 90 s. */
enum { SESSION_MIN_S = 90, SESSION_MAX_S = 86400 };

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const struct key schema[] = {
	{ "$schema", KEY_VALUE, RECORD_CONFIG, &type_ignored,
	  .help = "where an editor finds a description of this file; has no effect" },

	{ "node", KEY_OBJECT, .help = "this SBC" },
	{ "node.name", KEY_VALUE, CONF(node), .type = &type_name, .preset = "\"natsbc\"",
	  .help = "its name in the API and in logs" },
	{ "node.user", KEY_VALUE, CONF(user), .type = &type_text, .min = 1, .max = 32,
	  .otherwise = "natsbc, where there is such a user",
	  .help = "who `sbc` becomes when root starts it, once its sockets are open: a name, or a number that needs no "
		  "entry in /etc/passwd" },
	{ "node.sandbox", KEY_VALUE, CONF(sandbox), .type = &type_choice, .words = sandbox_words, .preset = "\"on\"",
	  .help = "what both programs may ask of the kernel once they run: `on`: what they need; `log`: all, but the "
		  "kernel's log tells of the rest; `off`" },
	{ "node.leak-check", KEY_VALUE, CONF(leak_check), .type = &type_choice, .words = leak_words,
	  .preset = "\"count\"",
	  .help = "messages that would tell one side an address of the other: `off`, `count` and log them, or `block` "
		  "them" },

	{ "realms", KEY_MAP, RECORD_REALM, .required = true,
	  .help = "where: networks that the SBC has an address in, by a name of your choice" },
	{ "realms.*", KEY_OBJECT, RECORD_REALM, .help = "one realm" },
	{ "realms.*.address", KEY_VALUE, REALM(address), .type = &type_bind, .required = true,
	  .help = "the IP address to bind; `auto` is that of the interface with the default route" },
	{ "realms.*.public", KEY_VALUE, REALM(public), .type = &type_public, .otherwise = "the address",
	  .help = "the IP address to advertise, where a 1:1 NAT stands before the SBC; `auto`: as the router above "
		  "says, which is asked for ports, too (`pinholes.upstream`), or a STUN server; else the address" },
	{ "realms.*.interface", KEY_VALUE, REALM(interface), .type = &type_text, .min = 1, .max = 15,
	  .otherwise = "the one that holds the address", .help = "the network interface for media" },
	{ "realms.*.networks", KEY_VALUE, REALM(networks), .type = &type_networks, .otherwise = "any",
	  .help = "sources that may speak to this realm, as prefixes" },
	{ "realms.*.listen", KEY_VALUE, REALM(listen), .type = &type_listen, .preset = "[\"udp:5060\", \"tcp:5060\"]",
	  .help = "transports and ports for SIP: `udp`, `tcp`, `tls`, `ws`, `wss`; a realm with `tls` listens on "
		  "`tls:5061` too unless told" },
	{ "realms.*.dscp", KEY_VALUE, REALM(signalling_dscp), .type = &type_mark, .preset = "\"cs5\"",
	  .help = "DSCP of the SIP sent (RFC 4594 4.2): 0-63, `ef`, `cs0`-`cs7`, `af11`-`af43`; \"media.dscp\" is that "
		  "of the media" },
	{ "realms.*.tls", KEY_OBJECT, RECORD_REALM, .otherwise = "no TLS",
	  .help = "certificates, for `tls`, `wss`, and trunks reached over TLS" },
	{ "realms.*.tls.cert", KEY_VALUE, REALM(tls.cert), .type = &type_file, .required = true,
	  .help = "PEM file of the certificate and those that signed it, relative to this file; or `cred:NAME`, a "
		  "credential that systemd loaded" },
	{ "realms.*.tls.key", KEY_VALUE, REALM(tls.key), .type = &type_file, .required = true,
	  .help = "PEM file of its key, or `cred:NAME`" },
	{ "realms.*.tls.ca", KEY_VALUE, REALM(tls.ca), .type = &type_file, .otherwise = "none",
	  .help = "PEM file of those who sign the certificates of clients" },
	{ "realms.*.tls.client", KEY_VALUE, REALM(tls.client), .type = &type_choice, .words = client_words,
	  .preset = "\"none\"", .help = "whether clients are asked for certificates: `none`, `optional`, `require`" },
	{ "realms.*.tls.more", KEY_VALUE, REALM(tls.more), .type = &type_more, .otherwise = "none",
	  .help = "other certificates, for clients that ask for other names (SNI)" },
	{ "realms.*.tls.more[].names", KEY_VALUE, SNI(names), .count = offsetof(struct conf_sni, nname),
	  .type = &type_certified, .max = CONF_NAME_MAX, .required = true,
	  .help = "these names; `*.example.net` is every name one label below" },
	{ "realms.*.tls.more[].cert", KEY_VALUE, SNI(cert), .type = &type_file, .required = true,
	  .help = "as `realms.*.tls.cert`" },
	{ "realms.*.tls.more[].key", KEY_VALUE, SNI(key), .type = &type_file, .required = true,
	  .help = "as `realms.*.tls.key`" },
	{ "realms.*.ws-origins", KEY_VALUE, REALM(ws_origins), .count = offsetof(struct conf_realm, nws_origin),
	  .type = &type_origins, .max = CONF_ORIGIN_MAX, .otherwise = "any",
	  .help = "web pages whose phones may connect, as `https://phone.example.net`" },
	{ "realms.*.refer", KEY_VALUE, REALM(refer), .type = &type_choice, .words = refer_words, .preset = "\"pass\"",
	  .help = "REFER (transfer) from phones: `pass` it on, `local`: make the new call here, `block`: refuse it" },
	{ "realms.*.forks", KEY_VALUE, REALM(forks), .type = &type_choice, .words = forks_words, .preset = "\"single\"",
	  .help = "what phones see of a call that rings at several places: `single`, one early dialog; or `separate`, "
		  "one each" },
	{ "realms.*.topology", KEY_VALUE, REALM(topology), .type = &type_choice, .words = topology_words,
	  .preset = "\"hide\"",
	  .help = "`hide`: this side learns nothing of the others; `transparent`: between two such realms, messages "
		  "cross with little changed" },
	{ "realms.*.refresh", KEY_VALUE, REALM(refresh), .type = &type_choice, .words = refresh_words,
	  .preset = "\"pass\"",
	  .help = "session refreshes of phones that change nothing: `pass` them on, `absorb`: answer them here" },
	{ "realms.*.dtmf", KEY_VALUE, REALM(dtmf), .type = &type_choice, .words = dtmf_words, .preset = "\"rtp\"",
	  .help = "how digits that are dialled in a call cross: `rtp`: as they come (RFC 4733); `info`: phones send "
		  "and "
		  "get them by INFO, the other side by RTP" },
	{ "realms.*.srtp", KEY_VALUE, REALM(srtp), .type = &type_choice, .words = srtp_words, .preset = "\"auto\"",
	  .help = "SRTP with phones: `auto`: as they offer, and with browsers; `off`: RTP in the clear; `sdes`, "
		  "`dtls`: "
		  "that "
		  "and nothing else; `osrtp`: offered along, for phones that take it (RFC 8643)" },
	{ "realms.*.trusted", KEY_VALUE, REALM(trusted), .type = &type_flag, .preset = "false",
	  .help = "whether its phones are trusted to tell who they are, and are told who asks for privacy (RFC 3325)" },
	{ "realms.*.limits", KEY_OBJECT, RECORD_REALM, .help = "what the realm may use up" },
	{ "realms.*.limits.calls", KEY_VALUE, REALM(max_calls), .type = &type_count, .min = 0, .max = 1000000,
	  .preset = "0", .help = "calls at once, from and to the realm; 0 is no limit" },
	{ "realms.*.limits.cps", KEY_VALUE, REALM(max_cps), .type = &type_count, .min = 0, .max = 100000, .preset = "0",
	  .help = "new calls per second from the realm; 0 is no limit" },
	{ "realms.*.guard", KEY_OBJECT, RECORD_REALM,
	  .help = "how much strangers may say, and what they are banned for" },
	{ "realms.*.guard.per-source", KEY_VALUE, REALM(guard.per_source), .type = &type_count, .min = 0, .max = 100000,
	  .preset = "50",
	  .help = "messages a second from one source (an IPv4 address, an IPv6 /64), more of it for each phone that is "
		  "registered from there; a registered phone has ten times as much for itself, trunks are not held up; "
		  "0 is no "
		  "limit" },
	{ "realms.*.guard.failed-auth", KEY_VALUE, REALM(guard.failed_auth), .type = &type_count, .min = 0, .max = 1000,
	  .preset = "10", .help = "wrong passwords from one source before it is banned; 0 is no limit" },
	{ "realms.*.guard.ban", KEY_VALUE, REALM(guard.ban_s), .type = &type_seconds, .min = 1, .max = 30u * 86400,
	  .or_zero = true, .preset = "\"1h\"",
	  .help = "how long who guesses or scans is banned; four times as long each time again; `0`: nobody is" },
	{ "realms.*.session-timer", KEY_OBJECT, RECORD_REALM, .help = "session timers with phones (RFC 4028)" },
	{ "realms.*.session-timer.mode", KEY_VALUE, REALM(timer.mode), .type = &type_choice, .words = timer_words,
	  .preset = "\"pass\"",
	  .help = "`pass`: as the two sides agree; `own`: the SBC keeps a timer with this side; `off`: none" },
	{ "realms.*.session-timer.expires", KEY_VALUE, REALM(timer.expires_s), .type = &type_seconds,
	  .min = SESSION_MIN_S, .max = SESSION_MAX_S, .preset = "\"30m\"",
	  .help = "the interval asked for in mode `own`" },
	{ "realms.*.session-timer.min", KEY_VALUE, REALM(timer.min_s), .type = &type_seconds, .min = SESSION_MIN_S,
	  .max = SESSION_MAX_S, .preset = "\"90s\"", .help = "the shortest interval agreed to" },
	{ "realms.*.media", KEY_OBJECT, RECORD_REALM, .help = "RTP and RTCP" },
	{ "realms.*.media.ports", KEY_VALUE, REALM(media_first), .type = &type_ports,
	  .otherwise = "10000-29999, in equal parts for realms on one address",
	  .help = "UDP ports for media, first and last" },
	{ "realms.*.media.keepalive", KEY_VALUE, REALM(media_keepalive_ms), .type = &type_milliseconds,
	  .min = 5 * SECOND, .max = HOUR, .or_zero = true, .preset = "\"15s\"",
	  .help = "how long nothing may be sent to a phone behind NAT, or to one that waits for us, before the relay "
		  "sends something itself; `0` is for ever" },
	{ "realms.*.media.dscp", KEY_VALUE, REALM(dscp), .type = &type_dscp, .preset = "\"ef\"",
	  .help = "DSCP of the media sent: 0-63, `ef`, `cs0`-`cs7`, `af11`-`af43`; or by kind, as `{\"audio\": \"ef\", "
		  "\"video\": \"af41\"}`, where `other` is for kinds that are not named" },
	{ "realms.*.media.latch", KEY_VALUE, REALM(latch), .type = &type_latch, .preset = "\"auto\"",
	  .help = "which sources media may come from: `auto`, `exact` (as the SDP says), `sdp-ip` (its address, "
		  "any port), `sig-ip` (the address that signals; with a prefix length, as `sig-ip/24`), `open`" },
	{ "realms.*.media.kinds", KEY_VALUE, REALM(kinds), .type = &type_kinds, .words = kind_words,
	  .preset = "[\"audio\",\"video\",\"image\",\"text\",\"application\"]",
	  .help = "which media may cross, others are refused: `audio`, `video`, `image` (fax), `text` (real-time "
		  "text), "
		  "`application` (slides, floor control)" },
	{ "realms.*.media.codecs", KEY_VALUE, REALM(codecs.names), .count = offsetof(struct conf_realm, codecs.n),
	  .type = &type_codecs, .max = CONF_CODEC_MAX, .otherwise = "any, as they come",
	  .help = "audio codecs that may be used here, in the order that they are offered in: `NAME`, `NAME/CLOCK` or "
		  "`NAME/CLOCK/CHANNELS`; others are not shown" },
	{ "realms.*.media.numbers", KEY_VALUE, REALM(numbers), .type = &type_choice, .words = numbers_words,
	  .preset = "\"own\"",
	  .help = "payload numbers: `own`: each side is shown those that it gave, and packets are renumbered; `pass`: "
		  "as they come" },
	{ "realms.*.phones", KEY_NOTED, REALM(phones.present), .otherwise = "no phones",
	  .help = "phones may register here" },
	{ "realms.*.phones.home", KEY_VALUE, REALM(phones.home), .type = &type_home, .preset = "\"local\"",
	  .help = "who keeps the registrations: `local` is this SBC; or the name of a trunk, which they are passed on "
		  "to" },
	{ "realms.*.phones.calls-from", KEY_VALUE, REALM(phones.calls_from), .type = &type_choice,
	  .words = calls_from_words, .preset = "\"registered\"",
	  .help = "with a trunk as `home`, who may call: `registered` phones alone, or `any`, which the trunk then "
		  "asks "
		  "for a password" },
	{ "realms.*.phones.users", KEY_VALUE, REALM(phones.users), .type = &type_path, .preset = "\"users.json\"",
	  .help = "the file of names and passwords, relative to this file; the same in all realms. None where a trunk "
		  "is `home`" },
	{ "realms.*.phones.domains", KEY_VALUE, REALM(phones.domains), .type = &type_domains,
	  .count = offsetof(struct conf_realm, phones.ndomain), .max = CONF_DOMAIN_MAX,
	  .otherwise = "the addresses of the realms", .help = "host parts that are ours in the phones' addresses" },
	{ "realms.*.phones.nat", KEY_VALUE, REALM(phones.nat), .type = &type_choice, .words = nat_words,
	  .preset = "\"auto\"", .help = "whether to treat a phone as behind NAT: `auto`, `always`, `never`" },
	{ "realms.*.phones.digest", KEY_VALUE, REALM(phones.digest), .type = &type_choice, .words = digest_words,
	  .preset = "\"md5\"",
	  .help = "which digest is asked for: `md5`, `sha-256`, or `both`; phones of today that "
		  "know only MD5 stumble over an offer of `both`" },
	{ "realms.*.phones.keepalive", KEY_VALUE, REALM(phones.keepalive_ms), .type = &type_milliseconds,
	  .min = 5 * SECOND, .max = HOUR, .or_zero = true, .preset = "\"30s\"",
	  .help = "how often phones behind NAT are pinged, so that their NAT keeps the way open; `0` is never" },
	{ "realms.*.phones.ping", KEY_VALUE, REALM(phones.ping), .type = &type_choice, .words = ping_words,
	  .preset = "\"options\"",
	  .help = "what a ping is: `options`, which must be answered, so that phones that are gone are noticed; or "
		  "`crlf`, two empty lines that no phone answers" },
	{ "realms.*.phones.expires", KEY_OBJECT, RECORD_REALM, .help = "how long registrations are granted" },
	{ "realms.*.phones.expires.nat-udp", KEY_VALUE, REALM(phones.expires_udp_s), .type = &type_seconds, .min = 10,
	  .max = 86400, .preset = "\"60s\"", .help = "to phones behind NAT, over UDP" },
	{ "realms.*.phones.expires.stream", KEY_VALUE, REALM(phones.expires_stream_s), .type = &type_seconds, .min = 10,
	  .max = 86400, .preset = "\"10m\"", .help = "to phones over TCP, TLS or WebSocket" },
	{ "realms.*.phones.expires.upstream", KEY_VALUE, REALM(phones.expires_upstream_s), .type = &type_seconds,
	  .min = 60, .max = 86400, .preset = "\"1h\"", .help = "what a trunk is asked for that is `home`" },
	{ "realms.*.phones.fork", KEY_VALUE, REALM(phones.fork), .type = &type_choice, .words = fork_words,
	  .preset = "\"parallel\"",
	  .help = "a user with several phones: `parallel`, all ring; or `one`, the one he prefers (q), else the "
		  "newest" },
	{ "realms.*.phones.limits", KEY_OBJECT, RECORD_REALM, .help = "what one phone may use up" },
	{ "realms.*.phones.limits.per-user-calls", KEY_VALUE, REALM(phones.calls_per_user), .type = &type_count,
	  .min = 0, .max = 100000, .preset = "8", .help = "calls at once of one user; 0 is no limit" },
	{ "realms.*.phones.limits.per-user-cps", KEY_VALUE, REALM(phones.user_cps), .type = &type_count, .min = 0,
	  .max = 100000, .preset = "0", .help = "new calls per second of one user; 0 is no limit" },
	{ "realms.*.phones.limits.upstream", KEY_VALUE, REALM(phones.upstream_rate), .type = &type_count, .min = 0,
	  .max = 100000, .preset = "100",
	  .help = "registrations per second that are passed on to a trunk that is `home`, half of them kept for phones "
		  "that it let in before; 0 is no limit" },

	{ "trunks", KEY_MAP, RECORD_TRUNK, .otherwise = "none",
	  .help = "who: PBXs, carriers and other SIP servers, by a name of your choice" },
	{ "trunks.*", KEY_OBJECT, RECORD_TRUNK, .help = "one trunk" },
	{ "trunks.*.realm", KEY_VALUE, TRUNK(realm), .type = &type_realm, .required = true,
	  .help = "the realm that the trunk is reached from" },
	{ "trunks.*.peers", KEY_VALUE, TRUNK(peers), .type = &type_peers, .required = true,
	  .help = "its servers: `IP`, `IP:PORT`, `DOMAIN` (found by NAPTR, SRV and addresses), `DOMAIN:PORT`, or an "
		  "object" },
	{ "trunks.*.peers[].host", KEY_VALUE, PEER(host), .type = &type_host, .required = true,
	  .help = "one of these texts" },
	{ "trunks.*.peers[].priority", KEY_VALUE, PEER(priority), .type = &type_short, .min = 0, .max = 65535,
	  .preset = "1", .help = "lowest first; among equals, first in the list first" },
	{ "trunks.*.peers[].weight", KEY_VALUE, PEER(weight), .type = &type_short, .min = 0, .max = 65535,
	  .preset = "1", .help = "share of the calls among peers of one priority, where `order` is `weight`" },
	{ "trunks.*.order", KEY_VALUE, TRUNK(order), .type = &type_choice, .words = order_words,
	  .preset = "\"priority\"",
	  .help = "`priority`: the first peer that answers OPTIONS; `weight`: those of the lowest priority share "
		  "calls" },
	{ "trunks.*.transport", KEY_VALUE, TRUNK(transport), .type = &type_choice, .words = want_words,
	  .otherwise = "`udp` where all peers are addresses, else `auto`",
	  .help = "how peers are reached: `udp`, `tcp`, `tls`, or `auto`: as DNS says; the realm must listen on it" },
	{ "trunks.*.verify", KEY_VALUE, TRUNK(verify), .type = &type_verify, .otherwise = "on",
	  .help = "what certificates of peers must show; `off` takes any" },
	{ "trunks.*.verify.ca", KEY_VALUE, TRUNK(verify.ca), .type = &type_authorities, .otherwise = "`system`",
	  .help = "PEM file of those who sign them, or `system`" },
	{ "trunks.*.verify.names", KEY_VALUE, TRUNK(verify.names), .count = offsetof(struct conf_trunk, verify.nname),
	  .type = &type_certified, .max = CONF_NAME_MAX, .otherwise = "the peer's host",
	  .help = "one of these must be in them" },
	{ "trunks.*.probe", KEY_VALUE, TRUNK(probe_ms), .type = &type_milliseconds, .min = SECOND, .max = HOUR,
	  .or_zero = true, .preset = "\"30s\"", .help = "OPTIONS to see whether a peer is alive; `0` sends none" },
	{ "trunks.*.probe-fails", KEY_VALUE, TRUNK(probe_fails), .type = &type_tiny, .min = 1, .max = 100,
	  .preset = "2", .help = "so many in a row must fail for a peer to count as down" },
	{ "trunks.*.probe-passes", KEY_VALUE, TRUNK(probe_passes), .type = &type_tiny, .min = 1, .max = 100,
	  .preset = "2", .help = "so many in a row must be answered for it to count as up again" },
	{ "trunks.*.probe-bad", KEY_VALUE, TRUNK(probe_bad), .count = offsetof(struct conf_trunk, nprobe_bad),
	  .type = &type_statuses, .max = CONF_STATUS_MAX, .otherwise = "none",
	  .help = "answers to OPTIONS that count as failed; 503 and no answer always do" },
	{ "trunks.*.hunt", KEY_VALUE, TRUNK(hunt_ms), .type = &type_milliseconds, .min = SECOND / 2, .max = MINUTE,
	  .or_zero = true, .preset = "\"4s\"",
	  .help = "no response at all to a call after so long: the next peer is tried; `0` waits on" },
	{ "trunks.*.refer", KEY_VALUE, TRUNK(refer), .type = &type_choice, .words = trunk_refer_words,
	  .preset = "\"realm\"", .help = "as `realms.*.refer`; `realm`: what the trunk's realm says" },
	{ "trunks.*.100rel", KEY_VALUE, TRUNK(rel), .type = &type_choice, .words = rel_words, .preset = "\"pass\"",
	  .help = "reliable provisional responses (RFC 3262): `pass`: offered where the caller offers them, `always`, "
		  "`never`" },
	{ "trunks.*.forks", KEY_VALUE, TRUNK(forks), .type = &type_choice, .words = forks_words, .preset = "\"single\"",
	  .help = "as `realms.*.forks`" },
	{ "trunks.*.early-media", KEY_VALUE, TRUNK(early), .type = &type_choice, .words = early_words,
	  .preset = "\"last\"", .help = "which side is heard before the answer, of several: `last`, `first`, `none`" },
	{ "trunks.*.ringback", KEY_VALUE, TRUNK(ringback), .type = &type_choice, .words = ringback_words,
	  .preset = "\"keep\"",
	  .help = "`keep`: ringing and early media as they come; `180`: ringing alone, the caller makes his own tone" },
	{ "trunks.*.redirect", KEY_VALUE, TRUNK(redirect), .type = &type_choice, .words = redirect_words,
	  .preset = "\"recurse\"",
	  .help = "3xx: `recurse`: follow to peers of our trunks, `refuse`: the caller gets 480, `pass` it on" },
	{ "trunks.*.diversion", KEY_VALUE, TRUNK(diversion), .type = &type_choice, .words = diversion_words,
	  .preset = "\"none\"",
	  .help = "how the trunk is told who diverted a call: `history-info`, `diversion`, `both`, `none`" },
	{ "trunks.*.offer", KEY_VALUE, TRUNK(offer), .type = &type_choice, .words = offer_words, .preset = "\"pass\"",
	  .help = "calls without SDP: `pass` them on so, or `early`: the trunk gets an offer at once" },
	{ "trunks.*.refresh", KEY_VALUE, TRUNK(refresh), .type = &type_choice, .words = trunk_refresh_words,
	  .preset = "\"realm\"", .help = "as `realms.*.refresh`; `realm`: what the trunk's realm says" },
	{ "trunks.*.dtmf", KEY_VALUE, TRUNK(dtmf), .type = &type_choice, .words = trunk_dtmf_words,
	  .preset = "\"realm\"", .help = "as `realms.*.dtmf`; `realm`: what the trunk's realm says" },
	{ "trunks.*.srtp", KEY_VALUE, TRUNK(srtp), .type = &type_choice, .words = srtp_words, .preset = "\"off\"",
	  .help = "as `realms.*.srtp`" },
	{ "trunks.*.trusted", KEY_VALUE, TRUNK(trusted), .type = &type_flag, .preset = "false",
	  .help = "as `realms.*.trusted`" },
	{ "trunks.*.codecs", KEY_VALUE, TRUNK(codecs.names), .count = offsetof(struct conf_trunk, codecs.n),
	  .type = &type_codecs, .max = CONF_CODEC_MAX, .otherwise = "any that its realm allows",
	  .help = "as `realms.*.media.codecs`, which hold too" },
	{ "trunks.*.called", KEY_VALUE, TRUNK(called), .count = offsetof(struct conf_trunk, ncalled),
	  .type = &type_rewrites, .max = CONF_REWRITE_MAX, .otherwise = "as they come",
	  .help = "called numbers as the trunk wants them: `EXPRESSION => TEXT`; what fits is replaced, `\\1` to `\\9` "
		  "are its groups; the first that fits is applied" },
	{ "trunks.*.caller", KEY_VALUE, TRUNK(caller), .count = offsetof(struct conf_trunk, ncaller),
	  .type = &type_rewrites, .max = CONF_REWRITE_MAX, .otherwise = "as they come",
	  .help = "the same, numbers of those who call" },
	{ "trunks.*.auth", KEY_OBJECT, RECORD_TRUNK, .otherwise = "that of `register`",
	  .help = "what the SBC answers with, where the trunk asks it for a password" },
	{ "trunks.*.auth.user", KEY_VALUE, TRUNK(auth.user), .type = &type_text, .min = 1, .max = 128, .required = true,
	  .help = "the user name" },
	{ "trunks.*.auth.password", KEY_VALUE, TRUNK(auth.password), .type = &type_secret, .required = true,
	  .help = "where the password is: `file:PATH`, relative to this file; `env:NAME`, a variable; or `cred:NAME`, "
		  "a "
		  "credential that systemd loaded" },
	{ "trunks.*.auth.realm", KEY_VALUE, TRUNK(auth.realm), .type = &type_text, .min = 1, .max = 128,
	  .otherwise = "whichever the trunk asks for", .help = "no other realm of theirs is answered" },
	{ "trunks.*.register", KEY_NOTED, TRUNK(reg.present), .otherwise = "none",
	  .help = "the SBC registers with the trunk" },
	{ "trunks.*.register.user", KEY_VALUE, TRUNK(reg.user), .type = &type_user, .required = true,
	  .help = "the user part registered" },
	{ "trunks.*.register.password", KEY_VALUE, TRUNK(reg.password), .type = &type_secret,
	  .otherwise = "that of `auth`", .help = "as `trunks.*.auth.password`" },
	{ "trunks.*.register.realm", KEY_VALUE, TRUNK(reg.realm), .type = &type_text, .min = 1, .max = 128,
	  .otherwise = "whichever the trunk asks for", .help = "as `trunks.*.auth.realm`" },
	{ "trunks.*.register.domain", KEY_VALUE, TRUNK(reg.domain), .type = &type_host_name,
	  .otherwise = "the first peer's host", .help = "the host part registered" },
	{ "trunks.*.register.expires", KEY_VALUE, TRUNK(reg.expires_s), .type = &type_seconds, .min = 60, .max = 86400,
	  .preset = "\"1h\"", .help = "for how long, as asked for" },
	{ "trunks.*.session-timer", KEY_OBJECT, RECORD_TRUNK, .help = "as `realms.*.session-timer`, with this trunk" },
	{ "trunks.*.session-timer.mode", KEY_VALUE, TRUNK(timer.mode), .type = &type_choice, .words = trunk_timer_words,
	  .preset = "\"realm\"", .help = "the same; `realm`: what the trunk's realm says" },
	{ "trunks.*.session-timer.expires", KEY_VALUE, TRUNK(timer.expires_s), .type = &type_seconds,
	  .min = SESSION_MIN_S, .max = SESSION_MAX_S, .otherwise = "that of the realm",
	  .help = "the interval asked for in mode `own`" },
	{ "trunks.*.session-timer.min", KEY_VALUE, TRUNK(timer.min_s), .type = &type_seconds, .min = SESSION_MIN_S,
	  .max = SESSION_MAX_S, .otherwise = "that of the realm", .help = "the shortest interval agreed to" },
	{ "trunks.*.limits", KEY_OBJECT, RECORD_TRUNK, .help = "what may be sent to the trunk" },
	{ "trunks.*.limits.calls", KEY_VALUE, TRUNK(max_calls), .type = &type_count, .min = 0, .max = 1000000,
	  .preset = "0", .help = "calls at once; 0 is no limit" },
	{ "trunks.*.limits.cps", KEY_VALUE, TRUNK(max_cps), .type = &type_count, .min = 0, .max = 100000, .preset = "0",
	  .help = "new calls per second; 0 is no limit" },

	{ "routes", KEY_LIST, RECORD_ROUTE,
	  .otherwise = "users by registration; unknown numbers of phones to the only trunk",
	  .help = "which way: the first that fits a call decides" },
	{ "routes[].from", KEY_VALUE, RECORD_ROUTE, .type = &type_source, .otherwise = "any",
	  .help = "a trunk, or a realm for its phones" },
	{ "routes[].to-number", KEY_VALUE, ROUTE(to_number), .type = &type_pattern, .otherwise = "any",
	  .help = "POSIX extended regular expression on the user part that was dialled" },
	{ "routes[].to-user", KEY_VALUE, ROUTE(to_user), .type = &type_pattern, .otherwise = "none of our users",
	  .help = "the same, for users of our own: without it a route does not apply to them" },
	{ "routes[].from-number", KEY_VALUE, ROUTE(from_number), .type = &type_pattern, .otherwise = "any",
	  .help = "the same on the user part of who calls" },
	{ "routes[].to-domain", KEY_VALUE, ROUTE(to_domains), .count = offsetof(struct conf_route, nto_domain),
	  .type = &type_certified, .max = CONF_DOMAIN_MAX, .otherwise = "any",
	  .help = "host parts that were dialled; `*.example.net` is every name below" },
	{ "routes[].from-domain", KEY_VALUE, ROUTE(from_domains), .count = offsetof(struct conf_route, nfrom_domain),
	  .type = &type_certified, .max = CONF_DOMAIN_MAX, .otherwise = "any", .help = "host parts of who calls" },
	{ "routes[].header", KEY_VALUE, ROUTE(header), .count = offsetof(struct conf_route, nheader),
	  .type = &type_headers, .max = CONF_HEADER_MAX, .otherwise = "any",
	  .help = "headers that the call must have, all of them: `NAME: EXPRESSION`" },
	{ "routes[].time", KEY_VALUE, ROUTE(time), .count = offsetof(struct conf_route, ntime), .type = &type_windows,
	  .max = CONF_WINDOW_MAX, .otherwise = "always",
	  .help = "when, on the clock of the host: `mon-fri 08:00-18:00`, `sat,sun`, `22:00-06:00`" },
	{ "routes[].send", KEY_VALUE, ROUTE(send), .type = &type_send, .either = true,
	  .otherwise = "one of these three is needed",
	  .help = "where to: `TRUNK`, of which the first with a peer alive is used; `TRUNK:NUMBER`; `phones`, those of "
		  "the user that was dialled; `phones:USER`" },
	{ "routes[].redirect", KEY_VALUE, ROUTE(redirect), .count = offsetof(struct conf_route, nredirect),
	  .type = &type_uris, .max = CONF_REDIRECT_MAX, .either = true,
	  .help = "URIs that the caller shall try instead (302)" },
	{ "routes[].reject", KEY_VALUE, ROUTE(reject), .type = &type_short, .min = 400, .max = 699, .either = true,
	  .help = "the status that calls are answered with" },
	{ "routes[].fork", KEY_VALUE, ROUTE(parallel), .type = &type_turn, .preset = "\"turn\"",
	  .help = "several in `send`: in `turn`, or in `parallel`" },
	{ "routes[].timeout", KEY_VALUE, ROUTE(timeout_ms), .type = &type_milliseconds, .min = SECOND, .max = HOUR,
	  .otherwise = "`limits.ring-timeout`", .help = "no answer after so long: the route has failed" },
	{ "routes[].next", KEY_VALUE, ROUTE(next), .type = &type_outcomes, .words = outcome_words, .otherwise = "none",
	  .help = "when it has failed so, the routes that follow are asked: `busy`, `no-answer`, `unreachable`, "
		  "`refused`" },
	{ "routes[].called", KEY_VALUE, ROUTE(called), .count = offsetof(struct conf_route, ncalled),
	  .type = &type_rewrites, .max = CONF_REWRITE_MAX, .otherwise = "as they come",
	  .help = "as `trunks.*.called`, and before it" },
	{ "routes[].caller", KEY_VALUE, ROUTE(caller), .count = offsetof(struct conf_route, ncaller),
	  .type = &type_rewrites, .max = CONF_REWRITE_MAX, .otherwise = "as they come",
	  .help = "as `trunks.*.caller`, and before it" },
	{ "routes[].add", KEY_VALUE, ROUTE(add), .count = offsetof(struct conf_route, nadd), .type = &type_lines,
	  .max = CONF_LINE_MAX, .otherwise = "none", .help = "header lines that the call gets: `NAME: VALUE`" },
	{ "routes[].drop", KEY_VALUE, ROUTE(drop), .count = offsetof(struct conf_route, ndrop), .type = &type_names,
	  .max = CONF_LINE_MAX, .otherwise = "none", .help = "names of headers that the call loses" },
	{ "routes[].emergency", KEY_VALUE, ROUTE(emergency), .type = &type_flag, .preset = "false",
	  .help = "these calls are emergency calls: limits do not hold them up" },

	{ "relay", KEY_OBJECT, .help = "the media relay, `rtpproxy`" },
	{ "relay.ng", KEY_VALUE, CONF(relay.ng), .type = &type_ng, .preset = "[\"unix:/run/natsbc/ng.sock\"]",
	  .help = "where it is commanded: `unix:/PATH`, `udp:IP:PORT`, `tcp:IP:PORT`, `unix-stream:/PATH`; the SBC "
		  "uses the first, which must be of the first two" },
	{ "relay.ng-from", KEY_VALUE, CONF(relay.ng_from), .type = &type_ng_from, .otherwise = "this host only",
	  .help = "networks whose hosts may command it over UDP and TCP: whoever can, steers all calls" },
	{ "relay.port", KEY_VALUE, CONF(relay.port), .type = &type_text, .min = 1, .max = 255, .preset = "\"auto\"",
	  .help = "how it reaches the network: `auto`, `af_xdp`, `af_packet`, or a DPDK device, as "
		  "its PCI address: what is not media passes between it and the interface that the realm names" },
	{ "relay.in-driver", KEY_VALUE, CONF(relay.in_driver), .type = &type_choice, .words = in_driver_words,
	  .preset = "\"auto\"",
	  .help = "with `af_xdp`, established RTP is forwarded where it arrives: `auto`, by interfaces of which the "
		  "kernel says that they can; `always`, also where it does not tell (before Linux 6.3); `off`, never" },
	{ "relay.cores", KEY_VALUE, CONF(relay.cores), .type = &type_cores,
	  .otherwise = "one worker, placed by the kernel", .help = "processor cores for its workers" },
	{ "relay.idle-latency", KEY_VALUE, CONF(relay.idle_latency_us), .type = &type_microseconds, .min = 1,
	  .max = 10000, .or_zero = true, .preset = "\"250us\"",
	  .help = "the longest nap of a worker while packets come; without any it sleeps until one does; `0` never "
		  "sleeps" },
	{ "relay.sessions", KEY_VALUE, CONF(relay.sessions), .type = &type_count, .min = 1, .max = 1000000,
	  .otherwise = "twice `limits.calls`", .help = "media sessions at once" },
	{ "relay.silence-timeout", KEY_VALUE, CONF(relay.silence_timeout_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = DAY, .or_zero = true, .preset = "\"60s\"",
	  .help = "no media in either direction: the call is ended; `0` never" },
	{ "relay.held-timeout", KEY_VALUE, CONF(relay.held_timeout_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = DAY, .or_zero = true, .preset = "\"1h\"", .help = "the same, for a call on hold; `0` never" },
	{ "relay.one-way-timeout", KEY_VALUE, CONF(relay.one_way_timeout_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = DAY, .or_zero = true, .preset = "\"0\"",
	  .help = "media from one side only for so long: the call is ended; `0` never, it is only shown" },
	{ "relay.rtcp", KEY_VALUE, CONF(relay.rtcp), .type = &type_choice, .words = rtcp_words, .preset = "\"relay\"",
	  .help = "`relay` it between the sides; or `generate` receiver reports, too, in the place of a side that "
		  "sends "
		  "none" },
	{ "relay.user", KEY_VALUE, CONF(relay.user), .type = &type_text, .min = 1, .max = 32,
	  .otherwise = "natsbc-relay, where there is such a user",
	  .help = "who `rtpproxy` becomes when root starts it, as `node.user`" },
	{ "relay.capture-dir", KEY_VALUE, CONF(relay.capture_dir), .type = &type_path,
	  .preset = "\"/var/lib/natsbc/captures\"", .help = "where packets of captured calls are written" },
	{ "relay.capture-megabytes", KEY_VALUE, CONF(relay.capture_megabytes), .type = &type_count, .min = 1,
	  .max = 1000000, .preset = "64", .help = "the largest file of one captured call" },
	{ "relay.forward-to", KEY_VALUE, CONF(relay.forward_to), .type = &type_receiver, .otherwise = "nobody",
	  .help = "who gets the packets of forwarded calls while they last: `tcp:IP:PORT` or `unix:/PATH`" },
	{ "relay.delete-delay", KEY_VALUE, CONF(relay.delete_delay_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = HOUR, .or_zero = true, .preset = "\"30s\"",
	  .help = "how long what another SIP server deletes stays, for it may use it again; `0` not at all" },
	{ "relay.directions", KEY_VALUE, CONF(relay.directions), .type = &type_directions, .otherwise = "none",
	  .help = "what another SIP server calls our realms: `{ \"external\": \"internet\" }`" },
	{ "relay.templates", KEY_VALUE, CONF(relay.templates), .type = &type_templates, .otherwise = "none",
	  .help = "flags under names, for other SIP servers to use as `template=NAME`: "
		  "`{ \"browser\": \"WebRTC strip-extmap\" }`" },
	{ "relay.lease", KEY_VALUE, CONF(relay.lease_ms), .type = &type_milliseconds, .min = SECOND, .max = DAY,
	  .or_zero = true, .preset = "\"60s\"",
	  .help = "nothing heard of an SBC for so long: its sessions end once they are silent for as long; `0` never" },
	{ "relay.eal", KEY_VALUE, CONF(relay.eal), .type = &type_eal, .preset = "[]",
	  .help = "further arguments for DPDK's environment layer" },

	{ "pinholes", KEY_OBJECT, .help = "what the firewall lets in, `sbc-firewall`" },
	{ "pinholes.nftables", KEY_VALUE, CONF(pinholes.nftables), .type = &type_choice, .words = nftables_words,
	  .preset = "\"own\"",
	  .help = "`own`: a table of our own in the kernel, where media ports are closed but for calls, and where bans "
		  "are; `off`: none" },
	{ "pinholes.socket", KEY_VALUE, CONF(pinholes.socket), .type = &type_socket,
	  .preset = "\"/run/natsbc/firewall.sock\"", .help = "unix socket where the SBC asks for them" },
	{ "pinholes.idle", KEY_VALUE, CONF(pinholes.idle_s), .type = &type_seconds, .min = 2, .max = 3600,
	  .preset = "\"30s\"", .help = "so long without a packet, and a pinhole closes by itself" },
	{ "pinholes.calls", KEY_VALUE, CONF(pinholes.calls), .type = &type_choice, .words = pinhole_words,
	  .preset = "\"auto\"",
	  .help = "whether each call's media ports are opened in the table, too: `auto`: where the relay's packets "
		  "pass "
		  "it; `always`, `never`" },
	{ "pinholes.forward", KEY_VALUE, CONF(pinholes.forward), .type = &type_forward, .otherwise = "none",
	  .help = "ports of hosts behind this one that are closed but for pinholes, as `REALM:FIRST-LAST`" },
	{ "pinholes.upstream", KEY_OBJECT,
	  .help = "the router above this host, where the `public` address of a realm is `auto`" },
	{ "pinholes.upstream.protocol", KEY_VALUE, CONF(pinholes.upstream.protocol), .type = &type_choice,
	  .words = upstream_words, .preset = "\"pcp\"",
	  .help = "how it is asked for its address, and for ports that lead here: `pcp`, which is NAT-PMP where it "
		  "knows no other; `off`: not at all" },
	{ "pinholes.upstream.gateway", KEY_VALUE, CONF(pinholes.upstream.gateway), .type = &type_gateway,
	  .otherwise = "that of the default route", .help = "its address on our side" },
	{ "pinholes.upstream.lifetime", KEY_VALUE, CONF(pinholes.upstream.lifetime_s), .type = &type_seconds, .min = 30,
	  .max = 86400, .preset = "\"2m\"", .help = "for how long ports are asked for; they are renewed in time" },
	{ "pinholes.upstream.stun", KEY_VALUE, CONF(pinholes.upstream.stun), .type = &type_stun, .otherwise = "none",
	  .help = "STUN servers that are asked for the public address where it does not say: `IP` or `IP:PORT`" },

	{ "limits", KEY_OBJECT, .help = "sizes, fixed at start; when full, new work is refused with 503" },
	{ "limits.calls", KEY_VALUE, CONF(limits.calls), .type = &type_count, .min = 1, .max = 500000, .preset = "2000",
	  .help = "calls at once" },
	{ "limits.registrations", KEY_VALUE, CONF(limits.registrations), .type = &type_count, .min = 1, .max = 10000000,
	  .preset = "10000", .help = "contacts registered at once" },
	{ "limits.transactions", KEY_VALUE, CONF(limits.transactions), .type = &type_count, .min = 16, .max = 10000000,
	  .otherwise = "4000 and 12 for each of `limits.calls`", .help = "SIP transactions at once" },
	{ "limits.ring-timeout", KEY_VALUE, CONF(limits.ring_timeout_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = HOUR, .preset = "\"180s\"", .help = "no final answer after so long: the call attempt ends" },
	{ "limits.duration", KEY_VALUE, CONF(limits.max_duration_ms), .type = &type_milliseconds, .min = SECOND,
	  .max = 30u * DAY, .or_zero = true, .preset = "\"0\"", .help = "the longest call; `0` is no limit" },

	{ "limits.connections", KEY_VALUE, CONF(limits.connections), .type = &type_count, .min = 1, .max = 1000000,
	  .preset = "30000", .help = "TCP, TLS and WebSocket connections at once" },
	{ "limits.connections-per-source", KEY_VALUE, CONF(limits.connections_per_source), .type = &type_count,
	  .min = 1, .max = 1000000, .preset = "1000", .help = "the same, from one address" },
	{ "limits.branches", KEY_VALUE, CONF(limits.branches), .type = &type_count, .min = 1, .max = 60, .preset = "10",
	  .help = "phones and peers that one call rings at once (Max-Breadth, RFC 5393)" },
	{ "limits.udp-max", KEY_VALUE, CONF(limits.udp_max), .type = &type_count, .min = 500, .max = 65507,
	  .preset = "1300", .help = "bytes from which a request goes over TCP, to who can be reached so" },

	{ "guard", KEY_OBJECT, .help = "who is never banned" },
	{ "guard.allow", KEY_VALUE, CONF(allow), .type = &type_allow, .otherwise = "none",
	  .help = "networks that are neither banned nor held up, whatever they do" },

	{ "dns", KEY_OBJECT, .help = "how domains are looked up" },
	{ "dns.servers", KEY_VALUE, CONF(dns.servers), .type = &type_servers, .otherwise = "those of /etc/resolv.conf",
	  .help = "name servers, `IP` or `IP:PORT`" },
	{ "dns.timeout", KEY_VALUE, CONF(dns.timeout_ms), .type = &type_milliseconds, .min = SECOND / 10,
	  .max = 30 * SECOND, .preset = "\"2s\"", .help = "of one try" },
	{ "dns.tries", KEY_VALUE, CONF(dns.tries), .type = &type_count, .min = 1, .max = 10, .preset = "2",
	  .help = "how often each server is asked" },
	{ "dns.stale", KEY_VALUE, CONF(dns.stale_s), .type = &type_seconds, .min = 1, .max = 7 * 86400, .or_zero = true,
	  .preset = "\"1h\"", .help = "how long an answer serves beyond its time, while no server answers" },

	{ "api", KEY_OBJECT, .help = "management: state, metrics, hanging up" },
	{ "api.socket", KEY_VALUE, CONF(api.socket), .type = &type_socket, .or_zero = true,
	  .preset = "\"/run/natsbc/api.sock\"", .help = "unix socket for `sbcctl`; `none` for none" },
	{ "api.http", KEY_OBJECT, .help = "the same over TCP" },
	{ "api.http.listen", KEY_VALUE, CONF(api.http), .type = &type_http, .preset = "\"127.0.0.1:8080\"",
	  .help = "loopback address and port; `none` for none" },

	{ "store", KEY_OBJECT, .help = "what outlives a restart" },
	{ "store.local", KEY_VALUE, CONF(store.local), .type = &type_store, .preset = "\"/var/lib/natsbc/state.db\"",
	  .help = "the file of the database, relative to this file; `none` for none" },

	{ "log", KEY_OBJECT, .help = "the log, on standard error" },
	{ "log.level", KEY_VALUE, CONF(log.level), .type = &type_choice, .words = level_words, .preset = "\"info\"",
	  .help = "`error`, `warning`, `info` or `debug`" },
	{ .path = NULL },
};
