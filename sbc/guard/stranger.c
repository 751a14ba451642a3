/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/stranger.h"

enum { TRUNKS_NAMED = 4, METHOD_MAX = 32 };

/* " (those of the realm: carrier, pbx)" */
static void put_trunks(struct writer *w, const struct config *conf, int realm)
{
	unsigned n = 0;

	for (unsigned i = 0; i < conf->ntrunk && n <= TRUNKS_NAMED; i++) {
		if (conf->trunks[i].realm != realm)
			continue;
		writer_format(w, "%s%s",
			      n ? ", " : " (those of the realm: ", n < TRUNKS_NAMED ? conf->trunks[i].name : "...");
		n++;
	}
	writer_str(w, n ? ")" : " (the realm has none)");
}

void stranger_log(const struct core *core, const struct flow *from, enum refusal why, struct span what)
{
	const char *realm = core->conf->realms[from->realm].name;
	char text[320], peer[ADDR_TEXT_MAX];
	struct writer trunks = writer_over(text, sizeof(text));

	if (!what.n)
		what = SPAN("a message");
	what = span_slice(what, 0, what.n < METHOD_MAX ? what.n : METHOD_MAX);
	if (why == REFUSAL_NETWORK) {
		log_info(&core->log, "%.*s from %s realm %s dropped: its source is in none of realms.%s.networks",
			 SPAN_ARG(what), addr_text(&from->peer, peer), realm, realm);
		return;
	}
	put_trunks(&trunks, core->conf, from->realm);
	log_info(&core->log, "%.*s from %s realm %s %s: its source is no peer of a trunk%.*s, and %s", SPAN_ARG(what),
		 addr_text(&from->peer, peer), realm, why == REFUSAL_NO_PHONES ? "refused" : "asked for a password",
		 SPAN_ARG(writer_done(&trunks)),
		 why == REFUSAL_NO_PHONES ? "phones may not register there" : "no phone is registered from there");
}
