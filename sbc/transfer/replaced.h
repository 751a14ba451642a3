/* SPDX-License-Identifier: BSD-3-Clause */
/* replaced.h: the dialog that another request names: Replaces (RFC 3891), Join (RFC 3911), Target-Dialog (RFC 4538),
 * dialog-info (RFC 4235). Each of our two legs has other names; who may learn of a dialog is told names that are all
 * ours. */
#ifndef NATSBC_SBC_REPLACED_H
#define NATSBC_SBC_REPLACED_H

#include "alg/sip/replaces.h"
#include "sbc/route/route.h"

enum replaced_verdict {
	REPLACED_FOUND,
	REPLACED_FOREIGN,  /* no dialog of ours, nor was it: for others to understand */
	REPLACED_UNKNOWN,  /* Call-ID of ours, but no such dialog */
	REPLACED_ANSWERED, /* early-only, and it is not early any more */
	REPLACED_ENDED,
};

/* The leg to the peer whose dialog is meant, whichever way it is named: by the peer itself, by the party that it talks
 * with, or by the names that we gave away. Sets *out where it was found, ended or answered. */
enum replaced_verdict replaced_find(const struct engine *e, const struct replaces *r, struct leg **out);

/* The leg whose peer itself, in the dialog with us, names it so: what Target-Dialog means in a request to us. NULL:
 * there is none. */
struct leg *replaced_with_us(const struct engine *e, const struct replaces *r);

/* The same for a whole request: its Replaces header. REPLACED_FOREIGN where there is none. */
enum replaced_verdict replaced_of(const struct engine *e, const struct sip_msg *m, struct leg **out);

/* What we tell others that the dialog is called: our own tokens only. l has a peer. */
struct replaces replaced_alias(const struct leg *l);

/* What the peer of l itself calls it. */
struct replaces replaced_name(const struct leg *l);

/* As route_find, but an INVITE that replaces or joins a dialog of ours goes to the very peer that has it (X3, X4), and
 * a REFER to the other side of the dialog that it names. */
uint16_t replaced_route(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
			enum count *why);

#endif
