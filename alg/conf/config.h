/* SPDX-License-Identifier: BSD-3-Clause */
/* config.h: the configuration as typed values: realms (where), trunks (who), routes (which way). See conf/README.md. */
#ifndef NATSBC_CONF_CONFIG_H
#define NATSBC_CONF_CONFIG_H

#include "alg/base/addr.h"
#include "alg/base/writer.h"

enum {
	CONF_REALM_MAX = 16,
	CONF_LISTEN_MAX = 8,
	CONF_NETWORK_MAX = 16,
	CONF_DOMAIN_MAX = 8,
	CONF_TRUNK_MAX = 256,
	CONF_PEER_MAX = 8,
	CONF_ROUTE_MAX = 1024,
	CONF_SEND_MAX = 8,
	CONF_EAL_MAX = 16,
	CONF_CORE_MAX = 16,
	CONF_NG_MAX = 8,
	CONF_DIRECTION_MAX = 16,
	CONF_TEMPLATE_MAX = 32,
	CONF_TEMPLATE_NAME_MAX = 64,
	CONF_TEMPLATE_TEXT_MAX = 1024, /* bytes of one */
	CONF_FORWARD_MAX = 16,
	CONF_STUN_SERVER_MAX = 4,
	CONF_NAME_MAX = 8, /* of one certificate */
	CONF_SNI_MAX = 4,
	CONF_ORIGIN_MAX = 8,
	CONF_REDIRECT_MAX = 8,
	CONF_DNS_SERVER_MAX = 4,
	CONF_REWRITE_MAX = 8,
	CONF_HEADER_MAX = 4, /* conditions of one route */
	CONF_WINDOW_MAX = 8,
	CONF_LINE_MAX = 8, /* header lines that a route adds, names that it drops */
	CONF_STATUS_MAX = 8,
	CONF_CODEC_MAX = 16,
	CONF_ALLOW_MAX = 64,
	CONF_DAY_MIN = 24 * 60,
};

enum conf_transport { CONF_UDP, CONF_TCP, CONF_TLS, CONF_WS, CONF_WSS };
enum conf_nat { CONF_NAT_AUTO, CONF_NAT_ALWAYS, CONF_NAT_NEVER };
enum conf_ping { CONF_PING_OPTIONS, CONF_PING_CRLF };
enum conf_digest { CONF_DIGEST_MD5, CONF_DIGEST_SHA256, CONF_DIGEST_BOTH };
enum conf_latch { CONF_LATCH_AUTO, CONF_LATCH_EXACT, CONF_LATCH_SDP_IP, CONF_LATCH_SIG_IP, CONF_LATCH_OPEN };
enum conf_client { CONF_CLIENT_NONE, CONF_CLIENT_OPTIONAL, CONF_CLIENT_REQUIRE };
enum conf_refer { CONF_REFER_PASS, CONF_REFER_LOCAL, CONF_REFER_BLOCK, CONF_REFER_REALM };
enum conf_fork { CONF_FORK_PARALLEL, CONF_FORK_ONE };
enum conf_forks { CONF_FORKS_SINGLE, CONF_FORKS_SEPARATE };
enum conf_order { CONF_ORDER_PRIORITY, CONF_ORDER_WEIGHT };
enum conf_transport_want { CONF_WANT_AUTO, CONF_WANT_UDP, CONF_WANT_TCP, CONF_WANT_TLS };
enum conf_rel { CONF_REL_PASS, CONF_REL_ALWAYS, CONF_REL_NEVER };
enum conf_early { CONF_EARLY_LAST, CONF_EARLY_FIRST, CONF_EARLY_NONE };
enum conf_ringback { CONF_RINGBACK_KEEP, CONF_RINGBACK_180 };
enum conf_redirect { CONF_REDIRECT_RECURSE, CONF_REDIRECT_REFUSE, CONF_REDIRECT_PASS };
enum conf_diversion { CONF_DIVERSION_NONE, CONF_DIVERSION_HISTORY_INFO, CONF_DIVERSION_DIVERSION, CONF_DIVERSION_BOTH };
enum conf_topology { CONF_TOPOLOGY_HIDE, CONF_TOPOLOGY_TRANSPARENT };
enum conf_offer { CONF_OFFER_PASS, CONF_OFFER_EARLY };
/* How digits that are dialled in a call reach this side: as RTP (RFC 4733), or as INFO. */
enum conf_dtmf { CONF_DTMF_RTP, CONF_DTMF_INFO, CONF_DTMF_REALM };

