/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/relaylink.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "alg/base/cursor.h"

/* Place and generation, a dot between them. */
enum { COOKIE_MAX = 24 };

int relaylink_init(struct relaylink *r, struct core *core, void *env, relaylink_event_fn *event)
{
	uint64_t run = token_u64(&core->tokens);

	memset(r, 0, sizeof(*r));
	r->core = core;
	r->env = env;
	r->event = event;
	r->pool = calloc(RELAYLINK_WAITS, sizeof(*r->pool));
	if (!r->pool)
		return -1;
	/* The relay keeps answers by cookie: those of another run must not be taken for ours. */
	for (uint32_t i = RELAYLINK_WAITS; i-- > 0;) {
		r->pool[i].home = r;
		r->pool[i].generation = (uint32_t)run;
		r->pool[i].next = r->free;
		r->free = &r->pool[i];
	}
	snprintf(r->owner, sizeof(r->owner), "%.24s-%016llx", core->conf->node ? core->conf->node : "sbc",
		 (unsigned long long)run);
	return 0;
}

void relaylink_name(struct relaylink *r, const char *instance)
{
	const struct config *conf = r->core->conf;

	if (instance[0])
		snprintf(r->owner, sizeof(r->owner), "%.24s-%.22s", conf->node ? conf->node : "sbc", instance);
}

/* Takes it off its asker's list. */
static void leave(struct relaylink_wait *w)
{
	if (!w->link)
		return;
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	w->next = NULL;
	w->link = NULL;
}

static void end(struct relaylink_wait *w)
{
	struct relaylink *r = w->home;

	leave(w);
	wheel_del(&r->core->wheel, &w->retry);
	buf_drop(&r->core->bufs, w->datagram);
	buf_drop(&r->core->bufs, w->message);
	buf_drop(&r->core->bufs, w->sdp);
	buf_drop(&r->core->bufs, w->answer);
	w->datagram = w->message = w->sdp = w->answer = NULL;
	w->once = w->anew = false;
	w->user = NULL;
	w->hold = NULL;
	w->out = false;
	w->generation++;
	w->next = r->free;
	r->free = w;
	r->nwait--;
}

void relaylink_fini(struct relaylink *r)
{
	for (uint32_t i = 0; r->pool && i < RELAYLINK_WAITS; i++)
		if (r->pool[i].out)
			end(&r->pool[i]);
	free(r->pool);
	r->pool = NULL;
}

/* The wait leaves its asker's list before the asker hears of it: the asker may go away while it is told. */
static void tell(struct relaylink_wait *w, const struct ng_answer *answer)
{
	leave(w);
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
	if (w->once) {
		tell(w, NULL);
		return;
	}
	if (w->tries == RELAYLINK_TRIES) {
		core_count(core, COUNT_RELAY_TIMEOUT);
		if (!r->missed)
			log_error(&core->log, "the relay does not answer (%s)",
				  core->conf->relay.nng ? core->conf->relay.ng[0] : "no address configured");
		r->reachable = false;
		r->missed = true;
		tell(w, NULL);
		return;
	}
	r->silent |= w->tries >= 2;
	core_count(core, COUNT_RELAY_RETRY);
	core->out.relay(core->out.ctx, buf_span(w->datagram));
	wheel_add(&core->wheel, &w->retry, now + ((uint64_t)RELAYLINK_FIRST_MS << w->tries), on_retry);
	w->tries++;
}

/* The relay is back: what was lost with it is asked anew, a few each millisecond, since its socket holds so many. Each
 * once: what is never answered ends. */
static void ask_anew(struct relaylink *r)
{
	uint64_t n = 0;

	for (uint32_t i = 0; n < r->nwait && i < RELAYLINK_WAITS; i++) {
		struct relaylink_wait *w = &r->pool[i];

		if (!w->out || w->answer || w->once || w->anew || w->tries < 2)
			continue;
		w->anew = true;
		w->tries = 0;
		wheel_add(&r->core->wheel, &w->retry, core_now(r->core) + 1 + n++ / RELAYLINK_ANEW_EACH_MS, on_retry);
	}
}

