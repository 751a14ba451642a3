/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/handshake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rtpproxy/session/hello.h"
#include "rtpproxy/session/look.h"
#include "rtpproxy/session/secure.h"

enum { AT_RTP, AT_RTCP, PORT_N };

enum { PROOF_MS = 3000 }; /* by then nothing comes any more that was sealed with keys of before */

struct handshake {
	struct handshake *next, **link; /* of relay's shaking or resting ones; link NULL: in neither */
	struct session *session;
	struct leg *leg;
	unsigned stream;
	struct identity *identity; /* held: what the side is shown */
	struct terms *peer;        /* held: what the side said of the association; NULL: there is none yet */
	uint8_t role;              /* enum sdp_setup: ours in it */
	bool late;                 /* there were no keys in time: has been told */
	uint64_t since;            /* ms */
	uint64_t left;             /* ms: until then the side is taken to be elsewhere */
	bool gone;                 /* it has agreed to something there */
	struct association at[PORT_N];
	uint64_t done, heard[PORT_N];           /* ms of the last keys; packets that had come by then */
	struct hello *early[HELLO_MAX];         /* before it was known whose they may be; NULL: none */
	struct srtp_key rtcp_ours, rtcp_theirs; /* in force where RTCP has a port of its own; those of RTP: shield */
};

/* ----- lists ----- */

static void handshake_unlink(struct handshake *h)
{
	if (!h->link)
		return;
	*h->link = h->next;
	if (h->next)
		h->next->link = h->link;
	h->next = NULL;
	h->link = NULL;
}

static void handshake_link(struct handshake *h, struct handshake **list)
{
	handshake_unlink(h);
	h->next = *list;
	h->link = list;
	if (h->next)
		h->next->link = &h->next;
	*list = h;
}

static bool has_keys(const struct handshake *h)
{
	return h->at[AT_RTP].ours.suite != SRTP_SUITE_NONE;
}

/* It may be elsewhere: nothing is begun or gone on with. */
static bool is_away(const struct handshake *h, uint64_t now)
{
	return now < h->left;
}

/* We are to begin, and have not got anywhere yet. */
static bool is_calling(const struct handshake *h, uint64_t now)
{
	return h->role == SDP_SETUP_ACTIVE && !has_keys(h) && now - h->since < ASSOCIATION_PATIENCE_MS;
}

/* Into the list of who needs to be looked at as often as that. */
static void handshake_place(struct relay *r, struct handshake *h, uint64_t now)
{
	bool busy = is_calling(h, now), idle = has_keys(h) || h->late;

	for (unsigned i = 0; i < PORT_N; i++) {
		busy |= association_is_busy(&h->at[i]);
		idle &= association_is_idle(&h->at[i]);
	}
	if (idle && !busy)
		handshake_unlink(h);
	else
		handshake_link(h, busy && !is_away(h, now) ? &r->handshakes.shaking : &r->handshakes.resting);
}

void handshakes_fini(struct handshakes *all)
{
	identity_release(all->identity);
	*all = (struct handshakes){ 0 };
}

void handshake_free(struct handshake *h)
{
	if (!h)
		return;
	handshake_unlink(h);
	hello_forget(h->early);
	for (unsigned i = 0; i < PORT_N; i++)
		association_forget(&h->at[i]);
	identity_release(h->identity);
	terms_drop(h->peer);
	explicit_bzero(h, sizeof(*h));
	free(h);
}

/* ----- descriptions ----- */

/* The one that is shown from now on. NULL without memory. */
static struct identity *identity_of_now(struct relay *r, uint64_t now)
{
	struct handshakes *all = &r->handshakes;
	const int64_t wall_s = (int64_t)((r->wall_ms + now) / 1000);
	struct identity *fresh;

	if (all->identity && wall_s < all->identity->renew)
		return all->identity;
	fresh = identity_new(wall_s);
	if (!fresh)
		return all->identity;
	identity_release(all->identity);
	return all->identity = fresh;
}

void handshake_leave(struct relay *r, struct stream *m, uint64_t now)
{
	struct handshake *h = m->secure ? m->secure->handshake : NULL;

	if (!h)
		return;
	h->left = now + HANDSHAKE_LEAVE_MS;
	if (h->identity == r->handshakes.identity)
		h->identity->renew = 0;
}

int handshake_prepare(struct relay *r, struct stream *m, uint64_t now)
{
	struct identity *identity;
	struct handshake *h;

	if (m->secure->handshake)
		return 0;
	identity = identity_of_now(r, now);
	h = identity ? calloc(1, sizeof(*h)) : NULL;
	if (!h)
		return -1;
	h->identity = identity_hold(identity);
	m->secure->handshake = h;
	return 0;
}

