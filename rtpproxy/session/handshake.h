/* SPDX-License-Identifier: BSD-3-Clause */
/* handshake.h: a stream whose SRTP gets its keys from DTLS (RFC 5763): which certificate it shows, who begins, with
 * whom, and what becomes of it. */
#ifndef NATSBC_RTPPROXY_HANDSHAKE_H
#define NATSBC_RTPPROXY_HANDSHAKE_H

#include "alg/sdp/setup.h"
#include "rtpproxy/dtls/association.h"
#include "rtpproxy/path/datapath.h"
#include "rtpproxy/session/mailroom.h"

struct relay;
struct session;
struct leg;
struct stream;
struct terms;
struct handshake;

enum {
	HANDSHAKES_PER_SECOND = 100, /* each costs about a millisecond of the control thread */
	HANDSHAKE_LEAVE_MS = 32000,  /* by then an offer was answered, or is not any more: 64*T1 (RFC 3261 17.1.1.2) */
};

/* Of the whole relay. */
struct handshakes {
	struct identity *identity; /* of new associations; NULL until there is one */
	struct handshake *shaking; /* datagrams are to be sent again */
	struct handshake *resting; /* waits for the other side, or is kept for a while */
	uint32_t used;             /* begun since the last second */
	struct association_counters counters;
	uint64_t unfinished; /* no keys in time */
	uint64_t strangers;  /* datagrams from where they may not come */
};

void handshakes_fini(struct handshakes *all);

/* The stream's side is to be shown a certificate: it gets a handshake where it has none, which m->secure must be there
 * for. 0, or -1 without memory. */
int handshake_prepare(struct relay *r, struct stream *m, uint64_t now);

/* The stream's side may go on in another session, and is shown another certificate there (identity.h), or it would take
 * what there is for the association that is meant. When it hears that it begins anew, at first still where it knows us
 * to be, here: who answered would show the certificate of before, and the side would give up for good. So the keys that
 * there are stay, but nothing is begun or gone on with for HANDSHAKE_LEAVE_MS, or until both have agreed on something
 * here again. */
void handshake_leave(struct relay *r, struct stream *m, uint64_t now);
/* What comes of that, if it was then, and for no other session since. Nothing: what was under way goes on. The side has
 * agreed to something there: what was under way is given up, and when both agree on something here again they mean
 * another association, whatever they say of it. */
void handshake_stay(struct relay *r, struct stream *m, uint64_t since, uint64_t now);
void handshake_gone(struct relay *r, struct stream *m, uint64_t since, uint64_t now);

/* NULL is nothing. */
void handshake_free(struct handshake *h);

/* Our a=setup in an answer to who has said that; as it was where nothing asks for another association (RFC 8842 5.3).
 */
enum sdp_setup handshake_answer(const struct handshake *h, const struct terms *said, bool eager);
/* The same where he has answered our actpass. */
enum sdp_setup handshake_answered(const struct handshake *h, const struct terms *said);

/* Lines of ours: the fingerprint, and who begins. */
void handshake_write(const struct handshake *h, enum sdp_setup setup, struct writer *w);

/* What the stream's side has said is in force, and `ours` is our part: the handshake begins where the association that
 * there is is not the one that is meant. Keys that are in force stay until there are others. */
void handshake_begin(struct relay *r, struct session *s, struct leg *l, unsigned stream, enum sdp_setup ours,
		     uint64_t now);

/* The side has been offered one, and has not answered yet: its ClientHello may be here before its answer is. */
bool handshake_is_awaited(const struct stream *m);

/* Which port wants DTLS; the keys of RTCP where it has a port of its own. */
void handshake_spec(const struct handshake *h, struct port_spec *spec);

/* DTLS has come. */
enum mail_news handshake_take(struct relay *r, const struct mail *m);

/* Every ASSOCIATION_STEP_MS while there are some under way; once a second. */
bool handshake_is_on(const struct relay *r);
void handshake_turn(struct relay *r, uint64_t now);
void handshake_tick(struct relay *r, uint64_t now);

/* For reports: "waiting", "under way", "done", "failed"; and why. */
const char *handshake_state(const struct handshake *h);
const char *handshake_why(const struct handshake *h);

#endif
