/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/relaylink.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int relaylink_init(struct relaylink *r, struct core *core, void *env, relaylink_event_fn *event)
{
	memset(r, 0, sizeof(*r));
	r->core = core;
	r->env = env;
	r->event = event;
	r->pool = calloc(RELAYLINK_WAITS, sizeof(*r->pool));
	if (!r->pool)
		return -1;
	for (uint32_t i = RELAYLINK_WAITS; i-- > 0;) {
		r->pool[i].home = r;
		r->pool[i].next = r->free;
		r->free = &r->pool[i];
	}
	snprintf(r->owner, sizeof(r->owner), "%.24s-%016llx", core->conf->node ? core->conf->node : "sbc",
		 (unsigned long long)token_u64(&core->tokens));
	return 0;
}

void relaylink_fini(struct relaylink *r)
{
	free(r->pool);
}

static void end(struct relaylink_wait *w)
{
	struct relaylink *r = w->home;

	wheel_del(&r->core->wheel, &w->retry);
	if (w->link) {
		*w->link = w->next;
		if (w->next)
			w->next->link = w->link;
		w->link = NULL;
	}
	buf_drop(&r->core->bufs, w->datagram);
	buf_drop(&r->core->bufs, w->message);
	w->datagram = w->message = NULL;
	w->user = NULL;
	w->out = false;
	w->generation++;
	w->next = r->free;
	r->free = w;
	r->nwait--;
}

/* The wait leaves its asker's list before the asker hears of it: the asker may go away while it is told. */
static void tell(struct relaylink_wait *w, const struct ng_answer *answer)
{
	if (w->user)
		w->done(w->home->env, w, answer);
	end(w);
}

static void on_retry(struct timer *timer, void *ctx, uint64_t now)
{
	struct relaylink_wait *w = (struct relaylink_wait *)((char *)timer - offsetof(struct relaylink_wait, retry));
	struct relaylink *r = w->home;
	struct core *core = r->core;

	(void)ctx;
	if (w->tries == RELAYLINK_TRIES) {
		core_count(core, COUNT_RELAY_TIMEOUT);
		if (r->reachable)
			log_error(&core->log, "the relay does not answer (%s)",
				  core->conf->relay.nng ? core->conf->relay.ng[0] : "no address configured");
		r->reachable = false;
		tell(w, NULL);
		return;
	}
	core_count(core, COUNT_RELAY_RETRY);
	core->out.relay(core->out.ctx, buf_span(w->datagram));
	wheel_add(&core->wheel, &w->retry, now + ((uint64_t)RELAYLINK_FIRST_MS << w->tries), on_retry);
	w->tries++;
}

static void link_to(struct relaylink_wait *w, struct relaylink_wait **list)
{
	w->next = NULL;
	w->link = NULL;
	if (!list)
		return;
	w->next = *list;
	if (w->next)
		w->next->link = &w->next;
	w->link = list;
	*list = w;
}

struct relaylink_wait *relaylink_ask(struct relaylink *r, struct ng_request *request, struct span message, relaylink_done_fn *done,
			     void *user, struct relaylink_wait **list)
{
	struct core *core = r->core;
	struct relaylink_wait *w = r->free;
	struct writer text = writer_over(core->out_text, sizeof(core->out_text));
	char cookie[32];
	int n;

	if (!w)
		return NULL;
	n = snprintf(cookie, sizeof(cookie), "%x.%x", (unsigned)(w - r->pool), w->generation);
	request->cookie = span_of(cookie, (size_t)n);
	request->coding = NG_BENCODE;
	request->owner = span_str(r->owner);
	ng_request_write(&text, request);
	if (text.failed)
		return NULL;
	r->free = w->next;
	r->nwait++;
	link_to(w, list);
	w->out = true;
	w->tries = 1;
	w->done = done;
	w->user = user;
	w->datagram = buf_keep(&core->bufs, writer_done(&text));
	w->message = message.n ? buf_keep(&core->bufs, message) : NULL;
	if (!w->datagram || (message.n && !w->message)) {
		end(w);
		return NULL;
	}
	core_count(core, COUNT_RELAY_REQUEST);
	wheel_add(&core->wheel, &w->retry, core_now(core) + RELAYLINK_FIRST_MS, on_retry);
	core->out.relay(core->out.ctx, buf_span(w->datagram));
	return w;
}

void relaylink_forget(struct relaylink_wait **list)
{
	while (*list) {
		struct relaylink_wait *w = *list;

		*list = w->next;
		if (w->next)
			w->next->link = list;
		w->next = NULL;
		w->link = NULL;
		w->user = NULL;
	}
}

/* The cookie names place and generation: an answer that comes twice, or too late, finds nobody. */
static struct relaylink_wait *find(struct relaylink *r, struct span cookie)
{
	char text[32];
	unsigned place, generation;

	if (cookie.n == 0 || cookie.n >= sizeof(text))
		return NULL;
	memcpy(text, cookie.p, cookie.n);
	text[cookie.n] = '\0';
	if (sscanf(text, "%x.%x", &place, &generation) != 2 || place >= RELAYLINK_WAITS)
		return NULL;
	return r->pool[place].out && r->pool[place].generation == generation ? &r->pool[place] : NULL;
}

void relaylink_receive(struct relaylink *r, struct span datagram)
{
	struct ng_answer answer;
	struct relaylink_wait *w;

	if (ng_answer_decode(datagram, &answer)) {
		core_count(r->core, COUNT_RELAY_STRAY);
		return;
	}
	r->reachable = true;
	r->last_answer = core_now(r->core);
	if (answer.event.n) {
		r->event(r->env, &answer);
		return;
	}
	w = find(r, answer.cookie);
	if (!w) {
		core_count(r->core, COUNT_RELAY_STRAY);
		return;
	}
	tell(w, &answer);
}
