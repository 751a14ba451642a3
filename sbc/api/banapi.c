/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/banapi.h"

#include <stdlib.h>

#include "sbc/api/apiparam.h"
#include "sbc/api/apireply.h"

enum { BAN_FOR_MOST_S = 30 * 86400 };

static json_t *prefix_json(const struct prefix *p)
{
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	addr_write_host(&w, &p->base, false);
	if (p->bits != (p->base.family == ADDR_V4 ? 32 : 128))
		writer_format(&w, "/%u", p->bits);
	return json_stringn(text, w.n);
}

static json_t *row(const struct engine *e, const struct ban *b)
{
	uint64_t now = core_now(&e->core);

	return json_pack("{s:o, s:s, s:s, s:s, s:I, s:I, s:i, s:b, s:I}", "network", prefix_json(&b->whom), "reason",
			 evidence_name(b->why), "realm", b->realm, "last", b->sample, "since_s",
			 (json_int_t)((now - b->since) / 1000), "left_s", (json_int_t)ban_left_s(b, now), "times",
			 (int)b->strikes, "perhaps_forged", (int)b->forged, "dropped_messages", (json_int_t)b->dropped);
}

void banapi_list(struct engine *e, struct evhttp_request *req)
{
	json_t *rows = json_array(), *allowed = json_array();
	const struct ban *b = NULL;

	while ((b = bans_next(&e->guard.bans, b)))
		json_array_append_new(rows, row(e, b));
	for (unsigned i = 0; i < e->core.conf->nallow; i++)
		json_array_append_new(allowed, prefix_json(&e->core.conf->allow[i]));
	for (unsigned i = 0; i < e->guard.nallow; i++)
		json_array_append_new(allowed, prefix_json(&e->guard.allow[i]));
	apireply_ok(req, json_pack("{s:o, s:o}", "bans", rows, "allowed", allowed));
}

/* False: it is told what is wrong. */
static bool read_network(struct evhttp_request *req, struct span s, struct prefix *out)
{
	char text[128];
	char *plain = NULL;
	bool good = false;

	if (s.n < sizeof(text)) {
		memcpy(text, s.p, s.n);
		text[s.n] = '\0';
		plain = evhttp_uridecode(text, 0, NULL);
	}
	/* Of no bits is everybody: that is no ban, that is an end. */
	if (plain)
		good = prefix_parse(span_str(plain), out) == 0 && out->bits > 0;
	free(plain);
	if (!good)
		apireply_problem(req, HTTP_BADREQUEST, "Bad network",
				 "Expected an address or a network, as 192.0.2.7 or 2001:db8::%2F64.");
	return good;
}

void banapi_add(struct engine *e, struct evhttp_request *req, struct span network)
{
	struct bans_reason reason = { .why = EVIDENCE_BY_HAND };
	struct prefix whom;
	struct ban *ban;
	uint32_t seconds;

	if (!read_network(req, network, &whom) || !apiparam_seconds(req, "for", BAN_FOR_MOST_S, &seconds))
		return;
	ban = bans_add(&e->guard.bans, &whom, seconds, &reason);
	if (ban)
		apireply_ok(req, row(e, ban));
	else
		apireply_problem(req, APIREPLY_CONFLICT, "Full", "There are as many bans of networks as there can be.");
}

void banapi_lift(struct engine *e, struct evhttp_request *req, struct span network)
{
	struct prefix whom;

	if (!read_network(req, network, &whom))
		return;
	if (bans_lift(&e->guard.bans, &whom))
		apireply_ok(req, json_pack("{s:o, s:s}", "network", prefix_json(&whom), "state", "lifted"));
	else
		apireply_problem(req, HTTP_NOTFOUND, "Not banned", "GET /api/v1/bans lists who is.");
}

void banapi_allow(struct engine *e, struct evhttp_request *req, struct span network)
{
	struct prefix whom;

	if (!read_network(req, network, &whom))
		return;
	if (guard_allow(e, &whom))
		apireply_ok(req, json_pack("{s:o, s:s}", "network", prefix_json(&whom), "state", "allowed"));
	else
		apireply_problem(req, APIREPLY_CONFLICT, "Full",
				 "There are as many as there can be. guard.allow in the configuration has room, too.");
}
