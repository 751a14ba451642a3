/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/audit.h"

#include <stdlib.h>

#include "rtpproxy/session/secure.h"

/* What sessions say of a pair of ports. */
enum claim {
	CLAIM_NONE,
	CLAIM_TAKEN,
	CLAIM_IN_PATH,
	CLAIM_MUXED /* the first of them is, the second is shut */,
	CLAIM_TWICE
};

struct audit {
	struct job *job;
	uint8_t *claim[CONF_REALM_MAX]; /* enum claim, by pair */
	uint64_t sessions, claimed, taken, in_path, different;
};

static const char *const words[] = {
	"taken, but of no session",
	"of a session, but not taken",
	"of two streams",
	"in the packet path, but of no session",
	"of a session, but not in the packet path",
};

enum difference { NO_SESSION, NOT_TAKEN, TWICE, PATH_ALONE, PATH_MISSING };

static void differ(struct audit *a, unsigned realm, uint32_t port, enum difference what)
{
	char text[128];
	struct writer w = writer_over(text, sizeof(text));

	if (a->different++ >= AUDIT_TOLD)
		return;
	writer_format(&w, "%s port %u: %s", a->job->relay->conf->realms[realm].name, port, words[what]);
	ng_put_str(&a->job->answer, (struct span){ 0 }, writer_done(&w));
}

/* What its ring had no room for it knows in a moment. */
static enum claim claim_of(const struct stream *m)
{
	if (!m->in_path || m->unpushed)
		return CLAIM_TAKEN;
	return secure_is_muxed(m) ? CLAIM_MUXED : CLAIM_IN_PATH;
}

static void claim_leg(struct audit *a, const struct leg *l)
{
	const struct ports *p = &a->job->relay->ports[l->realm];

	for (unsigned i = 0; i < l->nstream; i++) {
		const struct stream *m = &l->stream[i];
		uint32_t pair = (m->port - p->first) / 2U;

		if (!m->port)
			continue;
		a->claimed++;
		if (!ports_is_used(p, m->port)) {
			differ(a, l->realm, m->port, NOT_TAKEN);
			continue;
		}
		if (a->claim[l->realm][pair] != CLAIM_NONE) {
			differ(a, l->realm, m->port, TWICE);
			a->claim[l->realm][pair] = CLAIM_TWICE;
			continue;
		}
		a->claim[l->realm][pair] = (uint8_t)claim_of(m);
	}
}

static void claim_all(struct audit *a)
{
	for (const struct session *s = a->job->relay->all.first; s; s = s->next) {
		a->sessions++;
		for (const struct leg *l = s->near; l; l = session_next(s, l))
			claim_leg(a, l);
	}
}

static void check_pair(struct audit *a, unsigned realm, uint32_t pair)
{
	const struct relay *r = a->job->relay;
	const struct ports *p = &r->ports[realm];
	enum claim claim = (enum claim)a->claim[realm][pair];
	bool parked = p->state[pair] == PORTS_PARKED, taken = p->state[pair] != PORTS_FREE;

	a->taken += taken;
	if (taken && !parked && claim == CLAIM_NONE)
		differ(a, realm, p->first + 2 * pair, NO_SESSION);
	for (uint32_t port = p->first + 2 * pair; port <= p->first + 2 * pair + 1; port++) {
		struct own_port own = { .realm = (uint8_t)realm, .port = (uint16_t)port };
		struct port_stats unused;
		bool known = r->path.stats(r->path.ctx, own, &unused);

		a->in_path += known;
		if (known && (claim == CLAIM_NONE || (claim == CLAIM_MUXED && port % 2)) && !parked)
			differ(a, realm, port, PATH_ALONE);
		if (!known && (claim == CLAIM_IN_PATH || (claim == CLAIM_MUXED && port % 2 == 0)))
			differ(a, realm, port, PATH_MISSING);
	}
}

static void audit_put(struct audit *a)
{
	const struct relay *r = a->job->relay;
	struct ng_writer *n = &a->job->answer;

	ng_begin_list(n, SPAN("differences"));
	claim_all(a);
	for (unsigned i = 0; i < r->conf->nrealm; i++)
		for (uint32_t pair = 0; pair < r->ports[i].npair; pair++)
			check_pair(a, i, pair);
	ng_end(n);
	ng_put_u64(n, SPAN("different"), a->different);
	ng_put_u64(n, SPAN("sessions"), a->sessions);
	ng_put_u64(n, SPAN("pairs-of-sessions"), a->claimed);
	ng_put_u64(n, SPAN("pairs-taken"), a->taken);
	ng_put_u64(n, SPAN("ports-in-path"), a->in_path);
}

enum outcome audit_run(struct job *j)
{
	const struct relay *r = j->relay;
	struct audit a = { .job = j };
	enum outcome o = OUTCOME_OK;

	for (unsigned i = 0; i < r->conf->nrealm && o == OUTCOME_OK; i++) {
		a.claim[i] = calloc(r->ports[i].npair + 1, 1);
		if (!a.claim[i])
			o = OUTCOME_NO_MEMORY;
	}
	if (o == OUTCOME_OK)
		audit_put(&a);
	for (unsigned i = 0; i < r->conf->nrealm; i++)
		free(a.claim[i]);
	return o;
}
