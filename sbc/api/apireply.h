/* SPDX-License-Identifier: BSD-3-Clause */
/* apireply.h: what the management interface answers with: JSON, or why not (RFC 9457). */
#ifndef NATSBC_SBC_APIREPLY_H
#define NATSBC_SBC_APIREPLY_H

#include <event2/http.h>
#include <jansson.h>

#include "alg/base/span.h"

/* evhttp has no names for these. */
enum { APIREPLY_FORBIDDEN = 403, APIREPLY_CONFLICT = 409 };

void apireply_text(struct evhttp_request *req, int code, const char *type, struct span body);

/* Takes the reference; NULL: there was no memory for it. */
void apireply_ok(struct evhttp_request *req, json_t *j);
void apireply_problem(struct evhttp_request *req, int code, const char *title, const char *detail);

#endif
