/* SPDX-License-Identifier: BSD-3-Clause */
/* http.h: one request to the management API, and its answer (HTTP/1.1, RFC 9112). */
#ifndef NATSBC_SBCCTL_HTTP_H
#define NATSBC_SBCCTL_HTTP_H

#include <stddef.h>

/* Where the API listens. */
struct http_place {
	const char *socket; /* path of a unix socket; used where url is NULL */
	const char *url;    /* http://HOST:PORT */
};

struct http_answer {
	int status;
	char *body; /* NUL-terminated; freed with http_free() */
	size_t len;
};

/* 0; or -1 with the reason, a whole sentence, in why. */
int http_request(const struct http_place *place, const char *method, const char *path, struct http_answer *out,
		 char *why, size_t cap);
void http_free(struct http_answer *a);

#endif
