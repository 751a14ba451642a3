/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/net/banned.h"

#include <stdlib.h>

int banned_init(struct banned *b, const struct hash_key *key)
{
	*b = (struct banned){ .all = calloc(BANNED_MAX, sizeof(*b->all)), .next = UINT64_MAX };
	if (!b->all || table_init(&b->by_whom, BANNED_MAX, key)) {
		banned_fini(b);
		return -1;
	}
	return 0;
}

void banned_fini(struct banned *b)
{
	table_fini(&b->by_whom);
	free(b->all);
	*b = (struct banned){ 0 };
}

struct prefix banned_whom(const struct prefix *whom)
{
	struct prefix p = *whom;

	p.base.port = 0;
	for (unsigned i = 0; i < sizeof(p.base.ip); i++) {
		const unsigned left = p.bits > 8 * i ? p.bits - 8 * i : 0;

		if (left < 8)
			p.base.ip[i] &= (uint8_t)(0xff00 >> left);
	}
	return p;
}

static void key_make(const struct prefix *whom, uint8_t key[18])
{
	memcpy(key, whom->base.ip, 16);
	key[16] = whom->base.family;
	key[17] = whom->bits;
}

static struct ban *ban_take(struct banned *b)
{
	struct ban *ban = b->free;

	if (ban)
		b->free = ban->next;
	else if (b->touched < BANNED_MAX)
		ban = &b->all[b->touched++];
	return ban;
}

int banned_put(struct banned *b, const struct prefix *whom, uint64_t until)
{
	uint8_t key[18];
	struct ban *ban;

	key_make(whom, key);
	ban = table_find(&b->by_whom, span_of(key, sizeof(key)));
	if (!ban) {
		ban = ban_take(b);
		if (!ban)
			return -1;
		*ban = (struct ban){ .whom = *whom };
		memcpy(ban->key, key, sizeof(key));
		(void)table_add(&b->by_whom, span_of(ban->key, sizeof(ban->key)), ban);
	}
	ban->until = until;
	if (until < b->next)
		b->next = until;
	return 0;
}

static void ban_give(struct banned *b, struct ban *ban)
{
	table_del(&b->by_whom, span_of(ban->key, sizeof(ban->key)));
	ban->until = 0;
	ban->next = b->free;
	b->free = ban;
}

bool banned_drop(struct banned *b, const struct prefix *whom)
{
	uint8_t key[18];
	struct ban *ban;

	key_make(whom, key);
	ban = table_find(&b->by_whom, span_of(key, sizeof(key)));
	if (ban)
		ban_give(b, ban);
	return ban != NULL;
}

bool banned_expire(struct banned *b, uint64_t now, uint32_t *pos, struct prefix *whom)
{
	if (*pos == 0) {
		if (now < b->next)
			return false;
		b->next = UINT64_MAX;
	}
	while (*pos < b->touched) {
		struct ban *ban = &b->all[(*pos)++];

		if (ban->until && now >= ban->until) {
			*whom = ban->whom;
			ban_give(b, ban);
			return true;
		}
		if (ban->until && ban->until < b->next)
			b->next = ban->until;
	}
	return false;
}
