/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/place.h"

/* RFC 3261 19.1.2, 18.2.2. Over TLS it is 5061, but there the port is any. */
enum { PLACE_PORT_DEFAULT = 5060 };

enum place place_of(const struct addr *said, const struct addr *source, enum place_port port)
{
	struct addr there = addr_unmap(said), here = addr_unmap(source);

	if (!addr_is_unicast(&there))
		return PLACE_UNKNOWN;
	if (!addr_same_host(&there, &here))
		return PLACE_OTHER_HOST;
	return port == PLACE_PORT_ANY || there.port == here.port ? PLACE_HERE : PLACE_OTHER_PORT;
}

static enum place place_of_host(struct span host, uint16_t said, const struct addr *source, enum place_port port)
{
	struct addr there;

	if (addr_parse_host(host, &there))
		return PLACE_UNKNOWN;
	there.port = said ? said : PLACE_PORT_DEFAULT;
	return place_of(&there, source, port);
}

enum place place_of_contact(const struct uri *contact, const struct addr *source, enum place_port port)
{
	return place_of_host(contact->host, contact->port, source, port);
}

enum place place_of_via(const struct via *via, const struct addr *source, enum place_port port)
{
	return place_of_host(via->host, via->port, source, port);
}
