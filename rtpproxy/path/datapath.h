/* SPDX-License-Identifier: BSD-3-Clause */
/* datapath.h: what the session layer asks of the packet path. Nothing here knows DPDK. */
#ifndef NATSBC_RTPPROXY_DATAPATH_H
#define NATSBC_RTPPROXY_DATAPATH_H

#include <stddef.h>

#include "alg/base/addr.h"
#include "alg/rtp/measure.h"
#include "alg/rtp/payload_map.h"
#include "alg/rtp/srtp_key.h"
#include "alg/sdp/numbers.h"
#include "rtpproxy/path/dial.h"
#include "rtpproxy/path/gate.h"
#include "rtpproxy/path/hearsay.h"

/* One of our own media ports: the key of everything (the relay hands ports out, so it can index by them). */
struct own_port {
	uint8_t realm; /* index in the configuration */
	uint16_t port; /* 0: none */
};

/* Who of the workers has a port: both of a pair have the same one, and all ports of a session. */
static inline unsigned datapath_worker(uint16_t port, unsigned workers)
{
	return port / 2U % workers;
}

enum { DATAPATH_SEND_MAX = 64, DATAPATH_COPY_MAX = 16 };

enum stream_kind { STREAM_RTP, STREAM_RTCP, STREAM_DATAGRAM /* anything: fax over UDPTL */ };

/* Who may be learnt as the source of what arrives at a port (CALLS.md 4.13 M1). */
enum latch_policy {
	LATCH_EXACT,  /* only the address and port of the SDP */
	LATCH_SDP_IP, /* the SDP's address, any port */
	LATCH_SIG_IP, /* the signalling source under a prefix, any port */
	LATCH_OPEN,
};

/* What of the packets that arrive is copied to the session's file, or to who they are forwarded to. */
enum datapath_capture { CAPTURE_NONE, CAPTURE_HEADERS, CAPTURE_WHOLE };

/* What a port is for. Two ports are each other's peers: what is accepted at one leaves from the other, towards the
 * other's counterpart (its learnt source; before one is learnt, its SDP address where M3 allows sending there). A port
 * that is its own peer is an echo: what is accepted goes back to who sent it. */
struct port_spec {
	struct own_port own, peer; /* peer.port 0: no other side yet; what arrives is counted, not relayed */
	enum stream_kind kind;
	enum latch_policy policy;
	uint8_t sig_bits;            /* LATCH_SIG_IP: prefix length */
	bool window_open;            /* the side's SDP is known: learning may begin (M2) */
	bool relearn;                /* the SDP's address changed: learn again, keep the old source until the new one is
				      * confirmed or 2 s have passed (R4) */
	bool drop;                   /* stream refused or not to be forwarded: count only */
	uint8_t dscp;                /* of what leaves from here */
	struct sdp_numbers payloads; /* negotiated: only these confirm a source (M2); none: any does */
	struct payload_map map;      /* payload numbers of the RTP that arrives, as the other side knows them */
	uint32_t clock_hz;           /* of what arrives here, for jitter; 0: unknown */
	bool asymmetric;             /* what leaves goes to `expected`, wherever the peer's own media comes from */
	struct gate gate;            /* what of the RTP that arrives is blocked */
	bool no_feedback;            /* RTCP feedback that arrives is taken out: not both sides have negotiated it */
	enum datapath_capture capture, forward;
	bool mux;                    /* the side's RTCP comes and goes by this RTP port, too (RFC 5761) */
	bool wants_stun, wants_dtls; /* what arrives of these goes to control as mail */
	bool awaits_keys;            /* SRTP whose keys are not known yet: nothing is accepted, nothing leaves */
	uint32_t session;            /* the owner's handle, given back in events */
	struct addr expected;        /* from the SDP; ADDR_NONE where unknown */
	struct addr signalling;      /* source of the signalling; port unused; ADDR_NONE where unknown */
	struct srtp_key opens; /* what arrives is SRTP and opened with this; SRTP_SUITE_NONE: it is in the clear */
	struct srtp_key seals; /* what leaves is sealed with this */
};

enum { PORT_REFUSED_MAX = 3 };

enum port_state { PORT_WAITING, PORT_LEARNING, PORT_LATCHED };

/* Read at any time from another thread; each number is exact, together they may be a packet apart. */
struct port_stats {
	enum port_state state;
	struct addr latched;                   /* ADDR_NONE until learnt */
	uint32_t ssrc;                         /* of the last accepted RTP packet */
	uint64_t rx_packets, rx_bytes;         /* accepted at this port */
	uint64_t tx_packets, tx_bytes;         /* sent from this port */
	uint64_t refused_packets;              /* from a source that may not speak */
	struct addr refused[PORT_REFUSED_MAX]; /* the last of them, the latest first; a source twice where others came
						  between */
	uint64_t malformed_packets;            /* not RTP/RTCP */
	uint64_t unopened_packets;             /* not sealed with the key of their port, or before */
	uint64_t unsent_packets;               /* accepted and aimed at somebody, but not sent: no route, too long */
	uint64_t last_rx_ms;                   /* monotonic clock; 0 = never */
	uint8_t payload_type;                  /* of the last accepted RTP packet */
	struct rtp_quality quality;            /* of what arrived, RTP only */
	struct hearsay hearsay;                /* what RTCP told that arrived */
};

