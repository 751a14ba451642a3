/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/job.h"

#include "rtpproxy/line/loop.h"

void job_warn(struct job *j, const char *text, struct span detail)
{
	struct writer before = j->warning;

	if (j->warning.n)
		writer_str(&j->warning, "; ");
	writer_str(&j->warning, text);
	if (detail.n) {
		writer_str(&j->warning, ": ");
		writer_put(&j->warning, detail);
	}
	if (j->warning.failed)
		j->warning = before;
}

enum outcome job_sdp(const struct job *j, struct sdp *out)
{
	if (!span_is_set(j->request->sdp) || j->request->sdp.n == 0)
		return OUTCOME_NO_SDP;
	return sdp_index(j->request->sdp, out) == SDP_OK ? OUTCOME_OK : OUTCOME_BAD_SDP;
}

bool job_loops(struct job *j, const struct sdp *sdp)
{
	if (!j->request->loop_protect || !loop_is_all(j->relay->conf, j->relay->ports, sdp))
		return false;
	ng_put_str(&j->answer, SPAN("sdp"), j->request->sdp);
	return true;
}

struct session *job_session(const struct job *j)
{
	return table_find_hashed(&j->relay->sessions, j->request->call_id, j->call_hash);
}