/* How media is protected with this side (CALLS.md O7): as it asks for, never, always so, or where it takes our keys. */
enum conf_srtp { CONF_SRTP_AUTO, CONF_SRTP_OFF, CONF_SRTP_SDES, CONF_SRTP_DTLS, CONF_SRTP_OSRTP };

enum conf_refresh { CONF_REFRESH_PASS, CONF_REFRESH_ABSORB, CONF_REFRESH_REALM };
enum conf_calls_from { CONF_CALLS_REGISTERED, CONF_CALLS_ANY };
enum conf_sandbox { CONF_SANDBOX_ON, CONF_SANDBOX_LOG, CONF_SANDBOX_OFF };
enum conf_leak_check { CONF_LEAK_OFF, CONF_LEAK_COUNT, CONF_LEAK_BLOCK };
enum conf_outcome { CONF_BUSY, CONF_NO_ANSWER, CONF_UNREACHABLE, CONF_REFUSED }; /* bits 1u << x in conf_route.next */
enum conf_numbers { CONF_NUMBERS_OWN, CONF_NUMBERS_PASS };
/* Bits 1u << x in conf_realm.kinds; indexes of conf_realm.dscp. */
enum conf_kind {
	CONF_KIND_AUDIO,
	CONF_KIND_VIDEO,
	CONF_KIND_IMAGE,
	CONF_KIND_TEXT,
	CONF_KIND_APPLICATION,
	CONF_KIND_N
};
enum conf_timer_mode { CONF_TIMER_PASS, CONF_TIMER_OWN, CONF_TIMER_OFF, CONF_TIMER_REALM };

struct conf_listen {
	enum conf_transport transport;
	uint16_t port;
};

/* Another certificate, for clients that ask for one of these names (RFC 6066 3). */
struct conf_sni {
	const char *names[CONF_NAME_MAX]; /* "*.example.net" is any one label there */
	unsigned nname;
	const char *cert, *key; /* as in conf_tls */
};

/* Files are paths, resolved against the folder of the configuration, or "cred:NAME": a file of that name in the folder
 * that the environment variable CREDENTIALS_DIRECTORY names (systemd.exec(5)). */
struct conf_tls {
	const char *cert, *key; /* PEM; NULL: the realm has no TLS */
	const char *ca;         /* of certificates that clients show; NULL where client is NONE */
	enum conf_client client;
	struct conf_sni more[CONF_SNI_MAX];
	unsigned nmore;
};

/* Session timers (RFC 4028) with one side. */
struct conf_timer {
	uint32_t expires_s;        /* Session-Expires that we ask for */
	uint32_t min_s;            /* Min-SE: less is answered 422 */
	enum conf_timer_mode mode; /* of a trunk: the realm's where not given; REALM is never seen once it is loaded */
};

/* Present: phones may live in this realm. */
struct conf_phones {
	bool present;
	const char *home;  /* "local" (this SBC is the registrar) or the name of a trunk */
	int home_trunk;    /* index, or -1 for local */
	const char *users; /* path of the users file; NULL where home is a trunk */
	const char *domains[CONF_DOMAIN_MAX];
	unsigned ndomain;
	enum conf_nat nat;
	enum conf_digest digest;         /* what challenges offer */
	uint32_t keepalive_ms;           /* pings to phones behind NAT; 0 = none */
	enum conf_ping ping;             /* what they are */
	uint32_t expires_udp_s;          /* what a phone over UDP is granted */
	uint32_t expires_stream_s;       /* what a phone on a connection is granted */
	uint32_t expires_upstream_s;     /* what home is asked for, where that is a trunk */
	enum conf_fork fork;             /* a user with several phones: all ring, or one (highest q, newest) */
	enum conf_calls_from calls_from; /* with home at a trunk: who may call without being registered */
	uint32_t calls_per_user;
	uint32_t user_cps;      /* new calls per second of one user; 0 = no limit */
	uint32_t upstream_rate; /* REGISTERs per second that home gets; 0 = no limit */
};

