/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/dscp.h"

#include <netinet/in.h>
#include <sys/socket.h>

void dscp_set(int fd, const struct addr *local, uint8_t dscp)
{
	const int octet = dscp << 2; /* beside the two bits of ECN */

	if (local->family == ADDR_V6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &octet, sizeof(octet));
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &octet, sizeof(octet));
}
