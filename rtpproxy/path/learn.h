/* SPDX-License-Identifier: BSD-3-Clause */
/* learn.h: where a peer's media really comes from, and who else may not speak at its port (CALLS.md 4.13). */
#ifndef NATSBC_RTPPROXY_LEARN_H
#define NATSBC_RTPPROXY_LEARN_H

#include "rtpproxy/path/datapath.h"

enum {
	LEARN_CONFIRM = 5,       /* packets in a row that prove a source (M2) */
	LEARN_SILENCE_MS = 1000, /* the old source must have been quiet so long before another may follow (M4) */
	/* RTCP may be quiet for longer: reports come every 5 s, give or take a half (RFC 3550 6.3.1) */
	LEARN_CONTROL_SILENCE_MS = 10000,
	LEARN_OVERLAP_MS = 2000, /* new SDP: the old source is kept so long (R4) */
	LEARN_SEQ_AHEAD = 3000,  /* a follower's numbers may be so far on: a minute of 20 ms packets */
};

/* How well a source fits what signalling said; better is greater (M3). */
enum learn_rank { RANK_NONE, RANK_OTHER, RANK_SIGNALLING, RANK_SAME_IP, RANK_EXACT };

/* What a packet says about its source. */
struct learn_packet {
	struct addr source;
	uint32_t ssrc;
	uint16_t seq;
	bool media;              /* RTP; RTCP on a shared port proves nothing (M2) */
	uint8_t payload_type;    /* of RTP */
	bool authentic;          /* opened with the key of its side */
	const struct addr *tied; /* at an RTCP port: the RTP stream's source, NULL where none is known (M5) */
};

/* The last packet accepted from the present source. */
struct learn_heard {
	uint64_t at_ms;
	uint32_t ssrc;
	uint16_t seq;
};

struct learn_candidate {
	struct addr source; /* ADDR_NONE: no candidate */
	uint64_t at_ms;
	uint32_t ssrc;
	uint16_t seq;
	uint8_t count; /* packets in a row */
	uint8_t rank;
};

/* One port's knowledge. All zero and then learn_set(). */
struct learn {
	enum port_state state;
	enum stream_kind kind;
	enum latch_policy policy;
	uint8_t sig_bits;
	bool window_open;
	bool mux;        /* RTCP comes here, too */
	bool asymmetric; /* sent to where SDP says, whatever is learnt */
	bool refused_told;
	struct sdp_numbers payloads; /* none: any proves */
	struct addr expected, signalling;
	struct addr source; /* PORT_LATCHED: who may speak */
	struct addr former; /* who could before a hand-over without signalling: may come back at once */
	struct learn_candidate candidate;
	uint64_t relearn_until_ms; /* 0: not relearning */
};

enum learn_verdict {
	LEARN_ACCEPT,
	LEARN_EARLY, /* the window is not open yet (M2) */
	LEARN_REFUSE,
	LEARN_REFUSE_FIRST, /* the same, for the first time at this port (M8) */
	LEARN_BANNED,       /* nobody from there is heard anywhere */
};

struct learn_result {
	enum learn_verdict verdict;
	bool latched; /* the source was confirmed or changed by this packet */
};

/* Takes what signalling says now. Keeps what is learnt, unless the spec asks for learning again. */
void learn_set(struct learn *l, const struct port_spec *spec, uint64_t now);

/* Forgets the source: an RTCP port whose RTP stream moved. */
void learn_forget(struct learn *l);

/* Ends what is over at this time: the overlap of an old source with new SDP. */
void learn_expire(struct learn *l, uint64_t now);

/* Judges a packet. heard is of the source the port is latched to; the caller updates it for accepted packets. */
struct learn_result learn_packet(struct learn *l, const struct learn_packet *p, const struct learn_heard *heard,
				 uint64_t now);

/* A packet that may not speak, whoever sent it. */
struct learn_result learn_refuse(struct learn *l);

/* Where to send for this port now; ADDR_NONE where nobody may be sent to yet (M3). */
struct addr learn_target(const struct learn *l);

#endif