/* Audio codecs that may be used, in the order that they are offered in; none: any, as they come. */
struct conf_codecs {
	const char *names[CONF_CODEC_MAX]; /* "PCMA", "opus/48000/2" */
	unsigned n;
};

/* How much who proved nothing may say, and what he is banned for. */
struct conf_guard {
	uint32_t per_source;  /* messages a second from one source; 0 = no limit */
	uint32_t failed_auth; /* wrong passwords before a ban; 0 = none */
	uint32_t ban_s;       /* the first ban; 0: nobody is banned */
};

struct conf_realm {
	const char *name;
	struct addr address;                      /* what we bind; port unused */
	bool address_auto;                        /* written "auto": address is unset until conf_resolve_auto() */
	struct addr public;                       /* what we advertise; = address where not given */
	bool public_auto;                         /* written "auto": to be found, and to be mapped upstream */
	const char *interface;                    /* NULL: the one that holds the address */
	struct prefix networks[CONF_NETWORK_MAX]; /* sources allowed to speak to us; none = any */
	unsigned nnetwork;
	struct conf_listen listen[CONF_LISTEN_MAX];
	unsigned nlisten;
	bool listen_default; /* not given: tls:5061 comes with the certificate */
	struct conf_tls tls;
	const char *ws_origins[CONF_ORIGIN_MAX]; /* web pages that may connect ("https://HOST[:PORT]"); none = any */
	unsigned nws_origin;
	uint16_t media_first, media_last; /* ports, both included */
	uint8_t dscp[CONF_KIND_N];        /* of what we send, by kind of media */
	uint8_t signalling_dscp;
	enum conf_latch latch;       /* AUTO: exact for trunks, for phones by where they are (CALLS.md M1) */
	uint8_t latch_bits;          /* of sig-ip: 32 unless given */
	uint32_t media_keepalive_ms; /* 0: never */
	enum conf_refer refer;       /* of phones; never REALM */
	enum conf_forks forks;       /* early dialogs toward phones */
	enum conf_topology topology;
	enum conf_refresh refresh; /* of phones: session refreshes that change nothing; never REALM */
	enum conf_dtmf dtmf;       /* of phones; never REALM */
	enum conf_srtp srtp;       /* with phones */
	bool trusted;              /* its phones belong to the trust domain of RFC 3325 */
	uint32_t max_calls;        /* at once, from and to the realm; 0 = no limit */
	uint32_t max_cps;          /* new calls per second from the realm; 0 = no limit */
	struct conf_timer timer;   /* of phones */
	struct conf_guard guard;
	struct conf_phones phones;
	struct conf_codecs codecs;
	enum conf_numbers numbers; /* OWN: each side is shown the payload numbers that it gave */
	uint8_t kinds;             /* of media that are relayed */
};

struct conf_peer {
	const char *name;  /* as written, with its port: for logs and labels */
	const char *host;  /* without port and brackets: an address or a domain */
	struct addr addr;  /* family ADDR_NONE: host is a domain. Port: the given one, else that of the transport */
	uint16_t port;     /* 0: not given */
	uint16_t weight;   /* share among peers of one priority, as in RFC 2782 */
	uint16_t priority; /* lowest first; peers of one priority in the order of the file */
};

/* What the certificate of a trunk's peers must show. */
struct conf_verify {
	const char *ca;                   /* path as in conf_tls, NULL: the system's */
	const char *names[CONF_NAME_MAX]; /* none: the peer's host */
	unsigned nname;
	bool off; /* any certificate will do */
};

/* A number as another wants it: what fits match is replaced by text, where \0 to \9 are what its groups held. */
struct conf_rewrite {
	const char *match; /* POSIX extended regular expression on a user part */
	const char *text;
};

/* With what challenges (401, 407) are answered. */
struct conf_credentials {
	const char *user;     /* NULL: none */
	const char *password; /* where it is: "file:PATH" (resolved), "env:NAME" or "cred:NAME" */
	const char *realm;    /* NULL: whichever the trunk's own servers ask for */
};

