/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/banrelay.h"

/* What the relay makes of it is its own affair: here they are kept off all the same. */
static void tell(void *ctx, const struct prefix *whom, uint32_t seconds)
{
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct ng_request q = { .command = seconds ? NG_BAN : NG_UNBAN, .seconds = seconds };

	addr_write_host(&w, &whom->base, false);
	writer_format(&w, "/%u", whom->bits);
	q.prefix = writer_done(&w);
	relaylink_ask(ctx, &q, NULL, NULL, NULL, NULL);
}

int banrelay_open(struct engine *e)
{
	const struct bans_enforcer relay = { tell, &e->relay };

	return bans_enforce_by(&e->guard.bans, &relay);
}

void banrelay_again(struct engine *e)
{
	const struct bans_enforcer relay = { tell, &e->relay };

	bans_tell(&e->guard.bans, &relay);
}
