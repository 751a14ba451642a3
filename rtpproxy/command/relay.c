/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/command/relay.h"

#include <stdlib.h>

#include "alg/ng/ng_word.h"
#include "rtpproxy/base/command.h"
#include "rtpproxy/command/bans.h"
#include "rtpproxy/command/delete.h"
#include "rtpproxy/life/end.h"
#include "rtpproxy/life/keepalive.h"
#include "rtpproxy/life/owner.h"
#include "rtpproxy/life/watch.h"
#include "rtpproxy/listen/publish.h"
#include "rtpproxy/listen/subscribe.h"
#include "rtpproxy/offer/answer.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/report/audit.h"
#include "rtpproxy/report/openports.h"
#include "rtpproxy/report/report.h"
#include "rtpproxy/session/job.h"
#include "rtpproxy/stream/block.h"
#include "rtpproxy/stream/connect.h"
#include "rtpproxy/stream/digits.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/mail.h"
#include "rtpproxy/stream/play.h"
#include "rtpproxy/stream/record.h"

typedef enum outcome command_fn(struct job *j);

static enum outcome relay_pong(struct job *j)
{
	ng_put_str(&j->answer, SPAN("result"), SPAN("pong"));
	if (j->request->owner.n)
		ng_put_u64(&j->answer, SPAN("instance"), j->relay->owners.instance >> 1);
	return OUTCOME_OK;
}

static const struct command {
	command_fn *run; /* NULL: not built */
	bool needs_call;
	bool keeps_answer; /* carrying it out twice would matter: its answer is kept for a second copy */
	bool has_result;   /* says by itself how it went */
} commands[NG_COMMAND_N] = {
	[NG_PING] = { relay_pong, .has_result = true },
	[NG_OFFER] = { offer_run, .needs_call = true, .keeps_answer = true },
	[NG_ANSWER] = { answer_run, .needs_call = true, .keeps_answer = true },
	[NG_ROLLBACK] = { offer_rollback, .needs_call = true, .keeps_answer = true },
	[NG_DELETE] = { delete_run, .needs_call = true, .keeps_answer = true },
	[NG_QUERY] = { report_query, .needs_call = true },
	[NG_LIST] = { report_list },
	[NG_STATISTICS] = { report_statistics },
	[NG_BLOCK_MEDIA] = { block_run, .needs_call = true },
	[NG_UNBLOCK_MEDIA] = { block_run, .needs_call = true },
	[NG_SILENCE_MEDIA] = { block_run, .needs_call = true },
	[NG_UNSILENCE_MEDIA] = { block_run, .needs_call = true },
	[NG_BLOCK_DTMF] = { block_run, .needs_call = true },
	[NG_UNBLOCK_DTMF] = { block_run, .needs_call = true },
	[NG_START_RECORDING] = { record_start, .needs_call = true },
	[NG_STOP_RECORDING] = { record_stop, .needs_call = true },
	[NG_PAUSE_RECORDING] = { record_pause, .needs_call = true },
	[NG_PLAY_DTMF] = { play_run, .needs_call = true, .keeps_answer = true },
	[NG_PLAY_MEDIA] = { NULL },
	[NG_STOP_MEDIA] = { NULL },
	[NG_START_FORWARDING] = { forward_start, .needs_call = true },
	[NG_STOP_FORWARDING] = { forward_stop, .needs_call = true },
	[NG_SUBSCRIBE_REQUEST] = { subscribe_request, .needs_call = true, .keeps_answer = true },
	[NG_SUBSCRIBE_ANSWER] = { subscribe_answer, .needs_call = true, .keeps_answer = true },
	[NG_UNSUBSCRIBE] = { subscribe_end, .needs_call = true, .keeps_answer = true },
	[NG_PUBLISH] = { publish_run, .needs_call = true, .keeps_answer = true },
	[NG_CONNECT] = { connect_run, .needs_call = true },
	[NG_ADOPT] = { owner_adopt },
	[NG_LEASE] = { owner_lease },
	[NG_DISOWN] = { owner_disown },
	[NG_AUDIT] = { audit_run },
	[NG_BAN] = { bans_run },
	[NG_UNBAN] = { bans_run },
	[NG_PORTS] = { openports_run },
	[NG_COMMAND_OTHER] = { NULL },
};

