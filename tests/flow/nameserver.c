/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/nameserver.h"

#include "tests/unit/alg/net/dnstext.h"

enum { TTL_S = 60 };

int nameserver_add(struct nameserver *n, struct span owner, struct span type, struct span data)
{
	char *at = n->record[n->nrecord];

	if (n->nrecord == NAMESERVER_RECORDS || snprintf(at, NAMESERVER_TEXT, "%.*s %d %.*s %.*s", SPAN_ARG(owner),
							 TTL_S, SPAN_ARG(type), SPAN_ARG(data)) >= NAMESERVER_TEXT)
		return -1;
	n->nrecord++;
	return 0;
}

static bool is_of(const char *record, struct span owner)
{
	return span_eq(span_of(record, strcspn(record, " ")), owner);
}

void nameserver_forget(struct nameserver *n, struct span owner)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n->nrecord; i++) {
		if (is_of(n->record[i], owner))
			continue;
		if (kept != i)
			memcpy(n->record[kept], n->record[i], NAMESERVER_TEXT);
		kept++;
	}
	n->nrecord = kept;
}

int nameserver_ask(struct nameserver *n, const char *name, uint16_t type, uint32_t id)
{
	struct nameserver_question *q = &n->asked[n->nasked];

	if (n->nasked == NAMESERVER_ASKED)
		return -1;
	n->nasked++;
	*q = (struct nameserver_question){ .type = type, .id = id };
	snprintf(q->name, sizeof(q->name), "%s", name);
	return 0;
}

bool nameserver_answer(struct nameserver *n, struct engine *e, uint64_t now)
{
	char lines[NAMESERVER_RECORDS * NAMESERVER_TEXT + 1], raw[8192], word[32];
	struct writer l = writer_over(lines, sizeof(lines) - 1), w = writer_over(raw, sizeof(raw));
	struct nameserver_question q = n->asked[0];
	enum resolve_status status;
	bool known = false;

	if (n->nasked == 0)
		return false;
	memmove(n->asked, n->asked + 1, --n->nasked * sizeof(q));
	for (unsigned i = 0; i < n->nrecord; i++) {
		if (!is_of(n->record[i], span_str(q.name)))
			continue;
		known = true;
		if (sscanf(n->record[i], "%*s %*d %31s", word) == 1 && dnstext_type(word) == q.type)
			writer_format(&l, "%s\n", n->record[i]);
	}
	lines[l.n] = '\0';
	dnstext_answer(&w, known ? 0 : 3, q.name, q.type, lines);
	status = n->silent ? RESOLVE_FAILED : !known ? RESOLVE_NO_NAME : l.n ? RESOLVE_OK : RESOLVE_NO_DATA;
	engine_resolved(e, q.id, status, n->silent ? (struct span){ 0 } : writer_done(&w), now);
	return true;
}
