/* SPDX-License-Identifier: BSD-3-Clause */
/* firewallbans.h: the guard's bans, told to the firewall program. */
#ifndef NATSBC_SBC_FIREWALLBANS_H
#define NATSBC_SBC_FIREWALLBANS_H

#include "sbc/bans.h"
#include "sbc/firewalllink.h"

enum { FIREWALLBANS_LIFTED = 1024 /* lifted while it was away, and remembered until it comes */ };

struct firewallban;

struct firewallbans {
	struct firewalllink *firewall;
	struct bans *bans;
	struct firewallban *first; /* those that it is being told of */
	uint32_t n;
};

/* Borrows both. 0, or -1: bans have no room for another enforcer. Nothing where the firewall is not to be used. */
int firewallbans_init(struct firewallbans *f, struct firewalllink *firewall, struct bans *bans);
void firewallbans_fini(struct firewallbans *f);

/* A firewall that may know nothing of us. */
void firewallbans_again(struct firewallbans *f);

#endif
