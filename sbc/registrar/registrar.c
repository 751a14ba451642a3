/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/registrar.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "sbc/identity/auth.h"
#include "sbc/registrar/registration.h"

static uint16_t refuse(struct registration *g, uint16_t status, const char *why)
{
	g->why = why;
	return status;
}

/* The To is the address-of-record. */
static uint16_t aor_check(struct registration *g)
{
	char plain[BINDING_USER_MAX * 3];
	struct writer w = writer_over(plain, sizeof(plain));
	struct nameaddr to;
	struct uri uri;

	if (nameaddr_parse(sip_msg_value(g->msg, SIP_HDR_TO), &to) || uri_parse(to.uri, &uri))
		return refuse(g, 400, "the To cannot be read");
	if (uri.scheme != URI_SIP && uri.scheme != URI_SIPS)
		return refuse(g, 404, "the To is not a SIP URI");
	uri_user_plain(&w, uri.user);
	if (!span_eq(writer_done(&w), g->user))
		return refuse(g, 403, "the To is not the user who was authenticated");
	if (g->where->phones.ndomain && !auth_host_is_ours(g->where, uri.host))
		return refuse(g, 404, "the To is not of a domain of ours");
	return 0;
}

/* RFC 3261 10.3 step 2. We do nothing that must be required but Path. */
static uint16_t require_check(struct registration *g, struct writer *headers)
{
	struct sip_walk walk = { 0 };
	uint32_t before = headers->n;
	struct span tag;

	while (sip_walk_next(g->msg, SIP_HDR_REQUIRE, &walk, &tag)) {
		if (span_ieq(tag, SPAN("path")) || span_ieq(tag, SPAN("outbound")))
			continue;
		writer_str(headers, headers->n == before ? "Unsupported: " : ", ");
		writer_put(headers, tag);
	}
	if (headers->n == before)
		return 0;
	writer_str(headers, "\r\n");
	return refuse(g, 420, "an extension is required that we do not have");
}

uint16_t registrar_handle(const struct registrar *r, const struct registrar_request *q, struct writer *headers,
			  const char **why)
{
	struct registration g = {
		.msg = q->msg,
		.from = q->from,
		.where = &r->conf->realms[q->from.realm],
		.bindings = r->bindings,
		.user = q->user,
		.now = q->now,
		.wall = q->wall,
	};
	uint16_t status = require_check(&g, headers);

	if (!status)
		status = aor_check(&g);
	if (!status)
		status = registration_read(&g);
	if (!status) {
		registration_match(&g);
		status = registration_apply(&g, headers);
	}
	if (status) {
		*why = g.why;
		return status;
	}
	registration_answer_write(&g, headers);
	return 200;
}
