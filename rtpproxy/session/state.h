/* SPDX-License-Identifier: BSD-3-Clause */
/* state.h: what the relay's control side knows, as one value: command/relay.h makes it and sets it going. */
#ifndef NATSBC_RTPPROXY_STATE_H
#define NATSBC_RTPPROXY_STATE_H

#include "alg/conf/config.h"
#include "rtpproxy/base/dedupe.h"
#include "rtpproxy/line/stuncheck.h"
#include "rtpproxy/net/banned.h"
#include "rtpproxy/path/datapath.h"
#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/mailroom.h"
#include "rtpproxy/session/owners.h"
#include "rtpproxy/session/session.h"

enum {
	RELAY_DECODE_MAX = 3 * (NG_DATAGRAM_MAX + 3 * CONF_TEMPLATE_TEXT_MAX), /* what decoding may need */
	RELAY_BODY_MAX = 65536,
	RELAY_EXTRA_MAX = 32768,
};

/* Unpredictable 64 bits: from the system's random source; in tests whatever makes them repeatable. */
typedef uint64_t relay_random_fn(void *ctx);

/* A datagram that the relay sends on its own accord. */
typedef void relay_event_fn(void *ctx, const struct server_peer *to, struct span datagram);

/* One line for the log: levels as in conf_log. */
typedef void relay_log_fn(void *ctx, int level, const char *line);

enum { PLAYER_MAX = 256, PLAYER_QUEUE = 16 };

/* Digits dialled at one port, see play.h. */
struct player {
	struct own_port own;
	uint32_t session;
	uint64_t until; /* ms: when the first of the queue is over at the latest; 0: not begun */
	uint8_t pause;  /* ticks until it may begin */
	uint8_t n;
	struct dial_order queue[PLAYER_QUEUE];
};

struct players {
	struct player at[PLAYER_MAX]; /* the first n are at work */
	unsigned n;
	uint32_t serial;
};

struct relay_counters {
	uint64_t commands[NG_COMMAND_N][2]; /* by command: carried out, refused */
	uint64_t outcomes[OUTCOME_N];
	uint64_t clients_closed;           /* connections of commands that we ended */
	uint64_t strangers;                /* who may not command: datagrams and connections */
	uint64_t dropped;                  /* datagrams without a cookie */
	uint64_t sessions;                 /* begun so far */
	uint64_t timeouts;                 /* sessions whose media fell silent */
	uint64_t events;                   /* datagrams sent on our own accord */
	uint64_t abandoned;                /* sessions ended by ourselves: never answered, or silent and nobody cared */
	uint64_t orphaned;                 /* of those: their owner was gone */
	uint64_t listeners_unanswered;     /* offers to listeners that were taken back */
	uint64_t latched, refused_sources; /* events of the packet path */
	uint64_t path_full;                /* requests that the packet path could not take at once */
	struct mail_counters mail;
	uint64_t checks[STUNCHECK_N]; /* of ICE, by how they ended */
};

struct relay {
	const struct config *conf;
	struct datapath path;
	relay_random_fn *random;
	void *random_ctx;
	struct hash_key key;
	struct ports ports[CONF_REALM_MAX];
	unsigned workers;      /* of the packet path: 1 and more */
	struct table sessions; /* by call-id */
	struct session_list all;
	struct peers peers;
	struct lingering lingering;
	struct dedupe dedupe;
	struct owners owners;
	struct players players;
	struct mailroom mail;
	struct formats_shelf formats;
	struct handshakes handshakes;
	struct banned banned;
	struct relay_counters counters;
	struct totals totals;
	uint32_t last_id;
	uint64_t event_serial;
	uint32_t nforwarded;      /* sessions whose packets go to a receiver, too */
	uint32_t nunpushed;       /* streams that the packet path has yet to be told */
	char *scratch;            /* RELAY_DECODE_MAX bytes for the command in hand */
	char *body;               /* RELAY_BODY_MAX bytes: the description to answer with */
	char *patched;            /* the same, when a client has changed it */
	char *completed;          /* the same: the description in hand with what was hidden from its sender */
	char *extra;              /* RELAY_EXTRA_MAX bytes: lines of ours in it */
	struct sdp_codec *codecs; /* of the description in hand: SDP_MEDIA_MAX times CODEC_MAX */

	/* To be set after relay_init where wanted. */
	uint64_t wall_ms; /* wall clock minus monotonic clock: makes times in reports readable */
	relay_event_fn *event;
	void *event_ctx;
	relay_log_fn *log;
	void *log_ctx;
};

#endif
