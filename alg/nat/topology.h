/* SPDX-License-Identifier: BSD-3-Clause */
/* topology.h: what of one leg's message may appear on the other (CALLS.md 4.16): one table row a header, and the
 * composing of the message that goes out. Nothing crosses unless a row lets it. */
#ifndef NATSBC_NAT_TOPOLOGY_H
#define NATSBC_NAT_TOPOLOGY_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"
#include "alg/sip/option_tags.h"

/* Option tags of extensions that each leg runs for itself: a Require of them is for us, and the caller writes them with
 * topology_tags_write() where the leg wants them. */
#define TOPOLOGY_TAGS_OURS (OPTION_BIT(OPTION_100REL) | OPTION_BIT(OPTION_TIMER) | OPTION_BIT(OPTION_REPLACES))

/* Between the two sides that a message comes from and goes to. */
struct topology_way {
	struct span host;        /* what stands in for hosts in URIs that must cross: our own on the outgoing leg */
	bool transparent;        /* nobody has to be hidden from anybody: what does not name a hop crosses as it came */
	bool trusted;            /* both belong to the trust domain (RFC 3325) */
	bool emergency;          /* it goes to who answers emergency calls */
	bool anonymous;          /* its sender asked for that, and the other side is not trusted (RFC 3323) */
	const char *const *drop; /* names of headers that the operator keeps back */
	unsigned ndrop;
};

/* A request of ours: every identifier is the outgoing leg's own. Spans are whole header values unless said. */
struct topology_request {
	struct span method;
	struct span uri;
	struct span via;      /* SIP/2.0/UDP host:port;branch=…;rport */
	struct span from, to; /* with tags */
	struct span call_id;
	uint32_t cseq;
	struct span contact; /* absent: none */
	struct span route;   /* comma-separated; absent: none */
	uint8_t max_forwards;
	struct span lines;        /* further whole lines of our own, each with CRLF: the original's of that name stay */
	struct span content_type; /* of body; absent: the original's */
	struct span body;         /* absent: the original's; set but empty: none */
};

/* Composes the request. original (may be NULL) is the message on the other leg: its headers cross as the table says. */
void topology_request_write(struct writer *w, const struct sip_msg *original, const struct topology_way *way,
			    const struct topology_request *r);

/* The lines of a response that may cross: for struct reply's `headers`. The body's Content-Type is among them when
 * body is set and not empty; content_type absent means the original's. A header that w holds a line of already does not
 * cross: own lines go first. */
void topology_lines_write(struct writer *w, const struct sip_msg *original, const struct topology_way *way,
			  struct span content_type, bool with_body);

/* One line with the original's option tags that work across us and the leg's own ones; nothing where there are none.
 * hdr is SIP_HDR_SUPPORTED or SIP_HDR_REQUIRE; original may be NULL. */
void topology_tags_write(struct writer *w, const struct sip_msg *original, enum sip_hdr hdr, uint32_t own);

/* The first option tag in Require or Proxy-Require that we do not support, absent when none: answer 420 with it in
 * Unsupported (RFC 3261 8.2.2.3). */
struct span topology_unsupported(const struct sip_msg *m);

/* Is the header one of these? In long or compact form. */
bool topology_is_dropped(struct span name, const char *const *drop, unsigned n);

/* May this header cross at all? */
bool topology_may_cross(enum sip_hdr hdr, const struct topology_way *way);

/* A URI with the user kept and the host replaced; parameters and headers go. -1 where uri can't be parsed. */
int topology_uri_write(struct writer *w, struct span uri, struct span host);

/* "display" <sip:user@host>, the display name kept, for From and To; -1 where value can't be parsed. */
int topology_party_write(struct writer *w, struct span value, struct span host);

#endif
