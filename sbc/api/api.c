/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/api.h"

#include <errno.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sbc/api/apilist.h"
#include "sbc/api/apireply.h"
#include "sbc/api/apiwait.h"
#include "sbc/api/banapi.h"
#include "sbc/api/metrics.h"
#include "sbc/api/pinholeapi.h"
#include "sbc/api/pinholelist.h"
#include "sbc/api/ready.h"
#include "sbc/api/report.h"
#include "sbc/api/whyapi.h"
#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/media/media.h"

/* libevent's own limits are off until set. */
enum {
	HEADERS_MAX = 16384,
	BODY_MAX = 65536,
	TIMEOUT_S = 20,
	METRICS_MAX = 1024 * 1024,
	BACKLOG = 16,
};

struct api {
	struct loop *loop;
	struct evhttp *http;
	const char *socket; /* to be removed at the end */
	struct apiwait *waiting;
};

/* A request that waits for the relay's word on a call. */
struct waiting {
	struct apiwait wait;
	char id[TOKEN_ID_LEN + 1];
};

static void send_problem(struct evhttp_request *req, int code, const char *title, const char *detail)
{
	apireply_problem(req, code, title, detail);
}

static void send_ok(struct evhttp_request *req, json_t *j)
{
	apireply_ok(req, j);
}

/* ----- what is asked ----- */

static void get_health(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)a, (void)arg;
	send_ok(req, json_pack("{s:s}", "status", "ok"));
}

static void get_ready(struct api *a, struct evhttp_request *req, struct span arg)
{
	const char *why = ready_why_not(a->loop->engine);

	(void)arg;
	if (why)
		send_problem(req, HTTP_SERVUNAVAIL, "Not ready", why);
	else
		send_ok(req, json_pack("{s:s}", "status", "ready"));
}

static void get_status(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	send_ok(req, report_status(a->loop->engine));
}

static void get_calls(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	apilist_calls(a->loop, &a->waiting, req);
}

static void get_registrations(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	apilist_registrations(a->loop, &a->waiting, req);
}

static void get_realms(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	send_ok(req, report_realms(a->loop->engine));
}

static void get_trunks(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	send_ok(req, report_trunks(a->loop->engine));
}

static void get_metrics(struct api *a, struct evhttp_request *req, struct span arg)
{
	char *text = malloc(METRICS_MAX);
	struct writer w = writer_over(text, METRICS_MAX);

	(void)arg;
	if (text) {
		metrics_write(a->loop->engine, &w);
		stream_write_metrics(a->loop->streams, &w);
	}
	if (text && !w.failed)
		apireply_text(req, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", writer_done(&w));
	else
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
	free(text);
}

static struct call *find_call(struct api *a, struct evhttp_request *req, struct span id)
{
	const struct lostcall *lost = lostcalls_find(&a->loop->engine->lostcalls, id);
	struct call *c = calls_find(a->loop->engine, id);
	char detail[256];

	if (c && c->kind == CALL_INVITE && c->state != CALL_OVER)
		return c;
	snprintf(detail, sizeof(detail), "%s%s",
		 lost ? "Its media was lost with the relay, and could not be set up again: "
		      : "No call with this id is in progress. GET /api/v1/calls lists them.",
		 lost ? lost->why : "");
	send_problem(req, HTTP_NOTFOUND, "No such call", detail);
	return NULL;
}

static void waiting_free(struct apiwait *w)
{
	free(w);
}

static struct evhttp_request *waiting_end(struct waiting *w)
{
	struct evhttp_request *req = apiwait_end(&w->wait);

	free(w);
	return req;
}

/* NULL without memory: the client has been told. */
static struct waiting *waiting_new(struct api *a, struct evhttp_request *req, const struct call *c)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (!w) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return NULL;
	}
	memcpy(w->id, c->id, sizeof(w->id));
	apiwait_begin(&a->waiting, &w->wait, req, waiting_free);
	return w;
}

static void on_media_known(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct waiting *w = wait->user;
	struct call *c = calls_find(env, span_str(w->id));
	struct evhttp_request *req = waiting_end(w);

	if (c)
		send_ok(req, report_call(env, c, answer ? answer->body : (struct span){ 0 }));
	else
		send_problem(req, HTTP_NOTFOUND, "No such call", "The call ended meanwhile.");
}

