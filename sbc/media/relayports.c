/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/relayports.h"

bool relayports_ask(struct relaylink *r, const struct relayports_question *q, relaylink_done_fn *done, void *user,
		    struct relaylink_wait **list)
{
	struct ng_request ask = { .command = NG_PORTS, .call_id = q->call_id, .port = q->port, .after = q->after };

	return relaylink_ask(r, &ask, NULL, done, user, list) != NULL;
}

static struct span text_of(struct span dict, struct span key)
{
	struct ng_value v;

	return ng_find(dict, key, &v) || v.kind != NG_STRING ? (struct span){ 0 } : v.text;
}

static uint64_t number_of(struct span dict, struct span key)
{
	struct ng_value v;

	return ng_find(dict, key, &v) || v.kind != NG_INTEGER || v.integer < 0 ? 0 : (uint64_t)v.integer;
}

static struct addr address_of(struct span text)
{
	struct addr a = { 0 };

	if (text.n && addr_parse(text, 0, &a))
		a = (struct addr){ 0 };
	return a;
}

static void read_refused(struct span port, struct relayport *p)
{
	struct ng_value list, one;
	struct span none;
	uint32_t at = 0;

	p->nrefused_from = 0;
	if (ng_find(port, SPAN("refused-from"), &list) || list.kind != NG_LIST_KIND)
		return;
	while (p->nrefused_from < RELAYPORTS_REFUSED && ng_next(list.text, &at, &none, &one) == 1) {
		struct addr a = address_of(one.kind == NG_STRING ? one.text : (struct span){ 0 });

		if (addr_is_set(&a))
			p->refused_from[p->nrefused_from++] = a;
	}
}

/* p has the call already. */
static bool read_port(const struct config *conf, struct span port, struct relayport *p)
{
	int realm = conf_realm_find(conf, text_of(port, SPAN("realm")));
	uint64_t number = number_of(port, SPAN("port"));

	if (realm < 0 || number == 0 || number > UINT16_MAX)
		return false;
	p->realm = (uint8_t)realm;
	p->ours = conf->realms[realm].address;
	p->ours.port = (uint16_t)number;
	p->rtcp = span_eq(text_of(port, SPAN("kind")), SPAN("RTCP"));
	p->said = address_of(text_of(port, SPAN("said")));
	p->latched = address_of(text_of(port, SPAN("latched")));
	p->packets = number_of(port, SPAN("packets"));
	p->bytes = number_of(port, SPAN("bytes"));
	p->refused = number_of(port, SPAN("refused"));
	p->last_packet = (int64_t)number_of(port, SPAN("last-packet"));
	read_refused(port, p);
	return true;
}

static void read_call(const struct config *conf, struct span call, relayports_each_fn *each, void *ctx)
{
	struct relayport p = {
		.call_id = text_of(call, SPAN("call-id")),
		.owner = text_of(call, SPAN("owner")),
		.ended = number_of(call, SPAN("ended")) != 0,
	};
	struct ng_value list, one;
	struct span none;
	uint32_t at = 0;

	if (ng_find(call, SPAN("ports"), &list) || list.kind != NG_LIST_KIND)
		return;
	while (ng_next(list.text, &at, &none, &one) == 1)
		if (one.kind == NG_DICT && read_port(conf, one.text, &p))
			each(ctx, &p);
}

uint32_t relayports_read(const struct config *conf, struct span answer, relayports_each_fn *each, void *ctx)
{
	struct ng_value list, one;
	struct span none;
	uint64_t next = number_of(answer, SPAN("next"));
	uint32_t at = 0;

	if (ng_find(answer, SPAN("calls"), &list) || list.kind != NG_LIST_KIND)
		return 0;
	while (ng_next(list.text, &at, &none, &one) == 1)
		if (one.kind == NG_DICT)
			read_call(conf, one.text, each, ctx);
	return next <= UINT32_MAX ? (uint32_t)next : 0;
}