int relay_init(struct relay *r, const struct config *conf, const struct datapath *path, relay_random_fn *random,
	       void *random_ctx, const struct hash_key *key, uint64_t now)
{
	*r = (struct relay){
		.conf = conf,
		.path = *path,
		.workers = path->workers ? path->workers : 1,
		.random = random,
		.random_ctx = random_ctx,
		.key = *key,
		.scratch = malloc(RELAY_DECODE_MAX),
		.body = malloc(RELAY_BODY_MAX),
		.patched = malloc(RELAY_BODY_MAX),
		.completed = malloc(RELAY_BODY_MAX),
		.extra = malloc(RELAY_EXTRA_MAX),
		.codecs = malloc(SDP_MEDIA_MAX * CODEC_MAX * sizeof(*r->codecs)),
	};
	if (!r->scratch || !r->body || !r->patched || !r->completed || !r->extra || !r->codecs ||
	    table_init(&r->sessions, conf->relay.sessions, key) || dedupe_init(&r->dedupe, key, now) ||
	    owners_init(&r->owners, key, random(random_ctx)) || banned_init(&r->banned, key))
		goto fail;
	for (unsigned i = 0; i < conf->nrealm; i++)
		if (ports_init(&r->ports[i], conf->realms[i].media_first, conf->realms[i].media_last, r->workers))
			goto fail;
	return 0;
fail:
	relay_fini(r);
	return -1;
}

void relay_fini(struct relay *r)
{
	while (r->all.first)
		end_session(r, r->all.first, 0);
	for (unsigned i = 0; i < CONF_REALM_MAX; i++)
		ports_fini(&r->ports[i]);
	table_fini(&r->sessions);
	owners_fini(&r->owners);
	banned_fini(&r->banned);
	dedupe_fini(&r->dedupe);
	mailroom_fini(&r->mail);
	handshakes_fini(&r->handshakes);
	free(r->scratch);
	free(r->body);
	free(r->patched);
	free(r->completed);
	free(r->extra);
	free(r->codecs);
	*r = (struct relay){ 0 };
}

static enum outcome command_check(const struct command *c, const struct ng_request *q)
{
	const struct span texts[] = { q->call_id, q->from_tag, q->to_tag, q->via_branch, q->owner, q->label };

	if (!c->run)
		return q->command == NG_COMMAND_OTHER ? OUTCOME_UNKNOWN_COMMAND : OUTCOME_NOT_BUILT;
	if (c->needs_call && q->call_id.n == 0)
		return OUTCOME_NO_CALL_ID;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].n > SESSION_TEXT_MAX)
			return OUTCOME_TEXT_TOO_LONG;
	return OUTCOME_OK;
}

static void warn_unknown(struct job *j)
{
	for (unsigned i = 0; i < j->request->nunknown; i++)
		job_warn(j, "not understood, ignored", j->request->unknown[i]);
	for (unsigned i = 0; i < j->request->nunmet; i++)
		job_warn(j, "not built, without effect", j->request->unmet[i]);
}

static void answer_error(const struct ng_request *q, enum outcome o, struct writer *reply)
{
	char reason[128];
	struct writer w = writer_over(reason, sizeof(reason));
	struct ng_writer n;

	*reply = writer_over(reply->p, reply->cap);
	ng_open(&n, reply, q->coding, q->cookie);
	writer_str(&w, outcome_reason(o));
	if (o == OUTCOME_NOT_BUILT)
		writer_str(&w, command_name(q->command));
	if (o == OUTCOME_UNKNOWN_TEMPLATE)
		writer_put(&w, span_slice(q->template_name, 0, CONF_TEMPLATE_NAME_MAX));
	/* Who knows the word tries another relay at once; who does not compares the reason of an error. */
	if (o == OUTCOME_SESSIONS_FULL && q->load_limit) {
		ng_put_str(&n, SPAN("result"), SPAN("load limit"));
		ng_put_str(&n, SPAN("message"), writer_done(&w));
	} else {
		ng_put_str(&n, SPAN("result"), SPAN("error"));
		ng_put_str(&n, SPAN("error-reason"), writer_done(&w));
	}
	ng_close(&n);
}

/* Runs the command and writes its answer; an answer that does not fit becomes an error. */
static enum outcome command_run(struct job *j, const struct command *c, struct writer *reply)
{
	const struct ng_request *q = j->request;
	enum outcome o = command_check(c, q);

	ng_open(&j->answer, reply, q->coding, q->cookie);
	warn_unknown(j);
	if (o == OUTCOME_OK)
		o = c->run(j);
	if (o == OUTCOME_OK) {
		if (!c->has_result)
			ng_put_str(&j->answer, SPAN("result"), SPAN("ok"));
		if (j->warning.n)
			ng_put_str(&j->answer, SPAN("warning"), writer_done(&j->warning));
		ng_close(&j->answer);
		if (reply->failed)
			o = OUTCOME_ANSWER_TOO_LONG;
	}
	if (o != OUTCOME_OK)
		answer_error(q, o, reply);
	return o;
}

/* Each has slots of tables fetched that will be looked at a moment later. */
static void relay_key(const struct relay *r, struct span datagram, const struct server_peer *from,
		      struct dedupe_key *key)
{
	const struct span source = from ? server_peer_bytes(from) : (struct span){ 0 };

	dedupe_key(&r->dedupe, source, span_slice(datagram, 0, span_find(datagram, ' ')), key);
}