static void get_call(struct api *a, struct evhttp_request *req, struct span id)
{
	struct call *c = find_call(a, req, id);
	struct waiting *w;

	if (!c || !(w = waiting_new(a, req, c)))
		return;
	if (!media_query(a->loop->engine, c, on_media_known, w, &w->wait.asked)) {
		waiting_end(w);
		send_ok(req, report_call(a->loop->engine, c, (struct span){ 0 }));
	}
}

static void delete_call(struct api *a, struct evhttp_request *req, struct span id)
{
	struct call *c = find_call(a, req, id);

	if (!c)
		return;
	callend(a->loop->engine, c, COUNT_CALL_OPERATOR, 503, NULL);
	callend_reap(a->loop->engine);
	send_ok(req, json_pack("{s:s#, s:s}", "id", id.p, (int)id.n, "state", "over"));
}

/* A web page that a browser on this host shows must not send such things: browsers say whose page it is. */
static bool is_of_web_page(struct evhttp_request *req)
{
	if (!evhttp_find_header(evhttp_request_get_input_headers(req), "Origin"))
		return false;
	send_problem(req, APIREPLY_FORBIDDEN, "Not from web pages", "Requests with an Origin header change nothing.");
	return true;
}

static void on_captured(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct waiting *w = wait->user;
	struct evhttp_request *req;
	char id[sizeof(w->id)], reason[256];
	struct ng_value file;

	(void)env;
	memcpy(id, w->id, sizeof(id));
	req = waiting_end(w);
	if (!answer) {
		send_problem(req, HTTP_SERVUNAVAIL, "No answer", "The media relay does not answer.");
	} else if (!span_eq(answer->result, SPAN("ok"))) {
		snprintf(reason, sizeof(reason), "%.*s.", (int)answer->error_reason.n, answer->error_reason.p);
		send_problem(req, APIREPLY_CONFLICT, "The media relay refused", reason);
	} else if (ng_find(answer->body, SPAN("file"), &file)) {
		send_ok(req, json_pack("{s:s, s:s}", "id", id, "capture", "off"));
	} else {
		send_ok(req, json_pack("{s:s, s:s, s:s#}", "id", id, "capture", "on", "file", file.text.p,
				       (int)file.text.n));
	}
}

static void capture(struct api *a, struct evhttp_request *req, struct span id, enum media_capture what)
{
	struct call *c = is_of_web_page(req) ? NULL : find_call(a, req, id);
	struct waiting *w;

	if (!c || !(w = waiting_new(a, req, c)))
		return;
	if (!media_capture(a->loop->engine, c, what, on_captured, w, &w->wait.asked)) {
		waiting_end(w);
		send_problem(req, APIREPLY_CONFLICT, "No media", "The call has no media that could be captured.");
	}
}

static void post_capture(struct api *a, struct evhttp_request *req, struct span id)
{
	const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(req));

	if (query && strcmp(query, "no-payload") != 0)
		send_problem(req, HTTP_BADREQUEST, "Unknown parameter", "Known: no-payload.");
	else
		capture(a, req, id, query ? MEDIA_CAPTURE_HEADERS : MEDIA_CAPTURE_WHOLE);
}

static void delete_capture(struct api *a, struct evhttp_request *req, struct span id)
{
	capture(a, req, id, MEDIA_CAPTURE_STOP);
}

static void use_trunk(struct api *a, struct evhttp_request *req, struct span name, bool use)
{
	struct engine *e = a->loop->engine;
	int trunk = conf_trunk_find(e->core.conf, name);

	if (is_of_web_page(req))
		return;
	if (trunk < 0) {
		send_problem(req, HTTP_NOTFOUND, "No such trunk", "GET /api/v1/trunks lists them.");
		return;
	}
	trunks_use(&e->trunks, (unsigned)trunk, use);
	send_ok(req, json_pack("{s:s, s:b}", "name", e->core.conf->trunks[trunk].name, "disabled", !use));
}

static void disable_trunk(struct api *a, struct evhttp_request *req, struct span name)
{
	use_trunk(a, req, name, false);
}

static void enable_trunk(struct api *a, struct evhttp_request *req, struct span name)
{
	use_trunk(a, req, name, true);
}

static void get_pinholes(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	pinholelist_get(a->loop->engine, &a->waiting, req);
}

static void post_pinholes(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	if (!is_of_web_page(req))
		pinholeapi_open(a->loop->engine, req);
}

static void delete_pinhole(struct api *a, struct evhttp_request *req, struct span id)
{
	if (!is_of_web_page(req))
		pinholeapi_close(a->loop->engine, req, id);
}

static void get_bans(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	banapi_list(a->loop->engine, req);
}