/* Present: this SBC registers with the trunk. */
struct conf_register {
	bool present;
	const char *user;   /* of the AOR, and of the Contact */
	const char *domain; /* of the AOR; NULL: the first peer's host */
	uint32_t expires_s;
	const char *password, *realm; /* as written: the trunk's auth has them, wherever they were written */
};

struct conf_trunk {
	const char *name;
	int realm; /* index */
	struct conf_peer peers[CONF_PEER_MAX];
	unsigned npeer;
	enum conf_order order;              /* of peers of one priority: as in the file, or by weight */
	enum conf_transport_want transport; /* AUTO: NAPTR and SRV decide (RFC 3263); UDP for addresses */
	struct conf_verify verify;
	uint32_t probe_ms;                   /* OPTIONS ping; 0 = none */
	uint8_t probe_fails;                 /* in a row, after which a peer is down */
	uint8_t probe_passes;                /* in a row, after which it is up again */
	uint16_t probe_bad[CONF_STATUS_MAX]; /* answers to OPTIONS that mean "down", besides 503 and none at all */
	unsigned nprobe_bad;
	uint32_t hunt_ms;              /* no provisional response by then: the next peer; 0 = never */
	uint32_t max_calls;            /* 0 = no limit */
	uint32_t max_cps;              /* new calls per second; 0 = no limit */
	bool trusted;                  /* belongs to the trust domain of RFC 3325 */
	enum conf_refer refer;         /* the realm's where not given; REALM is never seen once it is loaded */
	enum conf_rel rel;             /* 100rel toward this side: as the caller offers, or always, or never */
	enum conf_forks forks;         /* early dialogs toward this side: one for all, or one To-tag each */
	enum conf_early early;         /* which early media is let through, where several sides send some */
	enum conf_ringback ringback;   /* KEEP: 180 and 183 as they come; 180: without SDP */
	enum conf_redirect redirect;   /* 3xx */
	enum conf_diversion diversion; /* what tells this side that a call was diverted */
	enum conf_offer offer;         /* EARLY: calls without an offer get one */
	enum conf_refresh refresh;     /* the realm's where not given; REALM is never seen once it is loaded */
	enum conf_dtmf dtmf;           /* the realm's where not given; REALM is never seen once it is loaded */
	enum conf_srtp srtp;           /* not the realm's */
	struct conf_timer timer;
	struct conf_credentials auth; /* those of reg, where none were given */
	struct conf_register reg;
	struct conf_rewrite called[CONF_REWRITE_MAX]; /* who is called, as the trunk wants it: the first that fits */
	unsigned ncalled;
	struct conf_rewrite caller[CONF_REWRITE_MAX]; /* who calls */
	unsigned ncaller;
	struct conf_codecs codecs; /* beside those of its realm */
};

/* A header that a call must have. */
struct conf_header {
	const char *name;
	const char *match; /* POSIX extended regular expression on its value */
};

/* A part of some days, on the clock of the host. */
struct conf_window {
	uint8_t days;      /* it begins on: bit 0, Sunday, to bit 6, Saturday, as in tm_wday */
	uint16_t from_min; /* minutes of the day */
	uint16_t to_min;   /* the first one outside, at most CONF_DAY_MIN; below from_min: on the following day */
};

/* Somewhere that calls go. */
struct conf_send {
	int trunk;        /* index; -1: the phones of a registered user */
	const char *user; /* to be dialled there; NULL: who was dialled */
};

struct conf_route {
	/* Conditions: all that are given must fit. */
	int from_trunk;          /* index of a trunk, or -1 */
	int from_realm;          /* index of a realm (its phones), or -1; both -1 = any source */
	const char *to_number;   /* POSIX extended regular expression on the user part that was dialled, NULL = any */
	const char *to_user;     /* the same, and it is a user of our own. NULL: fits none of these */
	const char *from_number; /* the same on the user part of From */
	const char *to_domains[CONF_DOMAIN_MAX],
		*from_domains[CONF_DOMAIN_MAX]; /* "*.example.net": one label or more */
	unsigned nto_domain, nfrom_domain;
	struct conf_header header[CONF_HEADER_MAX];
	unsigned nheader;
	struct conf_window time[CONF_WINDOW_MAX]; /* one of them */
	unsigned ntime;