static uint64_t relay_call_hash(const struct relay *r, const struct ng_request *q)
{
	const uint64_t hash = table_hash(&r->sessions, q->call_id);

	table_prefetch(&r->sessions, hash);
	return hash;
}

static void relay_run(struct relay *r, const struct ng_request *q, const struct server_peer *from, uint64_t now,
		      const struct dedupe_key *key, struct writer *reply)
{
	const struct command *c = &commands[q->command];
	char warning[JOB_WARNING_MAX];
	struct job j = {
		.relay = r,
		.request = q,
		.from = from,
		.now = now,
		.call_hash = q->call_id.n ? relay_call_hash(r, q) : 0,
		.warning = writer_over(warning, sizeof(warning)),
	};
	struct span kept = { 0 };
	enum outcome o;

	if (c->keeps_answer)
		kept = dedupe_find(&r->dedupe, key, now);
	if (span_is_set(kept)) {
		writer_put(reply, kept);
		return;
	}
	o = command_run(&j, c, reply);
	r->counters.commands[q->command][o != OUTCOME_OK]++;
	r->counters.outcomes[o]++;
	if (c->keeps_answer && !reply->failed)
		dedupe_keep(&r->dedupe, key, writer_done(reply), now);
}

/* Those of commands may be spelled in the configuration as clients spell them. */
static struct span relay_template(const void *ctx, struct span name)
{
	const struct conf_relay *c = ctx;

	for (unsigned i = 0; i < c->ntemplate; i++) {
		const struct span known = span_str(c->templates[i].name);

		if (span_eq(known, name) || ng_word_eq(known, name))
			return span_str(c->templates[i].flags);
	}
	return (struct span){ 0 };
}

void relay_handle(struct relay *r, struct span datagram, const struct server_peer *from, uint64_t now,
		  struct writer *reply)
{
	static const enum outcome decode_outcome[] = {
		[NG_BAD_DATA] = OUTCOME_BAD_DATA,
		[NG_NO_COMMAND] = OUTCOME_NO_COMMAND,
		[NG_NO_TEMPLATE] = OUTCOME_UNKNOWN_TEMPLATE,
	};
	const struct ng_templates templates = { relay_template, &r->conf->relay };
	struct dedupe_key key;
	struct ng_request q;
	enum ng_decode d;

	relay_key(r, datagram, from, &key);
	d = ng_request_decode_by(datagram, span_of(r->scratch, RELAY_DECODE_MAX), &templates, &q);
	*reply = writer_over(reply->p, reply->cap);
	switch (d) {
	case NG_NO_COOKIE:
		r->counters.dropped++;
		return;
	case NG_BAD_DATA:
	case NG_NO_COMMAND:
	case NG_NO_TEMPLATE:
		r->counters.outcomes[decode_outcome[d]]++;
		answer_error(&q, decode_outcome[d], reply);
		return;
	case NG_DECODE_OK:
		relay_run(r, &q, from, now, &key, reply);
		return;
	}
}

/* M8: the first packet from a stranger is told once per port, as is the source that was learnt. */
static void relay_path_event(struct relay *r, const struct datapath_event *e)
{
	const bool latched = e->kind == DATAPATH_LATCHED;
	char line[160], source[ADDR_TEXT_MAX];
	struct writer w = writer_over(line, sizeof(line) - 1);

	if (e->kind == DATAPATH_DIALLED) {
		play_over(r, e);
		return;
	}
	if (e->kind == DATAPATH_DIGIT) {
		digits_heard(r, e);
		return;
	}
	if (latched)
		r->counters.latched++;
	else
		r->counters.refused_sources++;
	if (!r->log)
		return;
	writer_format(&w, "session %u, %s port %u: %s %s, SSRC %08x", e->session, r->conf->realms[e->own.realm].name,
		      e->own.port, latched ? "learnt" : "refused", addr_text(&e->source, source), e->ssrc);
	line[w.n] = '\0';
	r->log(r->log_ctx, latched ? 3 : 1, line);
}

void relay_notices(struct relay *r, uint64_t now)
{
	enum { EVENTS = 64, ROUNDS = 64 };
	struct datapath_event events[EVENTS];
	unsigned n = EVENTS;

	for (unsigned round = 0; round < ROUNDS && n == EVENTS && r->path.events; round++) {
		n = r->path.events(r->path.ctx, events, EVENTS);
		for (unsigned i = 0; i < n; i++)
			relay_path_event(r, &events[i]);
	}
	mail_read(r, now);
}

void relay_tick(struct relay *r, uint64_t now)
{
	relay_notices(r, now);
	join_retry(r, now);
	handshake_tick(r, now);
	owner_tick(r, now);
	watch_tick(r, now);
	end_tick(r, now);
	keepalive_tick(r, now);
	bans_tick(r, now);
}

uint32_t relay_ports_used(const struct relay *r)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < CONF_REALM_MAX; i++)
		sum += ports_used(&r->ports[i]);
	return sum;
}
