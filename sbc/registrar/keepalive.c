/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/keepalive.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/base/cursor.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"
#include "sbc/base/transport.h"

/* The pinging of one binding, at the binding's number. */
struct ping {
	struct timer timer;
	struct keepalive *home;
	struct binding *b; /* NULL: not pinged */
	uint64_t sent_at;  /* ms: this ping, first time */
	uint64_t answered; /* ms */
	uint32_t cseq;     /* of the ping that is or was out last */
	uint32_t rtt_ms;
	uint8_t misses, sends; /* sends of this ping; 0: none is out */
};

struct keepalive {
	struct keepalive_conf conf;
	uint32_t capacity;
	struct ping ping[];
};

enum { KEEPALIVE_LAST_WAIT_MS = 4000, KEEPALIVE_BRANCH_MAX = 64 };

/* Timer E (RFC 3261 17.1.2.2): from each copy of a ping to the next. */
static const uint32_t resend_ms[KEEPALIVE_SENDS - 1] = { 500, 1000, 2000 };

static void ping_due(struct timer *timer, void *ctx, uint64_t now);

/* --- the request ---------------------------------------------------------------------------- */

static uint64_t ping_hash(const struct keepalive *k, const struct binding *b, uint32_t cseq)
{
	const uint32_t what[] = { b->number, b->generation, cseq };

	return siphash(&k->conf.key, what, sizeof(what));
}

/* z9hG4bKka.NUMBER.HASH: which binding, and that it was really us who asked, and this time. */
static void branch_write(const struct keepalive *k, struct writer *w, const struct binding *b, uint32_t cseq)
{
	writer_format(w, KEEPALIVE_BRANCH "%u.%016llx", b->number, (unsigned long long)ping_hash(k, b, cseq));
}

static void sent_by_write(struct writer *w, const struct conf_realm *r, const struct conf_listen *l)
{
	struct addr us = r->public;

	us.port = l->port;
	addr_write(w, &us);
}

static void contact_write(struct writer *w, const struct conf_realm *r, const struct conf_listen *l)
{
	writer_str(w, "Contact: <sip:");
	sent_by_write(w, r, l);
	writer_put(w, transport_info(l->transport)->param);
	writer_str(w, ">\r\n");
}

/* Our domain; a realm without one is known by its address. */
static void domain_write(struct writer *w, const struct conf_realm *r)
{
	if (r->phones.ndomain)
		writer_str(w, r->phones.domains[0]);
	else
		addr_write_host(w, &r->public, true);
}

static void request_write(const struct keepalive *k, struct writer *w, const struct binding *b, uint32_t cseq)
{
	const struct conf_realm *r = &k->conf.conf->realms[b->facts.flow.realm];
	const struct conf_listen *l = &r->listen[b->facts.flow.listen];
	unsigned long long id = ping_hash(k, b, 0); /* one Call-ID and tag for all pings of a binding */
	struct uri uri;

	if (uri_parse(b->facts.contact, &uri)) {
		w->failed = true;
		return;
	}
	writer_str(w, "OPTIONS ");
	uri_write(w, &uri);
	writer_format(w, " SIP/2.0\r\nVia: SIP/2.0/%.*s ", SPAN_ARG(transport_info(l->transport)->via));
	sent_by_write(w, r, l);
	writer_str(w, ";rport;branch=");
	branch_write(k, w, b, cseq);
	writer_str(w, "\r\nMax-Forwards: 70\r\nFrom: <sip:");
	domain_write(w, r);
	writer_format(w, ">;tag=%08llx\r\nTo: <", id >> 32);
	uri_write(w, &uri);
	writer_format(w, ">\r\nCall-ID: ka.%016llx\r\nCSeq: %u OPTIONS\r\n", id, cseq);
	contact_write(w, r, l);
	writer_str(w, "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n");
}

/* --- pinging -------------------------------------------------------------------------------- */

static uint32_t interval_ms(const struct keepalive *k, const struct binding *b)
{
	return k->conf.conf->realms[b->facts.flow.realm].phones.keepalive_ms;
}

/* The interval, more or less by up to a tenth: phones that came together must not be pinged together for ever. */
static uint64_t interval_jittered(const struct keepalive *k, const struct ping *p)
{
	uint64_t interval = interval_ms(k, p->b), spread = interval / 5;

	/* Not the hash that a branch shows. */
	return interval - spread / 2 + ping_hash(k, p->b, p->cseq | 1U << 31) % (spread + 1);
}

static unsigned ping_sends(const struct keepalive *k, const struct binding *b)
{
	const struct flow *f = &b->facts.flow;

	return k->conf.conf->realms[f->realm].listen[f->listen].transport == CONF_UDP ? KEEPALIVE_SENDS : 1;
}

static bool is_crlf(const struct keepalive *k, const struct binding *b)
{
	return k->conf.conf->realms[b->facts.flow.realm].phones.ping == CONF_PING_CRLF;
}

/* None is out; the next goes out an interval after from. */
static void ping_rest(struct keepalive *k, struct ping *p, uint64_t from)
{
	p->sends = 0;
	wheel_add(k->conf.wheel, &p->timer, from + interval_jittered(k, p), ping_due);
}

/* All that are restored come at once: their first pings are spread over one interval, none is later than that. */
static void ping_soon(struct keepalive *k, struct ping *p, uint64_t now)
{
	uint64_t spread = ping_hash(k, p->b, UINT32_MAX) % interval_ms(k, p->b);

	wheel_add(k->conf.wheel, &p->timer, now + spread, ping_due);
}

