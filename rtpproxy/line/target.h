/* SPDX-License-Identifier: BSD-3-Clause */
/* target.h: where one side wants the media of one m-line, and whom the relay may learn there (CALLS.md 4.13 M1). */
#ifndef NATSBC_RTPPROXY_TARGET_H
#define NATSBC_RTPPROXY_TARGET_H

#include "alg/ng/ng.h"
#include "alg/sdp/media.h"
#include "alg/sdp/payload_book.h"
#include "alg/sdp/sdp.h"
#include "rtpproxy/base/outcome.h"
#include "rtpproxy/base/ports.h"
#include "rtpproxy/line/formats.h"
#include "rtpproxy/line/shield.h"
#include "rtpproxy/line/terms.h"
#include "rtpproxy/line/voice.h"
#include "rtpproxy/path/datapath.h"

struct config;

struct target {
	bool known;       /* this side has described the m-line */
	bool refused;     /* port 0, or a kind of media that we do not relay */
	bool unsupported; /* refused by us, not by the side */
	bool mistrusted;  /* the same: not protected as its sender has to */
	bool barren;      /* the same: of its codecs none may cross */
	bool keyless;     /* the same: SRTP, without keys that we could use */
	bool unwanted;    /* the same: one of the realms does not let its kind cross */
	bool datagram;    /* no RTP */
	bool held;
	bool comes_back;           /* a port of ours: the call has come back to us */
	uint8_t shield;            /* enum shield_kind: how the side's media is protected */
	bool feedback;             /* the profile has RTCP feedback */
	struct sdp_numbers events; /* of the m-line, those of telephone events (RFC 4733) */
	bool asymmetric;           /* media goes where the description says, wherever its own comes from */
	bool pierce;               /* the client asks that we speak first */
	enum latch_policy policy;
	uint8_t sig_bits;                 /* LATCH_SIG_IP: prefix length */
	struct sdp_numbers payloads;      /* of the m-line */
	struct voice voice;               /* its codecs */
	struct addr said_rtp, said_rtcp;  /* as the SDP has it */
	bool rtp_expected, rtcp_expected; /* sent there before a source is learnt; else it must be learnt first */
	struct addr signalling;           /* port unused */
	struct payload_book said;         /* its payload numbers */
	struct terms *terms;              /* of its protection; NULL: none are said. A copy is a holder, see terms.h */
	struct formats *formats;          /* its codecs in words; NULL: not kept. The same */
	char type[12];                    /* audio, video, …; for reports */
	char protocol[24];                /* RTP/AVP; for reports */
};

/* What is needed to judge the addresses of a description. */
struct target_rules {
	const struct config *conf;
	const struct ports *ports; /* per realm */
	uint8_t realm;             /* where the sender of the description is */
	uint8_t reader;            /* realm of who is shown it */
	const struct ng_request *request;
	struct formats_shelf *shelf;  /* where formats are kept; NULL: nowhere */
	const struct hash_key *key;   /* of the shelf */
	const struct sdp_leak *names; /* by which the sender calls itself: not kept there */
};

/* The codecs of one m-line. */
struct target_codecs {
	struct sdp_codec *list; /* room for CODEC_MAX */
	unsigned n;
};

/* Reads m-line number media, and which codecs it names. An outcome other than OK: the whole description is to be
 * refused (FAULTS: relaying to loopback, link-local, ourselves). The caller drops it with target_drop(). */
enum outcome target_read(const struct target_rules *rules, const struct sdp *sdp, unsigned media,
			 struct target_codecs *codecs, struct target *out);

/* One holder more, or less, of what a target has in common with its copies. */
static inline void target_hold(const struct target *t)
{
	terms_hold(t->terms);
	formats_hold(t->formats);
}

static inline void target_drop(const struct target *t)
{
	terms_drop(t->terms);
	formats_drop(t->formats);
}

/* said is of the same kind of media as the m-line offered: nothing else answers it (RFC 3264 6). */
bool target_answers(const struct target *said, const struct target *offered);

/* A side describes the m-line anew. c=0.0.0.0 (old hold) says nothing new about where: that is taken from the target in
 * force. True where the media will come from elsewhere, so that it must be learnt again (R4). */
bool target_follow(struct target *next, const struct target *in_force);

#endif
