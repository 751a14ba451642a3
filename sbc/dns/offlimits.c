/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/offlimits.h"

#include <string.h>

static bool is_ours(const struct config *conf, const struct addr *host)
{
	for (unsigned i = 0; i < conf->nrealm; i++)
		if (addr_same_host(&conf->realms[i].address, host))
			return true;
	return addr_is_loopback(host);
}

/* Who listens at no address in particular listens at all of ours. */
static bool is_served(const struct config *conf, const struct addr *service, const struct addr *to)
{
	if (!service->port || service->port != to->port)
		return false;
	return addr_same_host(service, to) || (reach_of(service) == REACH_UNSPECIFIED && is_ours(conf, to));
}

static bool is_command(const struct config *conf, const char *ng, const struct addr *to)
{
	static const struct span kinds[] = { SPAN("udp:"), SPAN("tcp:") };
	const struct span text = span_str(ng);
	struct addr at;

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_starts(text, kinds[i]))
			return addr_parse(span_from(text, kinds[i].n), 0, &at) == 0 && is_served(conf, &at, to);
	return false;
}

enum reach offlimits(const struct config *conf, unsigned realm, const struct addr *to)
{
	const struct addr plain = addr_unmap(to);
	const enum reach reach = reach_from(&conf->realms[realm].address, &plain);

	if (reach != REACH_FINE)
		return reach;
	if (is_served(conf, &conf->api.http, &plain))
		return REACH_OWN;
	for (unsigned i = 0; i < conf->relay.nng; i++)
		if (is_command(conf, conf->relay.ng[i], &plain))
			return REACH_OWN;
	return REACH_FINE;
}
