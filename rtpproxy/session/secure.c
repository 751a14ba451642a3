/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/secure.h"

#include <stdlib.h>
#include <string.h>

#include "rtpproxy/session/handshake.h"

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

bool secure_waits(const struct stream *m)
{
	return m->lost && m->port && stream_is_open(m) && (m->now.shield != SHIELD_NONE || ice_is_on(m));
}

bool secure_leg_waits(const struct leg *l)
{
	for (unsigned i = 0; l && i < l->nstream; i++)
		if (secure_waits(&l->stream[i]))
			return true;
	return false;
}

bool secure_session_waits(const struct session *s)
{
	return secure_leg_waits(s->near) || secure_leg_waits(s->joined);
}

void secure_spec(const struct stream *m, struct port_spec *spec)
{
	shield_spec(m->secure ? &m->secure->shield : NULL, m->now.shield, spec);
	if (!m->secure)
		return;
	if (m->now.shield == SHIELD_DTLS && m->secure->handshake)
		handshake_spec(m->secure->handshake, spec);
	spec->mux = m->secure->mux.on;
	ice_spec(m, spec->kind, spec);
	if (!secure_waits(m))
		return;
	spec->awaits_keys = true;
	spec->opens = spec->seals = (struct srtp_key){ 0 };
}
