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
	CONF_NG_MAX = 4,
};

enum conf_transport { CONF_UDP, CONF_TCP, CONF_TLS, CONF_WS, CONF_WSS };
enum conf_nat { CONF_NAT_AUTO, CONF_NAT_ALWAYS, CONF_NAT_NEVER };
enum conf_ping { CONF_PING_OPTIONS, CONF_PING_CRLF };
enum conf_digest { CONF_DIGEST_MD5, CONF_DIGEST_SHA256, CONF_DIGEST_BOTH };
enum conf_latch { CONF_LATCH_AUTO, CONF_LATCH_EXACT, CONF_LATCH_SDP_IP, CONF_LATCH_SIG_IP, CONF_LATCH_OPEN };

struct conf_listen {
	enum conf_transport transport;
	uint16_t port;
};

/* Present: phones may live in this realm. */
struct conf_phones {
	bool present;
	const char *home;  /* "local" (this SBC is the registrar) or the name of a trunk */
	int home_trunk;    /* index, or -1 for local */
	const char *users; /* path of the users file; local only */
	const char *domains[CONF_DOMAIN_MAX];
	unsigned ndomain;
	enum conf_nat nat;
	enum conf_digest digest; /* what challenges offer */
	uint32_t keepalive_ms;   /* pings to phones behind NAT; 0 = none */
	enum conf_ping ping;     /* what they are */
	uint32_t expires_udp_s;  /* what a phone over UDP is granted */
	uint32_t calls_per_user;
};

struct conf_realm {
	const char *name;
	struct addr address;                      /* what we bind; port unused */
	bool address_auto;                        /* written "auto": address is unset until conf_resolve_auto() */
	struct addr public;                       /* what we advertise; = address where not given */
	const char *interface;                    /* NULL: the one that holds the address */
	struct prefix networks[CONF_NETWORK_MAX]; /* sources allowed to speak to us; none = any */
	unsigned nnetwork;
	struct conf_listen listen[CONF_LISTEN_MAX];
	unsigned nlisten;
	uint16_t media_first, media_last; /* ports, both included */
	uint8_t dscp;
	enum conf_latch latch; /* AUTO: exact for trunks, for phones by where they are (CALLS.md M1) */
	uint8_t latch_bits;    /* of sig-ip: 32 unless given */
	struct conf_phones phones;
};

struct conf_peer {
	const char *host; /* as written */
	struct addr addr; /* port filled in; family ADDR_NONE where host is a name */
};

struct conf_trunk {
	const char *name;
	int realm; /* index */
	struct conf_peer peers[CONF_PEER_MAX];
	unsigned npeer;
	uint32_t probe_ms;  /* OPTIONS ping; 0 = none */
	uint32_t max_calls; /* 0 = no limit */
};

struct conf_route {
	int from_trunk;          /* index of a trunk, or -1 */
	int from_realm;          /* index of a realm (its phones), or -1; both -1 = any source */
	const char *to_number;   /* POSIX extended regular expression on the user part, NULL = any */
	int send[CONF_SEND_MAX]; /* trunks, in order */
	unsigned nsend;
};

struct conf_relay {
	const char *ng[CONF_NG_MAX]; /* "unix:/path", "udp:host:port" */
	unsigned nng;
	const char *port; /* "auto", "af_xdp", "af_packet", or a DPDK device; "auto" where not given */
	unsigned cores[CONF_CORE_MAX];
	unsigned ncore; /* 0: one worker, the kernel places it */
	uint32_t idle_latency_us;
	uint32_t sessions;
	uint32_t silence_timeout_ms; /* no media at all on a call: its owner is told */
	uint32_t held_timeout_ms;    /* the same while on hold */
	const char *eal[CONF_EAL_MAX];
	unsigned neal;
};

struct conf_limits {
	uint32_t calls; /* calls at once */
	uint32_t registrations;
	uint32_t transactions;
	uint32_t ring_timeout_ms; /* no final answer: give up (Timer C, RFC 3261 16.6) */
	uint32_t max_duration_ms; /* of a call; 0 = none */
};

struct conf_api {
	const char *socket; /* unix socket path, NULL = none */
	struct addr http;   /* port 0 = none; loopback only in this version */
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
	struct conf_limits limits;
	struct conf_api api;
	struct conf_log log;
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
int conf_trunk_find(const struct config *c, struct span name);

#endif