/* The side means another association than there is (RFC 8842 4). */
static bool is_another(const struct handshake *h, const struct terms *said)
{
	static const uint64_t none[2] = { 0 };

	if (!h->peer || !sdp_fingerprints_eq(&h->peer->fingerprints, &said->fingerprints))
		return true;
	return memcmp(h->peer->tls_id, none, sizeof(none)) && memcmp(said->tls_id, none, sizeof(none)) &&
	       memcmp(h->peer->tls_id, said->tls_id, sizeof(none));
}

enum sdp_setup handshake_answer(const struct handshake *h, const struct terms *said, bool eager)
{
	const bool free_choice = said->setup == SDP_SETUP_ACTPASS || said->setup == SDP_SETUP_NONE;

	if (free_choice && !is_another(h, said))
		return h->role;
	return sdp_setup_answer(said->setup, eager);
}

/* Without a word he begins (RFC 4145 4). */
enum sdp_setup handshake_answered(const struct handshake *h, const struct terms *said)
{
	const bool no_choice = said->setup == SDP_SETUP_ACTPASS || said->setup == SDP_SETUP_NONE;

	if (no_choice && !is_another(h, said))
		return h->role;
	return sdp_setup_answer(said->setup, false);
}

void handshake_write(const struct handshake *h, enum sdp_setup setup, struct writer *w)
{
	sdp_fingerprint_write(w, &h->identity->fingerprint);
	sdp_setup_write(w, setup);
}

/* ----- datagrams ----- */

/* One port of a stream, and the way from there. */
struct post {
	struct relay *relay;
	struct handshake *handshake;
	struct own_port own;
};

static void post_send(void *ctx, const struct addr *to, const uint8_t *bytes, size_t n)
{
	const struct post *p = ctx;
	const struct datapath *path = &p->relay->path;

	if (path->reply)
		(void)path->reply(path->ctx, p->own, to, bytes, (uint16_t)n);
}

static struct stream *stream_of(const struct handshake *h)
{
	return &h->leg->stream[h->stream];
}

static struct post post_at(struct relay *r, struct handshake *h, unsigned at)
{
	const struct own_port own = { h->leg->realm, (uint16_t)(stream_of(h)->port + at) };

	return (struct post){ .relay = r, .handshake = h, .own = own };
}

static struct association_way way_of(struct post *p, uint32_t *left, uint64_t now)
{
	const uint32_t used = p->relay->handshakes.used;

	*left = used < HANDSHAKES_PER_SECOND ? HANDSHAKES_PER_SECOND - used : 0;
	return (struct association_way){
		.who = p->handshake->identity,
		.peer = &p->handshake->peer->fingerprints,
		.send = post_send,
		.ctx = p,
		.counters = &p->relay->handshakes.counters,
		.left = left,
		.now = now,
	};
}

static void way_done(struct post *p, uint32_t left)
{
	p->relay->handshakes.used = HANDSHAKES_PER_SECOND - left;
}

/* ----- what comes of it ----- */

__attribute__((format(printf, 4, 5))) static void handshake_log(struct relay *r, const struct handshake *h, int level,
								const char *format, ...)
{
	char what[128], line[256];
	struct writer w = writer_over(line, sizeof(line) - 1);
	va_list args;

	if (!r->log)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	writer_format(&w, "session %u, %s port %u: DTLS: %s", h->session->id, r->conf->realms[h->leg->realm].name,
		      stream_of(h)->port, what);
	line[w.n] = '\0';
	r->log(r->log_ctx, level, line);
}

static uint64_t packets_at(const struct relay *r, const struct handshake *h, unsigned at)
{
	struct port_stats s;

	return look_port(r, h->leg, stream_of(h), at == AT_RTP ? STREAM_RTP : STREAM_RTCP, &s) ? s.rx_packets : 0;
}

/* What the side has sealed could be opened: it has the keys, and needs no last flight again. */
static bool is_proven(const struct relay *r, const struct handshake *h, unsigned at, uint64_t now)
{
	return has_keys(h) && now - h->done >= PROOF_MS && packets_at(r, h, at) > h->heard[at];
}

/* RTCP has gone to the port of RTP, which has another key now. The packet path remembers a few of those that it has
 * had, and one that it has forgotten would begin anew (RFC 3711 9.1): so what was RTCP's own is never used again. */
static void rtcp_forget(struct handshake *h)
{
	association_forget(&h->at[AT_RTCP]);
	h->at[AT_RTCP] = (struct association){ 0 };
	h->rtcp_ours = h->rtcp_theirs = (struct srtp_key){ 0 };
}

