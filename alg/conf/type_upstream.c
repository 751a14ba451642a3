/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of `pinholes.upstream`. */
#include "alg/conf/type.h"

enum { STUN_PORT = 3478 };

static bool read_gateway(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_upstream *u = &((struct config *)record)->pinholes.upstream;
	struct addr a;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "the address of a router, or \"auto\""))
		return false;
	if (span_eq(load_text(v), SPAN("auto")))
		return true;
	if (addr_parse_host(load_text(v), &a) || !addr_is_unicast(&a))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not the address of a router, as \"192.168.1.1\"",
				 SPAN_ARG(load_text(v)));
	u->gateway = addr_unmap(&a);
	return true;
}

static bool stun_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_upstream *u = &((struct config *)record)->pinholes.upstream;
	struct addr a;

	if (!type_want(l, at, v, JSON_STRING, "the address of a STUN server"))
		return false;
	if (addr_parse(load_text(v), STUN_PORT, &a) || !addr_is_unicast(&a))
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not the address of a STUN server, as \"192.0.2.78:3478\"",
				 SPAN_ARG(load_text(v)));
	u->stun[u->nstun++] = addr_unmap(&a);
	return true;
}

static bool read_stun(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_STUN_SERVER_MAX, stun_add, record);
}

const struct key_type type_gateway = { "address", read_gateway };
const struct key_type type_stun = { "list of addresses", read_stun };
