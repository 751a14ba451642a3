/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/core.h"

#include "sbc/base/transport.h"

int core_send_on(struct core *c, struct flow *to, struct span bytes)
{
	core_count(c, COUNT_TX_MESSAGE);
	return c->out.send(c->out.ctx, to, bytes);
}

int core_send(struct core *c, const struct flow *to, struct span bytes)
{
	struct flow copy = *to;

	return core_send_on(c, &copy, bytes);
}

struct name core_name(const struct core *c, const struct span *parts, unsigned n)
{
	char text[4096];
	struct writer w = writer_over(text, sizeof(text));
	uint64_t name[2];

	for (unsigned i = 0; i < n; i++) {
		struct span s = parts[i];

		/* Each with its length: what ends one part and begins the next is not the sender's to choose. */
		writer_put(&w, span_of(&s.n, sizeof(s.n)));
		/* Long parts go in as their hashes: the text stays bounded. */
		if (s.n > 256) {
			uint64_t h[2];

			siphash_128(&c->key[0], s.p, s.n, h);
			writer_put(&w, span_of(h, sizeof(h)));
		} else {
			writer_put(&w, s);
		}
	}
	siphash_128(&c->key[0], w.p, w.n, name);
	return (struct name){ name[0], name[1] };
}

void core_write_sent_by(const struct core *c, struct writer *w, const struct flow *f)
{
	const struct conf_realm *realm = &c->conf->realms[f->realm];

	addr_write_host(w, &realm->public, true);
	writer_byte(w, ':');
	writer_u64(w, realm->listen[f->listen].port);
}

void core_write_via(const struct core *c, struct writer *w, const struct flow *f, struct span branch)
{
	writer_put(w, SPAN("SIP/2.0/"));
	writer_put(w, transport_info(f->transport)->via);
	writer_byte(w, ' ');
	core_write_sent_by(c, w, f);
	writer_put(w, SPAN(";branch="));
	writer_put(w, branch);
	writer_put(w, SPAN(";rport"));
	/* The peer, whose certificate proves it, may send us its requests on the same connection (RFC 5923 4). */
	if (f->trunk)
		writer_put(w, SPAN(";alias"));
}

static void write_contact(const struct core *c, struct writer *w, const struct flow *f, struct span scheme,
			  struct span user, struct span params)
{
	writer_put(w, scheme);
	if (user.n) {
		writer_put(w, user);
		writer_byte(w, '@');
	}
	core_write_sent_by(c, w, f);
	writer_put(w, params);
	writer_byte(w, '>');
}

void core_write_contact(const struct core *c, struct writer *w, const struct flow *f, struct span user)
{
	write_contact(c, w, f, SPAN("<sip:"), user, transport_info(f->transport)->param);
}

/* transport=tls says it twice there, and is deprecated (RFC 5630 3.1.4). */
void core_write_sips_contact(const struct core *c, struct writer *w, const struct flow *f, struct span user)
{
	struct span param = transport_info(f->transport)->param;

	write_contact(c, w, f, SPAN("<sips:"), user, f->transport == CONF_TLS ? (struct span){ 0 } : param);
}

void core_write_host(const struct core *c, struct writer *w, unsigned index)
{
	const struct conf_realm *realm = &c->conf->realms[index];

	if (realm->phones.ndomain)
		writer_str(w, realm->phones.domains[0]);
	else
		addr_write_host(w, &realm->public, true);
}