	/* One of these three is given. */
	struct conf_send send[CONF_SEND_MAX];
	unsigned nsend;
	const char *redirect[CONF_REDIRECT_MAX]; /* URIs: the answer is 302 with these */
	unsigned nredirect;
	uint16_t reject; /* status of the answer, 400-699; 0: not given */

	/* How it is sent. */
	bool parallel;       /* to all at once; else in turn */
	bool emergency;      /* admission limits do not count */
	uint8_t next;        /* set of conf_outcome: on these, the routes that follow are asked */
	uint32_t timeout_ms; /* no answer by then: CONF_NO_ANSWER; 0: limits.ring-timeout */
	struct conf_rewrite called[CONF_REWRITE_MAX], caller[CONF_REWRITE_MAX]; /* before those of the trunk */
	unsigned ncalled, ncaller;
	const char *add[CONF_LINE_MAX];  /* whole header lines, without their end */
	const char *drop[CONF_LINE_MAX]; /* header names */
	unsigned nadd, ndrop;
};

/* Whether reports are made for a side that gets none. */
enum conf_rtcp { CONF_RTCP_RELAY, CONF_RTCP_GENERATE };
/* Whether the kernel's own program forwards. AUTO: where the kernel says that it can. */
enum conf_in_driver { CONF_IN_DRIVER_AUTO, CONF_IN_DRIVER_ALWAYS, CONF_IN_DRIVER_OFF };
/* What another SIP server calls a realm. */
struct conf_direction {
	const char *name, *realm;
};

/* Flags of ng under a name. */
struct conf_template {
	const char *name, *flags;
};

struct conf_relay {
	const char *ng[CONF_NG_MAX]; /* "unix:/path", "unix-stream:/path", "udp:host:port", "tcp:host:port" */
	unsigned nng;
	struct prefix ng_from[CONF_NETWORK_MAX]; /* who may command over UDP and TCP, beside this host */
	unsigned nng_from;
	const char *port; /* "auto", "af_xdp", "af_packet", or a DPDK device; "auto" where not given */
	enum conf_in_driver in_driver;
	unsigned cores[CONF_CORE_MAX];
	unsigned ncore; /* 0: one worker, the kernel places it */
	uint32_t idle_latency_us;
	uint32_t sessions;
	uint32_t lease_ms;           /* an owner that is silent for so long is gone; 0: never */
	uint32_t silence_timeout_ms; /* no media at all on a call: its owner is told */
	uint32_t held_timeout_ms;    /* the same while on hold */
	uint32_t one_way_timeout_ms; /* media from one side only */
	enum conf_rtcp rtcp;
	const char *user; /* who it becomes when root starts it; NULL: the usual one */
	const char *capture_dir;
	uint32_t capture_megabytes; /* of one file */
	const char *forward_to; /* who gets packets of forwarded calls, "tcp:host:port" or "unix:/path"; NULL: nobody */
	uint32_t delete_delay_ms; /* a session that is deleted stays for so long, where no owner knows better */
	struct conf_direction directions[CONF_DIRECTION_MAX];
	unsigned ndirection;
	struct conf_template templates[CONF_TEMPLATE_MAX];
	unsigned ntemplate;
	const char *eal[CONF_EAL_MAX];
	unsigned neal;
};

enum conf_nftables { CONF_NFTABLES_OWN, CONF_NFTABLES_OFF };
/* Whether calls open their ports in nftables. AUTO: where the relay does not close them before the kernel looks. */
enum conf_pinhole_calls { CONF_PINHOLES_AUTO, CONF_PINHOLES_ALWAYS, CONF_PINHOLES_NEVER };

/* Ports of hosts that are reached through this one, on the interface of a realm: closed but for pinholes. */
struct conf_forward {
	int realm; /* index */
	uint16_t first, last;
};

/* How the router above us is asked for its public address and ports, for realms whose public address is "auto". */
enum conf_upstream_protocol { CONF_UPSTREAM_PCP, CONF_UPSTREAM_OFF };

struct conf_upstream {
	enum conf_upstream_protocol protocol;
	struct addr gateway;                    /* unset: that of the default route */
	uint32_t lifetime_s;                    /* of what is asked for */
	struct addr stun[CONF_STUN_SERVER_MAX]; /* asked where the router does not say, port filled in */
	unsigned nstun;
};

