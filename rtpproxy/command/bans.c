/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/command/bans.h"

static int path_ban(struct relay *r, const struct prefix *whom, bool banned)
{
	return r->path.ban ? r->path.ban(r->path.ctx, whom, banned) : -1;
}

static enum outcome lift(struct relay *r, const struct prefix *whom)
{
	if (banned_drop(&r->banned, whom))
		(void)path_ban(r, whom, false);
	return OUTCOME_OK;
}

enum outcome bans_run(struct job *j)
{
	const struct ng_request *q = j->request;
	struct prefix whom;

	/* Of no bits is everybody: that is no ban, that is an end. */
	if (prefix_parse(q->prefix, &whom) || whom.bits == 0)
		return OUTCOME_NO_PREFIX;
	whom = banned_whom(&whom);
	if (q->command == NG_UNBAN || q->seconds == 0)
		return lift(j->relay, &whom);
	if (banned_put(&j->relay->banned, &whom, j->now + (uint64_t)q->seconds * 1000))
		return OUTCOME_BANS_FULL;
	if (path_ban(j->relay, &whom, true))
		job_warn(j, "not every interface can drop whom is banned", (struct span){ 0 });
	return OUTCOME_OK;
}

void bans_tick(struct relay *r, uint64_t now)
{
	struct prefix whom;
	uint32_t pos = 0;

	while (banned_expire(&r->banned, now, &pos, &whom))
		(void)path_ban(r, &whom, false);
}
