/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apiparam.h"

#include <event2/keyvalq_struct.h>
#include <stdio.h>

#include "alg/conf/duration.h"
#include "sbc/api/apireply.h"

struct span apiparam_text(struct evhttp_request *req, const char *name, char *out, uint32_t cap)
{
	const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req)), *value;
	struct evkeyvalq all = { 0 };
	struct span found = { 0 };
	size_t n;

	if (!query || evhttp_parse_query_str(query, &all))
		return found;
	value = evhttp_find_header(&all, name);
	if (value) {
		n = strlen(value);
		if (n >= cap)
			n = 0; /* not as if it were missing: that has a meaning of its own */
		memcpy(out, value, n);
		out[n] = '\0';
		found = span_of(out, n);
	}
	evhttp_clear_headers(&all);
	return found;
}

bool apiparam_address(struct evhttp_request *req, const char *name, bool port_needed, struct addr *out)
{
	char text[ADDR_TEXT_MAX + 1], detail[160];
	struct span s = apiparam_text(req, name, text, sizeof(text));

	*out = (struct addr){ 0 };
	if (!port_needed && !span_is_set(s))
		return true;
	if (span_is_set(s) && addr_parse(s, 0, out) == 0 && addr_is_unicast(out) && (out->port || !port_needed))
		return true;
	snprintf(detail, sizeof(detail), "%s is %s, as 198.51.100.5:9000 or [2001:db8::5]:9000.", name,
		 port_needed ? "an address and a port" : "an address, and a port where only that one may send");
	apireply_problem(req, HTTP_BADREQUEST, "Bad address", detail);
	return false;
}

bool apiparam_seconds(struct evhttp_request *req, const char *name, uint32_t most, uint32_t *seconds)
{
	char text[16], detail[128];
	struct span s = apiparam_text(req, name, text, sizeof(text));
	uint64_t us;

	if (span_is_set(s) && duration_parse(s, &us) == 0 && us >= 1000000 && us / 1000000 <= most) {
		*seconds = (uint32_t)(us / 1000000);
		return true;
	}
	snprintf(detail, sizeof(detail), "%s says how long: from 1s to %us, as 10m. Nothing is for ever.", name, most);
	apireply_problem(req, HTTP_BADREQUEST, "Bad duration", detail);
	return false;
}

int apiparam_word(struct evhttp_request *req, const char *name, const char *const words[2])
{
	char text[16], detail[96];
	struct span s = apiparam_text(req, name, text, sizeof(text));

	for (int i = 0; i < 2; i++)
		if (span_eq(s, span_str(words[i])) || (i == 0 && !span_is_set(s)))
			return i;
	snprintf(detail, sizeof(detail), "%s is %s or %s.", name, words[0], words[1]);
	apireply_problem(req, HTTP_BADREQUEST, "Unknown word", detail);
	return -1;
}