struct conf_pinholes {
	enum conf_nftables nftables;
	const char *socket;
	uint32_t idle_s;
	enum conf_pinhole_calls calls;
	struct conf_forward forward[CONF_FORWARD_MAX];
	unsigned nforward;
	struct conf_upstream upstream;
};

struct conf_limits {
	uint32_t calls; /* calls at once */
	uint32_t registrations;
	uint32_t transactions;
	uint32_t ring_timeout_ms; /* no final answer: give up (Timer C, RFC 3261 16.6) */
	uint32_t max_duration_ms; /* of a call; 0 = none */
	uint32_t connections;     /* at once, in all */
	uint32_t connections_per_source;
	uint32_t branches; /* of one request (Max-Breadth, RFC 5393) */
	uint32_t udp_max;  /* bytes; a larger request goes over TCP where it can (RFC 3261 18.1.1) */
};

struct conf_dns {
	struct addr servers[CONF_DNS_SERVER_MAX]; /* port filled in */
	unsigned nserver;                         /* 0: those of /etc/resolv.conf */
	uint32_t timeout_ms;                      /* of one try */
	uint32_t tries;                           /* of each server */
	uint32_t stale_s; /* how long an answer serves beyond its time while no server answers */
};

struct conf_api {
	const char *socket; /* unix socket path, NULL = none */
	struct addr http;   /* port 0 = none; loopback only in this version */
};

struct conf_store {
	const char *local; /* path of the database, NULL = none */
};

struct conf_log {
	int level; /* 0 error, 1 warning, 2 info, 3 debug */
};

/* Allocated by conf_load, in one piece with all its texts: conf_free frees everything. */
struct config {
	const char *node;
	const char *file;
	struct conf_realm realms[CONF_REALM_MAX];
	unsigned nrealm;
	struct conf_trunk *trunks;
	unsigned ntrunk;
	struct conf_route *routes;
	unsigned nroute;
	struct conf_relay relay;
	struct conf_pinholes pinholes;
	struct conf_limits limits;
	struct conf_dns dns;
	struct conf_api api;
	struct conf_store store;
	struct conf_log log;
	struct prefix allow[CONF_ALLOW_MAX]; /* never banned, never held up */
	unsigned nallow;
	const char *user; /* who sbc becomes when root starts it; NULL: the usual one */
	enum conf_sandbox sandbox;
	enum conf_leak_check leak_check; /* messages that would tell a side an address of another */
};

/* One finding of the validator. */
struct conf_problem {
	int line, column; /* 1-based; 0 where unknown */
	const char *path; /* "realms.internet.media.ports" */
	const char *text; /* what is wrong, and a hint: "unknown key. Did you mean \"realm\"?" */
};

/* Told once per problem, in file order; the strings live during the call only. */
typedef void conf_report_fn(void *ctx, const struct conf_problem *p);

/* Checks and loads a whole configuration text. file is used in messages and to resolve relative paths (against its
 * folder). NULL when there was any problem: all of them were reported. Pure: no file is read. */
struct config *conf_load(struct span text, const char *file, conf_report_fn *report, void *ctx);
void conf_free(struct config *c);

/* Gives the address main (of the interface that leads out) to every realm whose address is written "auto". Where
 * another realm holds a loopback main already, the next free loopback address is taken. All programs must pass the same
 * main. 0, or -1 when its ports to listen on or for media collide with those of another realm on that address, or its
 * public address is of the other IP version. */
int conf_resolve_auto(struct config *c, const struct addr *main);

/* FILE:LINE:COLUMN: PATH: TEXT, without a line end: how every program prints a problem. */
void conf_problem_write(struct writer *w, const char *file, const struct conf_problem *p);

/* Index of the realm or trunk, or -1. */
int conf_realm_find(const struct config *c, struct span name);

/* The names of kinds of media, as m= lines have them: audio, video, … */
extern const char *const conf_kinds[CONF_KIND_N];
int conf_kind_find(struct span name);

/* The same of a name in `relay.directions`, or of a realm's own, which comes first. */
int conf_direction_find(const struct config *c, struct span name);
int conf_trunk_find(const struct config *c, struct span name);

#endif