static void post_ban(struct api *a, struct evhttp_request *req, struct span network)
{
	if (!is_of_web_page(req))
		banapi_add(a->loop->engine, req, network);
}

static void delete_ban(struct api *a, struct evhttp_request *req, struct span network)
{
	if (!is_of_web_page(req))
		banapi_lift(a->loop->engine, req, network);
}

static void allow_ban(struct api *a, struct evhttp_request *req, struct span network)
{
	if (!is_of_web_page(req))
		banapi_allow(a->loop->engine, req, network);
}

static void get_why(struct api *a, struct evhttp_request *req, struct span arg)
{
	(void)arg;
	whyapi_get(a->loop->engine, &a->waiting, req);
}

/* ----- which question is which ----- */

static const struct api_route {
	enum evhttp_cmd_type method;
	const char *path; /* the argument stands behind a trailing slash, or for "*" */
	void (*handle)(struct api *a, struct evhttp_request *req, struct span arg);
} routes[] = {
	{ EVHTTP_REQ_GET, "/api/v1/health", get_health },
	{ EVHTTP_REQ_GET, "/api/v1/ready", get_ready },
	{ EVHTTP_REQ_GET, "/api/v1/status", get_status },
	{ EVHTTP_REQ_GET, "/api/v1/calls", get_calls },
	{ EVHTTP_REQ_GET, "/api/v1/calls/", get_call },
	{ EVHTTP_REQ_DELETE, "/api/v1/calls/", delete_call },
	{ EVHTTP_REQ_POST, "/api/v1/calls/*/capture", post_capture },
	{ EVHTTP_REQ_DELETE, "/api/v1/calls/*/capture", delete_capture },
	{ EVHTTP_REQ_GET, "/api/v1/registrations", get_registrations },
	{ EVHTTP_REQ_GET, "/api/v1/realms", get_realms },
	{ EVHTTP_REQ_GET, "/api/v1/trunks", get_trunks },
	{ EVHTTP_REQ_POST, "/api/v1/trunks/*/disable", disable_trunk },
	{ EVHTTP_REQ_POST, "/api/v1/trunks/*/enable", enable_trunk },
	{ EVHTTP_REQ_GET, "/api/v1/pinholes", get_pinholes },
	{ EVHTTP_REQ_POST, "/api/v1/pinholes", post_pinholes },
	{ EVHTTP_REQ_DELETE, "/api/v1/pinholes/", delete_pinhole },
	{ EVHTTP_REQ_GET, "/api/v1/bans", get_bans },
	{ EVHTTP_REQ_POST, "/api/v1/bans/", post_ban },
	{ EVHTTP_REQ_DELETE, "/api/v1/bans/", delete_ban },
	{ EVHTTP_REQ_POST, "/api/v1/bans/*/allow", allow_ban },
	{ EVHTTP_REQ_GET, "/api/v1/why", get_why },
	{ EVHTTP_REQ_GET, "/api/v1/metrics", get_metrics },
	{ EVHTTP_REQ_GET, "/metrics", get_metrics },
};

static const char *method_name(enum evhttp_cmd_type method)
{
	return method == EVHTTP_REQ_GET ? "GET" : method == EVHTTP_REQ_POST ? "POST" : "DELETE";
}

static bool fits(const char *pattern, struct span path, struct span *arg)
{
	struct span p = span_str(pattern);

	struct span before = span_slice(p, 0, span_find(p, '*')), after = span_from(p, before.n + 1);

	*arg = (struct span){ 0 };
	if (p.p[p.n - 1] != '/' && before.n == p.n)
		return span_eq(p, path);
	if (!span_starts(path, before) || path.n < before.n + after.n ||
	    !span_eq(span_from(path, path.n - after.n), after))
		return false;
	*arg = span_slice(path, before.n, path.n - after.n);
	return arg->n > 0 && span_find(*arg, '/') == arg->n;
}

/* The methods that the path takes, for the Allow header (RFC 9110 15.5.6). False: there is no such path. */
static bool allowed(struct span path, struct writer *w)
{
	struct span arg;

	for (unsigned i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (!fits(routes[i].path, path, &arg))
			continue;
		writer_str(w, w->n ? ", " : "");
		writer_str(w, method_name(routes[i].method));
	}
	return w->n > 0;
}