/* Keys of RTP hold for RTCP, too, where that is on the same port. */
static void handshake_arm(struct relay *r, struct handshake *h, unsigned at, uint64_t now)
{
	char text[ADDR_TEXT_MAX];

	h->done = now;
	h->heard[at] = packets_at(r, h, at);
	if (at == AT_RTP) {
		shield_arm(&stream_of(h)->secure->shield, SHIELD_DTLS, &h->at[at].ours, &h->at[at].theirs);
		if (secure_is_muxed(stream_of(h)))
			rtcp_forget(h);
	} else {
		h->rtcp_ours = h->at[at].ours;
		h->rtcp_theirs = h->at[at].theirs;
	}
	handshake_log(r, h, 3, "%s has keys with %s", at == AT_RTP ? "RTP" : "RTCP",
		      addr_text(&h->at[at].proved, text));
}

static void handshake_failed(struct relay *r, struct handshake *h, const char *why)
{
	if (!h->late)
		handshake_log(r, h, 1, "no keys: %s", why);
	h->late = true;
}

/* ----- what comes ----- */

/* True where there are keys now. */
static bool handshake_hear(struct relay *r, struct handshake *h, unsigned at, const struct addr *source,
			   struct span what, uint64_t now)
{
	const struct stream *stream = stream_of(h);
	struct association_guest guest = { .source = *source };
	struct post p;
	struct association_way way;
	uint32_t left;
	bool has_new;

	guest.checked = ice_is_on(stream);
	guest.rank = hello_rank(stream, at == AT_RTCP, &guest.source);
	if (guest.rank == HELLO_REFUSED) {
		r->handshakes.strangers++;
		return false;
	}
	guest.away = is_away(h, now);
	guest.may_begin = h->role == SDP_SETUP_PASSIVE && !guest.away;
	guest.cookie = hello_cookie(&r->key, stream->port, &guest.source);
	p = post_at(r, h, at);
	way = way_of(&p, &left, now);
	has_new = association_take(&h->at[at], &way, &guest, (const uint8_t *)what.p, what.n);
	if (has_new)
		handshake_arm(r, h, at, now);
	way_done(&p, left);
	handshake_place(r, h, now);
	return has_new;
}

/* Somebody begins of whom an answer may have more to say: another certificate, for a start. */
static bool is_early(const struct handshake *h, const struct datapath_mail *what)
{
	const bool asked = h->peer && h->session->offerer && h->session->offerer != h->leg;

	return endpoint_is_hello(what->bytes, what->n) && (!h->peer || (asked && has_keys(h)));
}

/* A hello brings no keys yet: the packet path need not be told. */
static void early_hear(struct relay *r, struct handshake *h, uint64_t now)
{
	for (unsigned i = 0; i < HELLO_MAX; i++)
		if (h->early[i])
			(void)handshake_hear(r, h, h->early[i]->at, &h->early[i]->source,
					     span_of(h->early[i]->bytes, h->early[i]->n), now);
	hello_forget(h->early);
}

enum mail_news handshake_take(struct relay *r, const struct mail *m)
{
	const struct stream *stream = &m->leg->stream[m->stream];
	struct handshake *h = stream->secure ? stream->secure->handshake : NULL;
	const unsigned at = m->rtcp ? AT_RTCP : AT_RTP;

	if (h && is_early(h, m->what))
		hello_keep(h->early, m->what, at);
	else if (h && h->peer &&
		 handshake_hear(r, h, at, &m->what->source, span_of(m->what->bytes, m->what->n), m->now))
		return MAIL_OF_SIDES;
	return MAIL_NO_NEWS;
}

bool handshake_is_awaited(const struct stream *m)
{
	return !m->now.known && m->secure && m->secure->handshake && m->secure->shield.shown == SHIELD_DTLS;
}

/* ----- as time passes ----- */

/* Where the side hears; ADDR_NONE: that has to be learnt, it must speak first. */
static struct addr address_of(const struct stream *m, unsigned at)
{
	const struct target *t = &m->now;

	if (ice_is_on(m))
		return m->secure->ice.pair[at].at;
	if (at == AT_RTP)
		return t->rtp_expected ? t->said_rtp : (struct addr){ 0 };
	return t->rtcp_expected ? t->said_rtcp : (struct addr){ 0 };
}

static void handshake_call(struct handshake *h, struct association_way *way, unsigned at)
{
	struct association *a = &h->at[at];
	const struct addr to = address_of(stream_of(h), at);

	if (at == AT_RTCP && secure_is_muxed(stream_of(h)))
		return;
	if (a->ours.suite != SRTP_SUITE_NONE || association_is_busy(a) || !addr_is_set(&to))
		return;
	if (!a->called || way->now - a->called >= ASSOCIATION_AGAIN_MS)
		association_call(a, way, &to);
}