static void ping_missed(struct keepalive *k, struct ping *p, uint64_t now)
{
	if (++p->misses >= KEEPALIVE_MISSES)
		bindings_drop(k->conf.bindings, p->b, BINDING_LOST, now);
	else
		ping_rest(k, p, p->sent_at);
}

static void ping_send(struct keepalive *k, struct ping *p, uint64_t now)
{
	char text[KEEPALIVE_REQUEST_MAX];
	struct writer w = writer_over(text, sizeof(text));
	uint32_t wait;

	request_write(k, &w, p->b, p->cseq);
	if (w.failed || !k->conf.send(k->conf.ctx, &p->b->facts.flow, writer_done(&w))) {
		ping_missed(k, p, now);
		return;
	}
	p->sends++;
	wait = p->sends < ping_sends(k, p->b) ? resend_ms[p->sends - 1] : KEEPALIVE_LAST_WAIT_MS;
	wheel_add(k->conf.wheel, &p->timer, now + wait, ping_due);
}

static void ping_begin(struct keepalive *k, struct ping *p, uint64_t now)
{
	p->cseq++; /* of CRLF, too: it varies the interval */
	p->sent_at = now;
	if (!is_crlf(k, p->b)) {
		ping_send(k, p, now);
		return;
	}
	k->conf.send(k->conf.ctx, &p->b->facts.flow, SPAN("\r\n\r\n"));
	ping_rest(k, p, now);
}

static void ping_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct ping *p = (struct ping *)(void *)((char *)timer - offsetof(struct ping, timer));
	struct keepalive *k = p->home;

	(void)ctx;
	if (p->sends == 0)
		ping_begin(k, p, now);
	else if (p->sends < ping_sends(k, p->b))
		ping_send(k, p, now);
	else
		ping_missed(k, p, now);
}

/* --- bindings come and go ------------------------------------------------------------------- */

static void ping_stop(struct keepalive *k, struct ping *p)
{
	wheel_del(k->conf.wheel, &p->timer);
	p->b = NULL;
}

static void keepalive_watch(void *ctx, struct binding *b, enum binding_event e, uint64_t now)
{
	struct keepalive *k = ctx;
	struct ping *p = &k->ping[b->number];

	if (binding_event_is_end(e) || !b->facts.nat || interval_ms(k, b) == 0) {
		ping_stop(k, p);
		return;
	}
	p->misses = 0; /* a REGISTER is a sign of life, too */
	if (p->b && e == BINDING_REFRESHED)
		return;
	if (!p->b)
		*p = (struct ping){ .home = k, .b = b, .rtt_ms = UINT32_MAX };
	if (e == BINDING_RESTORED)
		ping_soon(k, p, now);
	else
		ping_rest(k, p, now);
}

struct keepalive *keepalive_new(const struct keepalive_conf *conf)
{
	uint32_t n = bindings_capacity(conf->bindings);
	struct keepalive *k = calloc(1, sizeof(*k) + n * sizeof(k->ping[0]));

	if (!k)
		return NULL;
	k->conf = *conf;
	k->capacity = n;
	if (bindings_watch(conf->bindings, keepalive_watch, k)) {
		free(k);
		return NULL;
	}
	return k;
}

void keepalive_free(struct keepalive *k)
{
	if (!k)
		return;
	for (uint32_t i = 0; i < k->capacity; i++)
		wheel_del(k->conf.wheel, &k->ping[i].timer);
	free(k);
}

size_t keepalive_bytes(const struct keepalive *k)
{
	return sizeof(*k) + k->capacity * sizeof(k->ping[0]);
}

/* --- answers -------------------------------------------------------------------------------- */

/* The ping whose branch this is; NULL where it is none that is out. */
static struct ping *ping_find(struct keepalive *k, struct span branch)
{
	uint32_t number = 0;
	char text[KEEPALIVE_BRANCH_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct cursor c = { .left = branch };
	struct ping *p;
	struct span digits;

	cursor_word(&c, SPAN(KEEPALIVE_BRANCH));
	digits = cursor_while(&c, DIGIT);
	if (c.failed || span_u32(digits, &number) || number >= k->capacity)
		return NULL;
	p = &k->ping[number];
	if (!p->b || p->sends == 0)
		return NULL;
	branch_write(k, &w, p->b, p->cseq);
	return span_eq(branch, writer_done(&w)) ? p : NULL;
}

bool keepalive_response(struct keepalive *k, const struct sip_msg *m, uint64_t now)
{
	struct sip_walk walk = { 0 };
	struct span value;
	struct via via;
	struct ping *p;

	if (!sip_walk_next(m, SIP_HDR_VIA, &walk, &value) || via_parse(value, &via))
		return false;
	p = ping_find(k, via.branch);
	if (!p)
		return false;
	if (p->sends == 1) /* else it is not known which copy was answered (Karn) */
		p->rtt_ms = (uint32_t)(now - p->sent_at);
	p->misses = 0;
	p->answered = now;
	ping_rest(k, p, p->sent_at);
	return true;
}

struct keepalive_state keepalive_state(const struct keepalive *k, const struct binding *b)
{
	const struct ping *p = &k->ping[b->number];

	if (p->b != b)
		return (struct keepalive_state){ .rtt_ms = UINT32_MAX };
	return (struct keepalive_state){
		.pinged = true,
		.misses = p->misses,
		.rtt_ms = p->rtt_ms,
		.answered = p->answered,
	};
}
