/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as the answer of a name server: names stay within their bounds and are what dnsanswer_name() would make of
 * them, reading ends, and what an alias leads to is a name. */
#include <stdlib.h>

#include "alg/net/dnsanswer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
	char again[DNS_NAME_MAX];

	if (!name[0] || strcmp(name, ".") == 0)
		return;
	if (dnsanswer_name(span_str(name), again) || strcmp(name, again) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = span_of(data, size);
	char name[DNS_NAME_MAX], first[DNS_NAME_MAX] = "x";
	struct dnsanswer a;
	struct dnsrecord d;
	unsigned n = 0;
	uint32_t ttl;

	if (size > 65535 || dnsanswer_open(raw, &a))
		return 0;
	while (dnsanswer_next(&a, &d) == 1) {
		check_name(d.owner);
		check_name(d.target);
		if (++n > DNS_RECORDS_READ || d.ttl > INT32_MAX)
			abort();
		if ((d.flag.n && !span_within(d.flag, raw)) || (d.service.n && !span_within(d.service, raw)))
			abort();
		if (n == 1 && d.owner[0] && strcmp(d.owner, ".") != 0)
			memcpy(first, d.owner, sizeof(first));
	}
	if (dnsanswer_canonical(raw, first, name, &ttl) == 0)
		check_name(name);
	return 0;
}
