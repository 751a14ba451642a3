/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/gateway.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_LENGTH = 256 };

/* 0 or -1. */
static int interface_of(const struct addr *ours, char name[IF_NAMESIZE])
{
	struct ifaddrs *all, *i;
	struct addr a;

	if (getifaddrs(&all))
		return -1;
	for (i = all; i; i = i->ifa_next)
		if (i->ifa_addr && addr_from_sockaddr(i->ifa_addr, &a) == 0 && addr_same_host(&a, ours))
			break;
	if (i)
		snprintf(name, IF_NAMESIZE, "%s", i->ifa_name);
	freeifaddrs(all);
	return i ? 0 : -1;
}

/* A line of /proc/net/route. The metric, or -1: it is no default route by that interface. */
static long read_v4(const char *line, const char *interface, struct addr *out)
{
	char name[IF_NAMESIZE];
	unsigned destination, gateway, flags, mask;
	int metric;

	if (sscanf(line, "%15s %x %x %x %*d %*d %d %x", name, &destination, &gateway, &flags, &metric, &mask) != 6 ||
	    strcmp(name, interface) != 0 || destination || mask || !(flags & RTF_GATEWAY))
		return -1;
	*out = (struct addr){ .family = ADDR_V4 };
	memcpy(out->ip, &gateway, sizeof(gateway)); /* as it is in memory, which is network order */
	return metric;
}

/* A line of /proc/net/ipv6_route, alike. */
static long read_v6(const char *line, const char *interface, struct addr *out)
{
	static const char none[] = "00000000000000000000000000000000";
	char destination[33], hops[33], name[IF_NAMESIZE];
	unsigned length, metric, flags;

	if (sscanf(line, "%32s %x %*s %*x %32s %x %*x %*x %x %15s", destination, &length, hops, &metric, &flags,
		   name) != 6 ||
	    strcmp(name, interface) != 0 || length || strcmp(destination, none) != 0 || !(flags & RTF_GATEWAY))
		return -1;
	*out = (struct addr){ .family = ADDR_V6 };
	for (unsigned i = 0; i < 16; i++)
		sscanf(hops + 2 * i, "%2hhx", &out->ip[i]);
	return metric < 0x7fffffff ? (long)metric : -1;
}

int gateway_find(const struct addr *ours, struct addr *out)
{
	bool v4 = ours->family == ADDR_V4;
	char line[LINE_MAX_LENGTH], interface[IF_NAMESIZE];
	long best = -1;
	FILE *f;

	if (interface_of(ours, interface))
		return -1;
	f = fopen(v4 ? "/proc/net/route" : "/proc/net/ipv6_route", "re");
	while (f && fgets(line, sizeof(line), f)) {
		struct addr a;
		long metric = v4 ? read_v4(line, interface, &a) : read_v6(line, interface, &a);

		if (metric < 0 || (best >= 0 && metric >= best))
			continue;
		best = metric;
		*out = a;
	}
	if (f)
		fclose(f);
	return best < 0 ? -1 : 0;
}
