/* SPDX-License-Identifier: BSD-3-Clause */
/* method.h: the request methods we know; any other token is METHOD_OTHER. */
#ifndef NATSBC_SIP_METHOD_H
#define NATSBC_SIP_METHOD_H

#include "alg/base/span.h"

/* One row, one entry. clang-format would join them. */
/* clang-format off */
#define SIP_METHOD_TABLE(X) \
	X(INVITE) \
	X(ACK) \
	X(BYE) \
	X(CANCEL) \
	X(REGISTER) \
	X(OPTIONS) \
	X(PRACK) \
	X(UPDATE) \
	X(INFO) \
	X(SUBSCRIBE) \
	X(NOTIFY) \
	X(REFER) \
	X(MESSAGE) \
	X(PUBLISH)
/* clang-format on */

enum sip_method {
#define X(id) SIP_##id,
	SIP_METHOD_TABLE(X)
#undef X
		SIP_METHOD_OTHER,
	SIP_METHOD_N
};

/* Method names are compared with case (RFC 3261 7.1). */
enum sip_method sip_method_find(struct span name);

/* The name; "OTHER" for SIP_METHOD_OTHER. */
struct span sip_method_name(enum sip_method m);

#endif
