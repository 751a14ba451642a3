/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/transport.h"

#define TEXT(s)                                                                                                        \
	{                                                                                                              \
		(s), sizeof(s) - 1                                                                                     \
	}

static const struct transport transports[] = {
	[CONF_UDP] = { TEXT("UDP"), { 0 }, 5060, false },
	[CONF_TCP] = { TEXT("TCP"), TEXT(";transport=tcp"), 5060, false },
	[CONF_TLS] = { TEXT("TLS"), TEXT(";transport=tls"), 5061, true },
	[CONF_WS] = { TEXT("WS"), TEXT(";transport=ws"), 80, false },
	/* RFC 7118 5.2: ws for both; the scheme tells whether it is secure. */
	[CONF_WSS] = { TEXT("WSS"), TEXT(";transport=ws"), 443, true },
};

const struct transport *transport_info(enum conf_transport t)
{
	return &transports[t];
}

int transport_listener(const struct conf_realm *realm, enum conf_transport t)
{
	for (unsigned i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].transport == t)
			return (int)i;
	return -1;
}