static struct span cookie_of(const struct relaylink_wait *w, char text[COOKIE_MAX])
{
	struct writer cookie = writer_over(text, COOKIE_MAX);

	writer_u64(&cookie, (uint64_t)(w - w->home->pool));
	writer_byte(&cookie, '.');
	writer_u64(&cookie, w->generation);
	return writer_done(&cookie);
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

struct relaylink_wait *relaylink_ask(struct relaylink *r, struct ng_request *request, struct buf *message,
				     relaylink_done_fn *done, void *user, struct relaylink_wait **list)
{
	struct core *core = r->core;
	struct relaylink_wait *w = r->free;
	struct writer text = writer_over(core->out_text, sizeof(core->out_text));
	char cookie[COOKIE_MAX];

	if (!w) {
		buf_drop(&core->bufs, message);
		return NULL;
	}
	request->cookie = cookie_of(w, cookie);
	request->coding = NG_BENCODE;
	request->owner = span_str(r->owner);
	ng_request_write(&text, request);
	if (text.failed) {
		buf_drop(&core->bufs, message);
		return NULL;
	}
	r->free = w->next;
	r->nwait++;
	link_to(w, list);
	w->out = true;
	w->tries = 1;
	w->done = done;
	w->user = user;
	w->datagram = buf_keep(&core->bufs, writer_done(&text));
	w->message = message;
	if (!w->datagram) {
		end(w);
		return NULL;
	}
	core_count(core, COUNT_RELAY_REQUEST);
	wheel_add(&core->wheel, &w->retry, core_now(core) + RELAYLINK_FIRST_MS, on_retry);
	/* Nobody waits for the answer: it may go with the next question. */
	if (!done && core->out.relay_later)
		core->out.relay_later(core->out.ctx, buf_span(w->datagram));
	else
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
	char text[COOKIE_MAX];
	uint32_t place = 0;

	for (uint32_t i = 0; i < cookie.n && byte_is(cookie.p[i], DIGIT) && place < RELAYLINK_WAITS; i++)
		place = place * 10 + (uint32_t)(cookie.p[i] - '0');
	if (place >= RELAYLINK_WAITS || !r->pool[place].out || !span_eq(cookie_of(&r->pool[place], text), cookie))
		return NULL;
	return &r->pool[place];
}

/* Without memory it is told at once. */
static bool hold(struct relaylink_wait *w, struct span datagram, const struct ng_answer *answer)
{
	if (!w->hold || !w->user)
		return false;
	w->answer = buf_keep(&w->home->core->bufs, datagram);
	return w->answer && w->hold(w->home->env, w, answer);
}

void relaylink_release(struct relaylink_wait *w)
{
	struct ng_answer answer;

	/* It was decoded before. */
	if (ng_answer_decode(buf_span(w->answer), &answer) == 0)
		tell(w, &answer);
}

void relaylink_receive(struct relaylink *r, struct span datagram)
{
	struct ng_answer answer;
	struct relaylink_wait *w;

	if (ng_answer_decode(datagram, &answer)) {
		core_count(r->core, COUNT_RELAY_STRAY);
		return;
	}
	if (r->missed)
		log_info(&r->core->log, "the relay answers again");
	r->missed = false;
	r->reachable = true;
	r->last_answer = core_now(r->core);
	if (r->silent)
		ask_anew(r);
	r->silent = false;
	if (answer.event.n) {
		r->event(r->env, &answer);
		return;
	}
	w = find(r, answer.cookie);
	if (!w || w->answer) {
		core_count(r->core, COUNT_RELAY_STRAY);
		return;
	}
	if (!hold(w, datagram, &answer))
		tell(w, &answer);
}
