/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/secure.h"

#include <stdlib.h>
#include <string.h>

#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/offer.h"

struct secure *secure_make(struct stream *m)
{
	if (!m->secure)
		m->secure = calloc(1, sizeof(*m->secure));
	return m->secure;
}

void secure_free(struct secure *s)
{
	if (!s)
		return;
	handshake_free(s->handshake);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

enum outcome secure_offer(struct job *j, const struct session *s, const struct parties *p, struct offer_media *m,
			  unsigned n)
{
	(void)j;
	(void)s;
	(void)p;
	for (unsigned i = 0; i < n; i++)
		m->look[i] = (struct secure_look){ 0 };
	return OUTCOME_OK;
}

enum outcome secure_answer(struct job *j, const struct session *s, const struct parties *p, struct offer_media *m,
			   unsigned n)
{
	(void)j;
	(void)s;
	(void)p;
	for (unsigned i = 0; i < n; i++)
		m->look[i] = (struct secure_look){ .is_answer = true };
	return OUTCOME_OK;
}

void secure_commit(struct job *j, struct session *s, const struct parties *p, const struct offer_media *m, unsigned n)
{
	(void)j;
	(void)s;
	(void)p;
	(void)m;
	(void)n;
}

void secure_write(const struct job *j, const struct leg *to, unsigned stream, const struct secure_look *look,
		  struct writer *w)
{
	(void)j;
	if (look->shield == SHIELD_SDES && look->is_answer)
		sdp_crypto_write(w, &look->crypto);
	if (look->shield == SHIELD_DTLS)
		handshake_write(to->stream[stream].secure->handshake, look->setup, w);
}

void secure_spec(const struct stream *m, const struct stream *across, struct port_spec *spec)
{
	const struct secure *own = m->secure, *other = across ? across->secure : NULL;

	if (own || other)
		shield_spec(own ? &own->shield : NULL, other ? &other->shield : NULL, spec);
	if (own && own->shield.kind == SHIELD_DTLS)
		handshake_spec(own->handshake, spec);
}
