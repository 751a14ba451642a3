/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/interfaces.h"

#include <ifaddrs.h>
#include <stdio.h>

static const char *holder(const struct ifaddrs *all, const struct addr *a)
{
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct addr have;

		if (i->ifa_addr && addr_from_sockaddr(i->ifa_addr, &have) == 0 && addr_same_host(&have, a))
			return i->ifa_name;
	}
	return NULL;
}

unsigned interfaces_of_forward(const struct config *c, struct rules_interfaces *out)
{
	struct ifaddrs *all = NULL;
	unsigned wrong = 0;

	if (getifaddrs(&all))
		all = NULL;
	for (unsigned i = 0; i < c->pinholes.nforward && !wrong; i++) {
		const struct conf_realm *r = &c->realms[c->pinholes.forward[i].realm];
		const char *name = r->interface ? r->interface : holder(all, &r->address);

		if (name)
			snprintf(out->name[i], sizeof(out->name[i]), "%s", name);
		else
			wrong = i + 1;
	}
	freeifaddrs(all);
	return wrong;
}
