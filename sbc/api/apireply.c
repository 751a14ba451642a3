/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apireply.h"

#include <event2/buffer.h>
#include <stdlib.h>

void apireply_text(struct evhttp_request *req, int code, const char *type, struct span body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
	struct evbuffer *buf = evhttp_request_get_output_buffer(req);

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evbuffer_add(buf, body.p, body.n);
	evhttp_send_reply(req, code, NULL, NULL);
}

/* Takes the reference. */
static void send_json(struct evhttp_request *req, int code, const char *type, json_t *j)
{
	char *body = j ? json_dumps(j, JSON_INDENT(2)) : NULL;

	if (body)
		apireply_text(req, code, type, span_str(body));
	else
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
	free(body);
	json_decref(j);
}

void apireply_ok(struct evhttp_request *req, json_t *j)
{
	send_json(req, HTTP_OK, "application/json", j);
}

void apireply_problem(struct evhttp_request *req, int code, const char *title, const char *detail)
{
	send_json(req, code, "application/problem+json",
		  json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title", title, "status", code, "detail",
			    detail));
}
