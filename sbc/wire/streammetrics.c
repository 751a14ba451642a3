/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/connection.h"
#include "sbc/wire/tls.h"

static void open_now(const struct streams *s, struct writer *w)
{
	static const char *const transports[] = {
		[CONF_TCP] = "tcp", [CONF_TLS] = "tls", [CONF_WS] = "ws", [CONF_WSS] = "wss"
	};
	const struct config *conf = s->setup.conf;

	writer_str(w, "# HELP sbc_connections Connections now.\n# TYPE sbc_connections gauge\n");
	for (unsigned r = 0; r < conf->nrealm; r++)
		for (unsigned t = CONF_TCP; t <= CONF_WSS; t++)
			writer_format(w, "sbc_connections{realm=\"%s\",transport=\"%s\"} %u\n", conf->realms[r].name,
				      transports[t], s->stats.open_of[r][t]);
}

static void ends(const struct streams *s, struct writer *w)
{
	writer_str(w, "# HELP sbc_connection_ends_total Connections that ended or never were, by reason.\n# TYPE "
		      "sbc_connection_ends_total counter\n");
	for (unsigned i = 0; i < STREAM_END_N; i++)
		writer_format(w, "sbc_connection_ends_total{reason=\"%s\"} %llu\n", stream_end_name(i),
			      (unsigned long long)s->stats.ended[i]);
}

void stream_write_metrics(const struct streams *s, struct writer *w)
{
	open_now(s, w);
	writer_format(w,
		      "# HELP sbc_connections_total Connections, by who opened them.\n# TYPE sbc_connections_total "
		      "counter\nsbc_connections_total{by=\"peer\"} %llu\nsbc_connections_total{by=\"us\"} %llu\n",
		      (unsigned long long)s->stats.accepted, (unsigned long long)s->stats.started);
	writer_format(w,
		      "# HELP sbc_tls_handshakes_total TLS handshakes that were done.\n# TYPE "
		      "sbc_tls_handshakes_total counter\nsbc_tls_handshakes_total %llu\n",
		      (unsigned long long)s->stats.handshakes);
	ends(s, w);
	if (tls_expires(s->tls))
		writer_format(w,
			      "# HELP sbc_certificate_expiry_seconds When the first of our certificates expires, since "
			      "1970.\n# TYPE sbc_certificate_expiry_seconds gauge\nsbc_certificate_expiry_seconds "
			      "%lld\n",
			      (long long)tls_expires(s->tls));
}
