/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/interfaces.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <unistd.h>

void interfaces_main_address(struct addr *out)
{
	/* Connecting a datagram socket only asks the routing table (198.51.100.0/24: RFC 5737). */
	const struct addr outside = { .ip = { 198, 51, 100, 1 }, .port = 9, .family = ADDR_V4 };
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(&outside, &sa);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*out = (struct addr){ .ip = { 127, 0, 0, 1 }, .family = ADDR_V4 };
	if (fd < 0)
		return;
	if (connect(fd, (struct sockaddr *)&sa, len) == 0 && (len = sizeof(sa)) &&
	    getsockname(fd, (struct sockaddr *)&sa, &len) == 0)
		addr_from_sockaddr((struct sockaddr *)&sa, out);
	out->port = 0;
	close(fd);
}

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
