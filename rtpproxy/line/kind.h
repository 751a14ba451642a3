/* SPDX-License-Identifier: BSD-3-Clause */
/* kind.h: which kinds of media cross (realms.*.media.kinds), and how the packet path is to carry them. */
#ifndef NATSBC_RTPPROXY_KIND_H
#define NATSBC_RTPPROXY_KIND_H

#include "alg/conf/config.h"
#include "alg/sdp/media.h"

/* The realm lets media of this type cross. What has no name in the configuration never does. */
bool kind_is_wanted(const struct conf_realm *realm, struct span type);

/* Datagrams that are no RTP: fax, floor control, slides. */
bool kind_is_datagram(enum sdp_proto proto);

#endif
