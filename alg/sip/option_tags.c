/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/option_tags.h"

static const struct span names[OPTION_OTHER] = {
#define X(id, name) [OPTION_##id] = { name, sizeof(name) - 1 },
	OPTION_TAG_TABLE(X)
#undef X
};

enum option_tag option_tag_find(struct span tag)
{
	enum option_tag t = 0;

	while (t < OPTION_OTHER && !span_ieq(tag, names[t]))
		t++;
	return t;
}

uint32_t option_tags_read(const struct sip_msg *m, enum sip_hdr hdr)
{
	struct sip_walk walk = { 0 };
	struct span tag;
	uint32_t set = 0;

	while (sip_walk_next(m, hdr, &walk, &tag))
		if (tag.n)
			set |= OPTION_BIT(option_tag_find(tag));
	return set;
}

struct span option_tags_beyond(const struct sip_msg *m, enum sip_hdr hdr, uint32_t set)
{
	struct sip_walk walk = { 0 };
	struct span tag;

	set &= ~OPTION_BIT(OPTION_OTHER);
	while (sip_walk_next(m, hdr, &walk, &tag))
		if (tag.n && !(set & OPTION_BIT(option_tag_find(tag))))
			return tag;
	return (struct span){ 0 };
}

void option_tags_write(struct writer *w, uint32_t set)
{
	bool begun = false;

	for (enum option_tag t = 0; t < OPTION_OTHER; t++) {
		if (!(set & OPTION_BIT(t)))
			continue;
		if (begun)
			writer_put(w, SPAN(", "));
		writer_put(w, names[t]);
		begun = true;
	}
}
