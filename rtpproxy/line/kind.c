/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/kind.h"

static const struct span names[CONF_KIND_N] = {
	[CONF_KIND_AUDIO] = SPAN("audio"),
	[CONF_KIND_VIDEO] = SPAN("video"),
	[CONF_KIND_IMAGE] = SPAN("image"),
	[CONF_KIND_TEXT] = SPAN("text"),
	[CONF_KIND_APPLICATION] = SPAN("application"),
};

bool kind_is_wanted(const struct conf_realm *realm, struct span type)
{
	for (unsigned i = 0; i < CONF_KIND_N; i++)
		if (span_ieq(type, names[i]))
			return realm->kinds & 1u << i;
	return false;
}

bool kind_is_datagram(enum sdp_proto proto)
{
	return proto == SDP_UDPTL || proto == SDP_UDP || proto == SDP_BFCP;
}
