/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/announce.h"

#include "alg/sdp/connection.h"

enum { PORT_DISCARD = 9 /* stands for a port that another has yet to fill in */ };

static void line_write(struct writer *w, const struct announce_line *l)
{
	const bool open = span_is_set(l->formats);

	writer_format(w, "m=%s %d %s ", l->type, open ? PORT_DISCARD : 0, l->protocol);
	/* A refused m-line must have a format, too, whichever (RFC 3264 6). */
	writer_put(w, open ? l->formats : SPAN("0\r\n"));
	if (!open)
		return;
	if (span_is_set(l->mid)) {
		writer_str(w, "a=mid:");
		writer_put(w, l->mid);
		writer_str(w, "\r\n");
	}
	if (l->label)
		writer_format(w, "a=label:%u\r\n", l->label);
	writer_format(w, "a=%s\r\n", sdp_direction_name(l->direction));
}

void announce_write(struct writer *w, const struct addr *host, const struct announce_line *line, unsigned n)
{
	writer_str(w, "v=0\r\no=- 0 0 ");
	sdp_connection_write(w, host);
	writer_str(w, "\r\ns=-\r\nc=");
	sdp_connection_write(w, host);
	writer_str(w, "\r\nt=0 0\r\n");
	for (unsigned i = 0; i < n; i++)
		line_write(w, &line[i]);
}
