/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/whyapi.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "sbc/api/apiparam.h"
#include "sbc/api/apireply.h"
#include "sbc/api/why.h"

struct question {
	struct apiwait wait;
	struct why why;
};

static void question_drop(struct apiwait *w)
{
	struct question *q = (struct question *)w;

	json_decref(q->why.findings);
	free(q);
}

static void on_whose(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct question *q = wait->user;
	struct why *w = &q->why;

	(void)env;
	if (answer)
		relayports_read(w->engine->core.conf, answer->body, why_port, w);
	why_relay(w, answer);
	apireply_ok(apiwait_end(&q->wait), why_done(w));
	question_drop(&q->wait);
}

static bool read_question(struct evhttp_request *req, struct why *w)
{
	static const char *const protocols[] = { "udp", "tcp" };
	int protocol = apiparam_word(req, "protocol", protocols);
	char text[ADDR_TEXT_MAX + 1];
	struct span from = apiparam_text(req, "from", text, sizeof(text));

	w->protocol = protocol == 1 ? IPPROTO_TCP : IPPROTO_UDP;
	if (protocol < 0 || !apiparam_address(req, "to", true, &w->to))
		return false;
	/* Packets may claim to be from anywhere. */
	if (span_is_set(from) && addr_parse(from, 0, &w->from) == 0)
		return true;
	apireply_problem(req, HTTP_BADREQUEST, "Bad address",
			 "from is who sent it: an address, with a port where that is known.");
	return false;
}

void whyapi_get(struct engine *e, struct apiwait **waits, struct evhttp_request *req)
{
	struct question *q = calloc(1, sizeof(*q));
	struct relayports_question whose;

	if (!q) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	q->why.engine = e;
	if (!read_question(req, &q->why)) {
		question_drop(&q->wait);
		return;
	}
	apiwait_begin(waits, &q->wait, req, question_drop);
	whose = (struct relayports_question){ .port = q->why.to.port };
	if (why_begin(&q->why)) {
		if (relayports_ask(&e->relay, &whose, on_whose, q, &q->wait.asked))
			return;
		why_relay(&q->why, false);
	}
	apireply_ok(apiwait_end(&q->wait), why_done(&q->why));
	question_drop(&q->wait);
}