enum datapath_event_kind {
	DATAPATH_LATCHED,
	DATAPATH_REFUSED, /* the first refused packet of a port */
	DATAPATH_DIGIT,   /* a telephone event is over: gate.tell */
	DATAPATH_DIALLED, /* what dial() asked for is over */
};

struct datapath_digit {
	uint16_t duration; /* in units of its clock */
	uint8_t event;
	uint8_t payload_type;
};

struct datapath_event {
	enum datapath_event_kind kind;
	struct own_port own;
	uint32_t session;
	struct addr source;
	uint32_t ssrc;
	struct datapath_digit digit;
};

/* Packets so far that needed no worker. */
struct datapath_spared {
	uint64_t closed;    /* dropped: to media ports that no session has */
	uint64_t banned;    /* dropped: from who is banned, to ports that one has */
	uint64_t in_driver; /* forwarded where they arrived */
};

/* How it went to begin a session's stream to who gets what is forwarded. */
enum datapath_forwarding { DATAPATH_FORWARDED, DATAPATH_FORWARDS_FULL, DATAPATH_FORWARD_GONE };

/* How such a stream is. */
struct datapath_forward {
	const char *state; /* "connecting", "flows", "gone" */
	uint64_t packets, bytes;
	uint64_t dropped; /* packets that the receiver did not take in time */
};

enum { DATAPATH_MAIL_MAX = 1500 };

/* A datagram that control looks at itself. */
struct datapath_mail {
	struct own_port own;
	uint32_t session;
	struct addr source;
	bool stun; /* else DTLS */
	uint16_t n;
	uint8_t bytes[DATAPATH_MAIL_MAX];
};

/* A table of functions so that the session layer runs against DPDK or, in tests, against a recorder.
 * Requests are applied in order, soon, by the worker that owns the port. */
struct datapath {
	void *ctx;
	unsigned workers; /* what is set for one session is all of the same datapath_worker(); 0: one */
	/* Configures the port, or changes it. 0, or -1 when the worker's ring is full: ask again later. */
	int (*set)(void *ctx, const struct port_spec *spec);
	/* Forgets it; packets that still arrive are dropped and counted. */
	int (*clear)(void *ctx, struct own_port own);
	/* Sends a datagram of our own from the port to where its media goes, if anywhere. 0, or -1 when it is too long
	 * or the ring is full. */
	int (*send)(void *ctx, struct own_port own, const uint8_t *bytes, uint16_t n);
	/* Takes what came to ports that want it. False: nothing is left. */
	bool (*mail)(void *ctx, struct datapath_mail *out);
	/* Sends a datagram of at most DATAPATH_MAIL_MAX bytes from the port to that address and no other. 0 or -1. */
	int (*reply)(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n);
	/* Dials a digit in the place of who sends to the port, as long as it is the session's; to be asked again every
	 * 20 ms until DATAPATH_DIALLED. 0; -1 where it is not, or the ring is full. */
	int (*dial)(void *ctx, struct own_port own, uint32_t session, const struct dial_order *d);
	/* What is accepted at `from` leaves from `to` as well, payload numbers changed by map (all zero: as they came),
	 * wherever else it goes; not what is blocked there. RTCP feedback goes along unless `to` has no_feedback. Both
	 * are of one datapath_worker(), both must be set, and of a pair each port is asked for by itself; RTCP for
	 * `to` that has mux leaves from its RTP port. Asked for again with another map that one holds. Holds until told
	 * otherwise or one of the two is cleared or another session's; a port has at most DATAPATH_COPY_MAX of them.
	 * 0, or -1: too many, no memory, or the ring is full. */
	int (*copy)(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map);
	/* No longer. 0, also where there was none; -1 when the ring is full. */
	int (*uncopy)(void *ctx, struct own_port from, struct own_port to);
	/* How many packets have left from it so far: of its numbers the one that is asked for often. */
	uint64_t (*sent)(void *ctx, struct own_port own);
	/* Numbers so far; false where the port is not set. */
	bool (*stats)(void *ctx, struct own_port own, struct port_stats *out);
	/* Of that what a packet path counts for RTP alone: all that is asked for when a call ends. */
	bool (*quality)(void *ctx, struct own_port own, struct rtp_quality *out);
	/* Takes up to max events; returns how many. */
	unsigned (*events)(void *ctx, struct datapath_event *out, unsigned max);
	/* A file for the session's packets: 0, or -1 with the reason. Both NULL where there is no such thing. */
	int (*capture_begin)(void *ctx, uint32_t session, const char *path, char *error, size_t error_size);
	void (*capture_end)(void *ctx, uint32_t session);
	/* A stream for what is forwarded of the session, with name in its head; the reason in error where there is
	 * none. All three NULL where there is no such thing. */
	enum datapath_forwarding (*forward_begin)(void *ctx, uint32_t session, const char *name, char *error,
						  size_t error_size);
	void (*forward_end)(void *ctx, uint32_t session);
	bool (*forward_look)(void *ctx, uint32_t session, struct datapath_forward *out);
	/* Process-wide counters by name, for `statistics`: calls each(arg, name, value). */
	void (*counters)(void *ctx, void (*each)(void *arg, const char *name, uint64_t value), void *arg);
	/* Bans whom from all media ports, or no longer. 0; -1 where that cannot be done everywhere. May be NULL. */
	int (*ban)(void *ctx, const struct prefix *whom, bool banned);
	/* What ended, or went on, before it came to a worker. May be NULL. */
	void (*spared)(void *ctx, struct datapath_spared *out);
};

#endif
