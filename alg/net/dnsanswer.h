/* SPDX-License-Identifier: BSD-3-Clause */
/* dnsanswer.h: reading one raw answer of a name server, record by record, with its TTLs (RFC 1035 4). */
#ifndef NATSBC_NET_DNSANSWER_H
#define NATSBC_NET_DNSANSWER_H

#include "alg/base/addr.h"

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_SOA = 6, DNS_AAAA = 28, DNS_SRV = 33, DNS_NAPTR = 35 };

enum {
	DNS_NAME_MAX = 256,    /* text of a name with its NUL: 253 bytes at most (RFC 1035 2.3.4) */
	DNS_RECORDS_READ = 256 /* of one answer; what follows is not looked at */
};

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL };

/* Names are in lower case, without the dot at the end; "." is the root. A name with a byte that no host or service
 * name has (RFC 1123 2.1, RFC 2782) is given as "": it equals nothing and leads nowhere. */
struct dnsrecord {
	char owner[DNS_NAME_MAX];
	char target[DNS_NAME_MAX]; /* of SRV, CNAME; NAPTR: the replacement */
	enum dns_section section;
	uint16_t type;             /* enum dns_type, or another: then only owner and ttl are filled in */
	uint32_t ttl;              /* seconds; 0 where the top bit is set (RFC 2181 8) */
	struct addr addr;          /* A, AAAA */
	uint16_t order;            /* NAPTR: order; SRV: priority */
	uint16_t weight;           /* NAPTR: preference; SRV: weight */
	uint16_t port;             /* SRV */
	struct span flag, service; /* NAPTR; borrow the answer */
	uint32_t negative_ttl;     /* SOA: how long "there is none" may be believed (RFC 2308 5) */
};

struct dnsanswer {
	struct span raw;
	uint32_t at;      /* next record */
	uint16_t left[3]; /* records by section */
	uint16_t read;
	uint8_t rcode;
	bool truncated;
};

/* Borrows raw. 0, or -1 where there is no sound header and question. */
int dnsanswer_open(struct span raw, struct dnsanswer *out);

/* 1: the next record of class IN is in *out; 0: there is none; -1: the rest can't be read. */
int dnsanswer_next(struct dnsanswer *a, struct dnsrecord *out);

/* The name that holds the records once the aliases in the answer are followed (CNAME, 8 at most), and the least TTL of
 * these. out is name itself where there are none. -1: a loop, or too many. */
int dnsanswer_canonical(struct span raw, const char *name, char out[DNS_NAME_MAX], uint32_t *ttl);

/* name as it stands in records: lower case, without a dot at the end. -1: no host or service name. */
int dnsanswer_name(struct span name, char out[DNS_NAME_MAX]);

#endif