static void answer(struct api *a, struct evhttp_request *req, struct span path)
{
	char methods[32] = "";
	struct writer w = writer_over(methods, sizeof(methods) - 1);
	struct span arg;

	for (unsigned i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (routes[i].method == evhttp_request_get_command(req) && fits(routes[i].path, path, &arg)) {
			routes[i].handle(a, req, arg);
			return;
		}
	}
	if (allowed(path, &w)) {
		evhttp_add_header(evhttp_request_get_output_headers(req), "Allow", methods);
		send_problem(req, HTTP_BADMETHOD, "Method not allowed", "This path does not take that method.");
	} else {
		send_problem(req, HTTP_NOTFOUND, "Not found",
			     "Known: /api/v1/health, /ready, /status, /calls, /calls/{id}, /calls/{id}/capture, "
			     "/registrations, "
			     "/realms, /pinholes, /pinholes/{id}, /why, /trunks, /trunks/{name}/disable, "
			     "/trunks/{name}/enable, /bans, /bans/{network}, /bans/{network}/allow, /metrics.");
	}
}

static void on_request(struct evhttp_request *req, void *ctx)
{
	struct api *a = ctx;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);

	engine_advance(a->loop->engine, loop_now());
	answer(a, req, span_str(uri ? evhttp_uri_get_path(uri) : NULL));
	loop_flush(a->loop);
}

/* ----- opening ----- */

/* What an sbc that was killed left behind may go; another one's socket, or a file, may not. */
static int clear_path(const struct sockaddr_un *un, char *error, uint32_t error_size)
{
	struct stat st;
	bool taken;
	int fd;

	if (lstat(un->sun_path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(error, error_size, "api.socket: %s: there is something of that name that is no socket",
			 un->sun_path);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	taken = fd >= 0 && (connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0 || errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	if (taken) {
		snprintf(error, error_size, "api.socket: %s: another program listens there. Is another sbc running?",
			 un->sun_path);
		return -1;
	}
	unlink(un->sun_path);
	return 0;
}

static int listen_unix(struct api *a, const char *path, char *error, uint32_t error_size)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct evconnlistener *listener;
	mode_t old;

	if (strlen(path) >= sizeof(un.sun_path)) {
		snprintf(error, error_size, "api.socket: %s: longer than a socket path can be (%zu bytes)", path,
			 sizeof(un.sun_path) - 1);
		return -1;
	}
	memcpy(un.sun_path, path, strlen(path) + 1);
	if (clear_path(&un, error, error_size))
		return -1;
	old = umask(0117);
	listener = evconnlistener_new_bind(a->loop->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
					   BACKLOG, (struct sockaddr *)&un, sizeof(un));
	umask(old);
	if (!listener || !evhttp_bind_listener(a->http, listener)) {
		snprintf(error, error_size, "api.socket: cannot listen on %s: %s", path, strerror(errno));
		return -1;
	}
	a->socket = path;
	return 0;
}

static int listen_tcp(struct api *a, const struct addr *at, char *error, uint32_t error_size)
{
	char host[ADDR_TEXT_MAX] = { 0 };
	struct writer w = writer_over(host, sizeof(host) - 1);

	addr_write_host(&w, at, false);
	if (evhttp_bind_socket(a->http, host, at->port)) {
		snprintf(error, error_size, "api.http: cannot listen on %s:%u: %s", host, at->port, strerror(errno));
		return -1;
	}
	return 0;
}

struct api *api_open(struct loop *l, const struct conf_api *conf, char *error, uint32_t error_size)
{
	struct api *a = calloc(1, sizeof(*a));

	if (!a || !(a->http = evhttp_new(l->base))) {
		snprintf(error, error_size, "no memory for the management interface");
		free(a);
		return NULL;
	}
	a->loop = l;
	evhttp_set_max_headers_size(a->http, HEADERS_MAX);
	evhttp_set_max_body_size(a->http, BODY_MAX);
	evhttp_set_timeout(a->http, TIMEOUT_S);
	/* The others are answered too, with 405; not HEAD, whose answer must have no body. */
	evhttp_set_allowed_methods(a->http, EVHTTP_REQ_GET | EVHTTP_REQ_DELETE | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
						    EVHTTP_REQ_PATCH | EVHTTP_REQ_OPTIONS);
	evhttp_set_gencb(a->http, on_request, a);
	if ((conf->socket && listen_unix(a, conf->socket, error, error_size)) ||
	    (conf->http.port && listen_tcp(a, &conf->http, error, error_size))) {
		api_close(a);
		return NULL;
	}
	return a;
}

void api_close(struct api *a)
{
	if (!a)
		return;
	apiwait_drop_all(&a->waiting);
	evhttp_free(a->http);
	if (a->socket)
		unlink(a->socket);
	free(a);
}
