/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/record.h"

#include <stdio.h>
#include <time.h>

#include "rtpproxy/stream/join.h"

enum { PATH_MAX_BYTES = 4096 };

/* "20260131T235959Z-17.pcapng", and "...-17-2.pcapng" for the second of a call, which may begin in the same second:
 * nothing of what a client or a phone wrote is in the name. */
static void file_name(const struct job *j, const struct session *s, char out[PATH_MAX_BYTES])
{
	const time_t at = (time_t)((s->recorded + j->relay->wall_ms) / 1000);
	char stamp[32], again[16] = "";
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	if (s->files > 1)
		snprintf(again, sizeof(again), "-%u", s->files);
	snprintf(out, PATH_MAX_BYTES, "%s/%s-%u%s.pcapng", j->relay->conf->relay.capture_dir, stamp, s->id, again);
}

static void record_push(struct relay *r, struct session *s)
{
	join_push(r, s, s->near);
	for (struct leg *l = s->far; l; l = l->next)
		join_push(r, s, l);
}

enum outcome record_start(struct job *j)
{
	struct relay *r = j->relay;
	struct session *s = job_session(j);
	char path[PATH_MAX_BYTES], error[256] = "";

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!r->path.capture_begin)
		return OUTCOME_NOT_BUILT;
	if (!s->recorded) {
		s->recorded = j->now ? j->now : 1;
		s->files++;
	}
	file_name(j, s, path);
	if (r->path.capture_begin(r->path.ctx, s->id, path, error, sizeof(error)) < 0) {
		if (r->log)
			r->log(r->log_ctx, 1, error);
		s->recorded = 0;
		return OUTCOME_NO_CAPTURE;
	}
	s->capture = j->request->no_payload ? CAPTURE_HEADERS : CAPTURE_WHOLE;
	record_push(r, s);
	ng_put_str(&j->answer, SPAN("file"), span_str(path));
	return OUTCOME_OK;
}

enum outcome record_pause(struct job *j)
{
	struct session *s = job_session(j);

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	s->capture = CAPTURE_NONE;
	record_push(j->relay, s);
	return OUTCOME_OK;
}

enum outcome record_stop(struct job *j)
{
	struct session *s = job_session(j);
	const enum outcome o = record_pause(j);

	if (o == OUTCOME_OK && s->resumed && !s->recorded)
		job_warn(j, "the relay was started anew since, nothing is recorded", (struct span){ 0 });
	if (o == OUTCOME_OK)
		record_end(j->relay, s);
	return o;
}

void record_wish(struct job *j)
{
	struct session *s;
	bool running;

	if (j->request->record == NG_RECORD_AS_IT_IS)
		return;
	s = job_session(j);
	running = s && s->capture != CAPTURE_NONE;
	switch ((enum ng_record)j->request->record) {
	case NG_RECORD_AS_IT_IS:
		break;
	case NG_RECORD_ON:
		if (!running && record_start(j) != OUTCOME_OK)
			job_warn(j, "cannot capture", (struct span){ 0 });
		break;
	case NG_RECORD_PAUSE:
		if (running)
			record_pause(j);
		break;
	case NG_RECORD_OFF:
		if (s && s->recorded)
			record_stop(j);
		break;
	}
}

void record_end(struct relay *r, struct session *s)
{
	if (!s->recorded)
		return;
	r->path.capture_end(r->path.ctx, s->id);
	s->recorded = 0;
	s->capture = CAPTURE_NONE;
}
