/* SPDX-License-Identifier: BSD-3-Clause */
/* dnstext.h: answers of name servers from lines of text, as tests want to read them. */
#ifndef NATSBC_TESTS_DNSTEXT_H
#define NATSBC_TESTS_DNSTEXT_H

#include <stdio.h>
#include <stdlib.h>

#include "alg/net/dnsanswer.h"

static inline void dnstext_u16(struct writer *w, unsigned v)
{
	writer_byte(w, (char)(v >> 8));
	writer_byte(w, (char)v);
}

static inline void dnstext_u32(struct writer *w, uint32_t v)
{
	dnstext_u16(w, v >> 16);
	dnstext_u16(w, v & 0xffff);
}

static inline void dnstext_string(struct writer *w, const char *text)
{
	writer_byte(w, (char)strlen(text));
	writer_str(w, text);
}

/* Uncompressed; "." is the root. */
static inline void dnstext_name(struct writer *w, const char *name)
{
	while (*name && strcmp(name, ".") != 0) {
		size_t n = strcspn(name, ".");

		writer_byte(w, (char)n);
		writer_put(w, span_of(name, n));
		name += n + (name[n] == '.');
	}
	writer_byte(w, 0);
}

static inline uint16_t dnstext_type(const char *word)
{
	static const struct {
		const char *word;
		uint16_t type;
	} types[] = { { "A", DNS_A },     { "AAAA", DNS_AAAA }, { "CNAME", DNS_CNAME },
		      { "SRV", DNS_SRV }, { "SOA", DNS_SOA },   { "NAPTR", DNS_NAPTR } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].word, word) == 0)
			return types[i].type;
	return (uint16_t)atoi(word);
}

static inline void dnstext_data(struct writer *w, uint16_t type, const char *data)
{
	char one[512] = "", two[512] = "", three[512] = "";
	unsigned a = 0, b = 0, c = 0;
	struct addr addr;

	if (type == DNS_A || type == DNS_AAAA) {
		if (addr_parse_host(span_str(data), &addr))
			abort();
		writer_put(w, span_of(addr.ip, type == DNS_A ? 4 : 16));
	} else if (type == DNS_CNAME && sscanf(data, "%511s", one) == 1) {
		dnstext_name(w, one);
	} else if (type == DNS_SRV && sscanf(data, "%u %u %u %511s", &a, &b, &c, one) == 4) {
		dnstext_u16(w, a);
		dnstext_u16(w, b);
		dnstext_u16(w, c);
		dnstext_name(w, one);
	} else if (type == DNS_NAPTR && sscanf(data, "%u %u %511s %511s %511s", &a, &b, one, two, three) == 5) {
		dnstext_u16(w, a);
		dnstext_u16(w, b);
		dnstext_string(w, one);
		dnstext_string(w, two);
		dnstext_string(w, "");
		dnstext_name(w, three);
	} else if (type == DNS_SOA && sscanf(data, "%u", &a) == 1) {
		dnstext_name(w, "ns");
		dnstext_name(w, "hostmaster");
		for (int i = 0; i < 4; i++)
			dnstext_u32(w, 3600);
		dnstext_u32(w, a);
	} else {
		writer_str(w, data);
	}
}

/* "OWNER TTL TYPE DATA"; SOA: its last number alone. */
static inline void dnstext_record(struct writer *w, const char *line)
{
	char owner[512], type[32];
	struct writer d = writer_over(malloc(2048), 2048);
	unsigned long ttl;
	int used = 0;

	if (sscanf(line, "%511s %lu %31s %n", owner, &ttl, type, &used) < 3)
		abort();
	dnstext_name(w, owner);
	dnstext_u16(w, dnstext_type(type));
	dnstext_u16(w, 1);
	dnstext_u32(w, (uint32_t)ttl);
	dnstext_data(&d, dnstext_type(type), line + used);
	dnstext_u16(w, d.n);
	writer_put(w, writer_done(&d));
	free(d.p);
}

/* A whole answer: one question, the records of lines; the line "--" begins the next section. */
static inline void dnstext_answer(struct writer *w, unsigned rcode, const char *question, uint16_t type,
				  const char *lines)
{
	uint32_t count_at = 6;
	unsigned count = 0;

	dnstext_u16(w, 0x1234);
	dnstext_u16(w, 0x8180 | rcode);
	dnstext_u16(w, 1);
	for (int i = 0; i < 3; i++)
		dnstext_u16(w, 0);
	dnstext_name(w, question);
	dnstext_u16(w, type);
	dnstext_u16(w, 1);
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)n, lines);
		lines += n + (lines[n] == '\n');
		if (strcmp(line, "--") == 0) {
			count_at += 2;
			count = 0;
			continue;
		}
		dnstext_record(w, line);
		count++;
		w->p[count_at] = (char)(count >> 8);
		w->p[count_at + 1] = (char)count;
	}
}

#endif
