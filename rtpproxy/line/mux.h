/* SPDX-License-Identifier: BSD-3-Clause */
/* mux.h: RTCP on the port of RTP (RFC 5761), which each side decides for itself (CALLS.md O8). */
#ifndef NATSBC_RTPPROXY_MUX_H
#define NATSBC_RTPPROXY_MUX_H

#include "alg/base/writer.h"
#include "alg/ng/ng.h"
#include "rtpproxy/line/terms.h"

struct mux {
	bool shown; /* our last offer to the side has it */
	bool on;    /* in force: the side has one port of ours, the other one is shut */
};

/* What a reader is shown. */
enum mux_look {
	MUX_NONE,
	MUX_ASKED, /* offered; until it is accepted there are two ports */
	MUX_SOLE,  /* accepted, or the client knows that it will be: there is one */
};

/* An offer, whose sender says this, as the client wants it to be passed on. */
enum mux_look mux_offer(const struct ng_request *q, const struct terms *said);

/* An answer to who has offered this. */
enum mux_look mux_answer(const struct terms *offered);

/* The answer is in force: of who gave it, to what we had offered; of who gets it, which we have accepted. */
void mux_commit_answerer(struct mux *m, const struct terms *said);
void mux_commit_offerer(struct mux *m, enum mux_look look);

void mux_write(struct writer *w, enum mux_look look);

#endif