static void handshake_step(struct relay *r, struct handshake *h, uint64_t now)
{
	for (unsigned i = 0; i < PORT_N && !is_away(h, now); i++) {
		struct post p = post_at(r, h, i);
		uint32_t left;
		struct association_way way = way_of(&p, &left, now);

		association_tick(&h->at[i], &way);
		if (!association_is_busy(&h->at[i]) && is_proven(r, h, i, now))
			association_forget(&h->at[i]);
		if (is_calling(h, now))
			handshake_call(h, &way, i);
		way_done(&p, left);
	}
	if (!has_keys(h) && !h->late && now - h->since >= ASSOCIATION_PATIENCE_MS) {
		r->handshakes.unfinished++;
		handshake_failed(r, h, handshake_why(h));
	}
	handshake_place(r, h, now);
}

/* NULL: it has no handshake, or that has waited for something else since. */
static struct handshake *left_since(const struct stream *m, uint64_t since)
{
	struct handshake *h = m->secure ? m->secure->handshake : NULL;

	return h && h->left == since + HANDSHAKE_LEAVE_MS ? h : NULL;
}

void handshake_stay(struct relay *r, struct stream *m, uint64_t since, uint64_t now)
{
	struct handshake *h = left_since(m, since);

	if (!h)
		return;
	h->left = 0;
	if (h->peer)
		handshake_step(r, h, now);
}

void handshake_gone(struct relay *r, struct stream *m, uint64_t since, uint64_t now)
{
	struct handshake *h = left_since(m, since);

	if (!h)
		return;
	h->gone = true;
	for (unsigned i = 0; i < PORT_N; i++)
		association_abandon(&h->at[i]);
	if (h->peer)
		handshake_place(r, h, now);
}

/* Each is put into the list anew while we walk: into its front, behind us. */
static void list_step(struct relay *r, struct handshake *h, uint64_t now)
{
	while (h) {
		struct handshake *next = h->next;

		handshake_step(r, h, now);
		h = next;
	}
}

bool handshake_is_on(const struct relay *r)
{
	return r->handshakes.shaking != NULL;
}

void handshake_turn(struct relay *r, uint64_t now)
{
	list_step(r, r->handshakes.shaking, now);
}

void handshake_tick(struct relay *r, uint64_t now)
{
	r->handshakes.used = 0;
	list_step(r, r->handshakes.resting, now);
}

/* With whom it is from now on. */
static void handshake_renew(struct handshake *h, struct terms *said, enum sdp_setup ours, uint64_t now)
{
	for (unsigned i = 0; i < PORT_N; i++) {
		association_forget(&h->at[i]);
		h->at[i] = (struct association){ 0 };
	}
	terms_hold(said);
	terms_drop(h->peer);
	h->peer = said;
	h->role = (uint8_t)ours;
	h->since = now;
	h->late = h->gone = false;
}

void handshake_begin(struct relay *r, struct session *s, struct leg *l, unsigned stream, enum sdp_setup ours,
		     uint64_t now)
{
	struct stream *m = &l->stream[stream];
	struct handshake *h = m->secure ? m->secure->handshake : NULL;
	struct terms *said = m->now.terms;

	if (!h || !said || !said->fingerprints.n || !m->port || ours == SDP_SETUP_HOLDCONN)
		return;
	h->session = s;
	h->leg = l;
	h->stream = stream;
	h->left = 0;
	if (!h->peer || h->role != ours || h->gone || is_another(h, said)) {
		handshake_renew(h, said, ours, now);
		handshake_step(r, h, now);
	}
	early_hear(r, h, now);
}

void handshake_spec(const struct handshake *h, struct port_spec *spec)
{
	const struct association *a = &h->at[spec->kind == STREAM_RTCP ? AT_RTCP : AT_RTP];

	spec->wants_dtls = true;
	/* Who has shown the certificate may be sent to, though nothing was learnt of him yet (M3): he may only listen.
	 */
	if (!addr_is_set(&spec->expected))
		spec->expected = a->proved;
	if (spec->kind != STREAM_RTCP)
		return;
	spec->awaits_keys = h->rtcp_ours.suite == SRTP_SUITE_NONE;
	spec->opens = h->rtcp_theirs;
	spec->seals = h->rtcp_ours;
}

/* ----- reports ----- */

const char *handshake_state(const struct handshake *h)
{
	if (has_keys(h))
		return "done";
	if (h->late)
		return "failed";
	return association_is_busy(&h->at[AT_RTP]) ? "under way" : "waiting";
}

const char *handshake_why(const struct handshake *h)
{
	if (has_keys(h) || !h->peer)
		return "";
	if (h->at[AT_RTP].why)
		return h->at[AT_RTP].why;
	if (h->role == SDP_SETUP_PASSIVE)
		return "the other side has not begun";
	return h->at[AT_RTP].called ? "no answer" : "its address is not known until it speaks";
}
