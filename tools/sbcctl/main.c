/* SPDX-License-Identifier: BSD-3-Clause */
/* sbcctl: the SBC from the command line, over its management API. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sbcctl/check.h"
#include "tools/sbcctl/http.h"
#include "tools/sbcctl/print.h"

enum { EXIT_USAGE = 2, URL_PATH_MAX = 768, WHY_MAX = 512 };

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_MARKDOWN };

struct request {
	struct http_place place;
	enum output output;
	bool headers, stop; /* of capture */
	const char *lasts;  /* --for; NULL: not given */
	const char *peer, *protocol;
	bool forward;
};

enum shape { SHAPE_LIST, SHAPE_ROWS, SHAPE_WORDS, SHAPE_RAW, SHAPE_DONE };

struct command {
	const char *name;
	const char *argument;      /* its name in the help; NULL: none is taken */
	const char *method, *path; /* the argument stands for "*", else behind it */
	enum shape shape;
	const char *rows;                   /* SHAPE_ROWS, SHAPE_WORDS: the member that holds them */
	const struct print_column *columns; /* NULL: whatever there is */
	const char *each;                   /* with columns: the list in a row that has a line for each element */
	const char *help;
};

static const struct print_column call_columns[] = {
	{ "ID", "id", PRINT_PLAIN },     { "STATE", "state", PRINT_PLAIN },   { "FROM", "from", PRINT_PLAIN },
	{ "TO", "to", PRINT_PLAIN },     { "A", "a.realm", PRINT_PLAIN },     { "A PEER", "a.peer", PRINT_PLAIN },
	{ "B", "b.realm", PRINT_PLAIN }, { "B PEER", "b.peer", PRINT_PLAIN }, { "TIME", "duration_s", PRINT_SECONDS },
	{ NULL, NULL, PRINT_PLAIN },
};

static const struct print_column registration_columns[] = {
	{ "ADDRESS", "aor", PRINT_PLAIN },
	{ "REALM", "realm", PRINT_PLAIN },
	{ "CONTACT", "contact", PRINT_PLAIN },
	{ "SOURCE", "source", PRINT_PLAIN },
	{ "NAT", "nat", PRINT_PLAIN },
	{ "EXPIRES", "expires_s", PRINT_SECONDS },
	{ "AT HOME", "home_expires_s", PRINT_SECONDS },
	{ "RTT MS", "keepalive_rtt_ms", PRINT_PLAIN },
	{ "PHONE", "user_agent", PRINT_PLAIN },
	{ NULL, NULL, PRINT_PLAIN },
};

static const struct print_column trunk_columns[] = {
	{ "NAME", "name", PRINT_PLAIN },
	{ "REALM", "realm", PRINT_PLAIN },
	{ "CALLS", "calls", PRINT_PLAIN },
	{ "REGISTERED", "registration.state", PRINT_PLAIN },
	{ "PEER", "peers.host", PRINT_PLAIN },
	{ "STATE", "peers.state", PRINT_PLAIN },
	{ "SINCE", "peers.since_s", PRINT_SECONDS },
	{ "RTT MS", "peers.rtt_ms", PRINT_PLAIN },
	{ NULL, NULL, PRINT_PLAIN },
};

static const struct print_column pinhole_columns[] = {
	{ "ID", "id", PRINT_PLAIN },
	{ "OWNER", "owner", PRINT_PLAIN },
	{ "PROTOCOL", "protocol", PRINT_PLAIN },
	{ "OURS", "ours", PRINT_PLAIN },
	{ "PEER", "peer", PRINT_PLAIN },
	{ "STATE", "state", PRINT_PLAIN },
	{ "PACKETS", "packets", PRINT_PLAIN },
	{ "REFUSED", "refused_packets", PRINT_PLAIN },
	{ "OUTSIDE", "outside", PRINT_SELDOM },
	{ "ERROR", "error", PRINT_SELDOM },
	{ "EXPIRES", "expires_s", PRINT_SECONDS },
	{ NULL, NULL, PRINT_PLAIN },
};

static const struct print_column ban_columns[] = {
	{ "NETWORK", "network", PRINT_PLAIN }, { "REASON", "reason", PRINT_PLAIN },
	{ "REALM", "realm", PRINT_PLAIN },     { "LAST", "last", PRINT_PLAIN },
	{ "SINCE", "since_s", PRINT_SECONDS }, { "LEFT", "left_s", PRINT_SECONDS },
	{ "TIMES", "times", PRINT_PLAIN },     { "DROPPED", "dropped_messages", PRINT_PLAIN },
	{ NULL, NULL, PRINT_PLAIN },
};

static const struct command commands[] = {
	{ "status", NULL, "GET", "/api/v1/status", SHAPE_LIST, .help = "how the SBC is" },
	{ "calls", NULL, "GET", "/api/v1/calls", SHAPE_ROWS, "calls", call_columns, NULL, "calls that are up" },
	{ "call", "ID", "GET", "/api/v1/calls/", SHAPE_LIST, .help = "all about one call" },
	{ "hangup", "ID", "DELETE", "/api/v1/calls/", SHAPE_DONE, .help = "end a call" },
	{ "capture", "ID", "POST", "/api/v1/calls/*/capture", SHAPE_LIST, .help = "write a call's packets to a file" },
	{ "regs", NULL, "GET", "/api/v1/registrations", SHAPE_ROWS, "registrations", registration_columns, NULL,
	  "phones that are registered" },
	{ "realms", NULL, "GET", "/api/v1/realms", SHAPE_ROWS, "realms", NULL, NULL, "networks: addresses and ports" },
	{ "trunks", NULL, "GET", "/api/v1/trunks", SHAPE_ROWS, "trunks", trunk_columns, "peers",
	  "trunks and whether their peers answer" },
	{ "pinholes", NULL, "GET", "/api/v1/pinholes", SHAPE_ROWS, "pinholes", pinhole_columns, NULL,
	  "ports that are open, and for whom" },
	{ "bans", NULL, "GET", "/api/v1/bans", SHAPE_ROWS, "bans", ban_columns, NULL, "who is banned, and why" },
	{ "disable", "TRUNK", "POST", "/api/v1/trunks/*/disable", SHAPE_DONE, .help = "send no calls to a trunk" },
	{ "enable", "TRUNK", "POST", "/api/v1/trunks/*/enable", SHAPE_DONE, .help = "send calls there again" },
	{ "metrics", NULL, "GET", "/metrics", SHAPE_RAW, .help = "counters, as Prometheus reads them" },
};
enum { COMMAND_N = sizeof(commands) / sizeof(commands[0]) };

static void help(FILE *to)
{
	fprintf(to, "usage: sbcctl [-s SOCKET | -u URL] [-o table|json] COMMAND\n\n");
	for (int i = 0; i < COMMAND_N; i++)
		fprintf(to, "  %-8s %-12s %s\n", commands[i].name, commands[i].argument ? commands[i].argument : "",
			commands[i].help);
	fprintf(to, "  %-8s %-12s %s\n", "pinholes", "open IP:PORT", "open a port of ours by hand, --for so long");
	fprintf(to, "  %-8s %-12s %s\n", "pinholes", "close ID", "close it again");
	fprintf(to, "  %-8s %-12s %s\n", "bans", "add NETWORK", "ban it by hand, --for so long");
	fprintf(to, "  %-8s %-12s %s\n", "bans", "rm NETWORK", "let it speak again");
	fprintf(to, "  %-8s %-12s %s\n", "bans", "allow NETWORK", "the same, and never ban it while the SBC runs");
	fprintf(to, "  %-8s %-9s %s\n", "why-dropped", "FROM TO", "why a packet from IP[:PORT] to IP:PORT was dropped");
	fprintf(to, "  %-8s %-12s %s\n", "config", "check FILE", "check a configuration, without any daemon");
	fprintf(to, "  %-8s %-12s %s\n", "config", "keys", "all keys of the configuration (-o markdown: as a table)");
	fprintf(to, "\n"
		    "  -s, --socket PATH   unix socket of the API (/run/natsbc/api.sock)\n"
		    "  -u, --url URL       the API over TCP, as http://127.0.0.1:8080\n"
		    "  -o, --output FORM   table (for people) or json (everything that the API says)\n"
		    "      --for TIME      pinholes open, bans add: 30s, 10m, 2h; then it is over\n"
		    "      --protocol P    pinholes open, why-dropped: udp (unless told) or tcp\n"
		    "      --peer IP[:PORT], --forward\n"
		    "                      pinholes open: for that host only; for a host behind this one\n"
		    "      --no-payload    capture: nothing of what is said\n"
		    "      --stop          capture: no longer\n"
		    "      --version, --help\n\n"
		    "Exit status: 0 done, 1 refused or not reached, 2 wrong usage.\n");
}

static int usage(const char *what, const char *word)
{
	fprintf(stderr, "sbcctl: %s%s%s\nTry: sbcctl --help\n", what, word ? " " : "", word ? word : "");
	return EXIT_USAGE;
}

/* RFC 9457: title and detail of what went wrong. */
static int refused(const struct http_answer *a, const json_t *body)
{
	const char *title = json_string_value(json_object_get(body, "title"));
	const char *detail = json_string_value(json_object_get(body, "detail"));

	fputs("sbcctl: ", stderr);
	print_text(stderr, title ? title : "the SBC refused");
	fputs(detail ? ": " : "", stderr);
	print_text(stderr, detail ? detail : "");
	fprintf(stderr, " (%d)\n", a->status);
	return EXIT_FAILURE;
}

/* One sentence each. */
static void show_words(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		const char *text = json_string_value(json_object_get(row, "text"));

		fputs(json_is_true(json_object_get(row, "drops")) ? "dropped: " : "         ", stdout);
		print_sentence(stdout, text ? text : "?");
	}
}

static int show(const struct command *c, const struct request *r, const json_t *body)
{
	const json_t *rows = json_object_get(body, c->rows);

	if (r->output == OUTPUT_JSON) {
		json_dumpf(body, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6));
		putchar('\n');
		return 0;
	}
	if (c->shape == SHAPE_LIST) {
		print_list(body);
		return 0;
	}
	if (!json_is_array(rows)) {
		fprintf(stderr, "sbcctl: the answer holds no %s\n", c->rows);
		return EXIT_FAILURE;
	}
	if (c->shape == SHAPE_WORDS)
		show_words(rows);
	else if (json_array_size(rows) == 0)
		printf("no %s\n", c->rows);
	else if (c->each)
		print_table_each(rows, c->each, c->columns);
	else if (c->columns)
		print_table(rows, c->columns);
	else
		print_table_all(rows);
	return 0;
}

static int answer(const struct command *c, const struct request *r, const struct http_answer *a)
{
	json_t *body =
		c->shape == SHAPE_RAW && a->status < 300 ? NULL : json_loadb(a->body, a->len, JSON_DECODE_ANY, NULL);
	int status = EXIT_FAILURE;

	if (a->status < 200 || a->status > 299)
		status = refused(a, body);
	else if (c->shape == SHAPE_RAW)
		status = fwrite(a->body, 1, a->len, stdout) == a->len ? 0 : EXIT_FAILURE;
	else if (c->shape == SHAPE_DONE)
		status = 0;
	else if (body)
		status = show(c, r, body);
	else
		fprintf(stderr, "sbcctl: the answer is not JSON\n");
	json_decref(body);
	return status;
}

/* Appends s to the path with what URLs set apart written as %XX (RFC 3986 2.1). */
static int path_append(char path[URL_PATH_MAX], const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	size_t n = strlen(path);

	for (; *s; s++) {
		int put = snprintf(path + n, URL_PATH_MAX - n, strchr(plain, *s) ? "%c" : "%%%02X", (unsigned char)*s);

		n += (size_t)put;
		if (n >= URL_PATH_MAX)
			return -1;
	}
	return 0;
}

/* Appends a parameter, where it has a value. */
static int parameter(char path[URL_PATH_MAX], const char *name, const char *value)
{
	size_t n = strlen(path);

	if (!value)
		return 0;
	return (size_t)snprintf(path + n, URL_PATH_MAX - n, "&%s=", name) >= URL_PATH_MAX - n ||
			       path_append(path, value)
		       ? -1
		       : 0;
}

static int run(const struct command *c, const struct request *r, const char *argument)
{
	char path[URL_PATH_MAX], why[WHY_MAX];
	struct http_answer a = { 0 };
	const char *behind = strchrnul(c->path, '*');
	int status;

	snprintf(path, sizeof(path), "%.*s", (int)(behind - c->path), c->path);
	if (argument && (argument[0] == '\0' || path_append(path, argument)))
		return usage("there is nothing of this name:", argument);
	if (*behind)
		strncat(path, behind + 1, sizeof(path) - 1 - strlen(path));
	if (http_request(&r->place, c->method, path, &a, why, sizeof(why))) {
		fprintf(stderr, "sbcctl: %s\n", why);
		return EXIT_FAILURE;
	}
	status = answer(c, r, &a);
	http_free(&a);
	return status;
}

/* A command as the options that belong to it alone make it. */
static int run_capture(const struct command *c, const struct request *r, const char *id)
{
	struct command as = *c;

	if (r->stop && r->headers)
		return usage("--stop takes no --no-payload", NULL);
	if (r->stop)
		as.method = "DELETE";
	if (r->headers)
		as.path = "/api/v1/calls/*/capture?no-payload";
	return run(&as, r, id);
}

static int open_pinhole(const struct request *r, const char *ours)
{
	char path[URL_PATH_MAX] = "/api/v1/pinholes?direction=";
	const struct command open = { .name = "open", .method = "POST", .path = path, .shape = SHAPE_LIST };

	if (!r->lasts)
		return usage("say how long: pinholes open IP:PORT --for 10m", NULL);
	strcat(path, r->forward ? "forward" : "in");
	if (parameter(path, "for", r->lasts) || parameter(path, "peer", r->peer) ||
	    parameter(path, "protocol", r->protocol) || parameter(path, "ours", ""))
		return usage("there is nothing of this name:", ours);
	return run(&open, r, ours);
}

static int run_why(const struct request *r, int argc, char **argv)
{
	char path[URL_PATH_MAX] = "/api/v1/why?protocol=";
	const struct command why = {
		.name = "why-dropped", .method = "GET", .path = path, .shape = SHAPE_WORDS, .rows = "findings"
	};

	if (argc != 2)
		return usage("why-dropped is followed by who sent it, IP or IP:PORT, and where it went, IP:PORT", NULL);
	if (path_append(path, r->protocol ? r->protocol : "udp") || parameter(path, "from", argv[0]) ||
	    parameter(path, "to", ""))
		return usage("too long:", argv[0]);
	return run(&why, r, argv[1]);
}

static int run_pinholes(const struct request *r, int argc, char **argv)
{
	static const struct command close = {
		.name = "close", .method = "DELETE", .path = "/api/v1/pinholes/", .shape = SHAPE_DONE
	};

	if (argc == 2 && strcmp(argv[0], "open") == 0)
		return open_pinhole(r, argv[1]);
	if (argc == 2 && strcmp(argv[0], "close") == 0)
		return run(&close, r, argv[1]);
	return usage("pinholes is followed by nothing, open IP:PORT --for TIME, or close ID", NULL);
}

static int add_ban(const struct request *r, const char *network)
{
	char path[URL_PATH_MAX] = "/api/v1/bans/*?for=";
	const struct command add = { .name = "add", .method = "POST", .path = path, .shape = SHAPE_DONE };

	if (!r->lasts)
		return usage("say how long: bans add NETWORK --for 1h", NULL);
	if (path_append(path, r->lasts))
		return usage("not a time:", r->lasts);
	return run(&add, r, network);
}

static int run_bans(const struct request *r, int argc, char **argv)
{
	static const struct command lift = {
		.name = "rm", .method = "DELETE", .path = "/api/v1/bans/", .shape = SHAPE_DONE
	};
	static const struct command allow = {
		.name = "allow", .method = "POST", .path = "/api/v1/bans/*/allow", .shape = SHAPE_DONE
	};

	if (argc == 2 && strcmp(argv[0], "add") == 0)
		return add_ban(r, argv[1]);
	if (argc == 2 && strcmp(argv[0], "rm") == 0)
		return run(&lift, r, argv[1]);
	if (argc == 2 && strcmp(argv[0], "allow") == 0)
		return run(&allow, r, argv[1]);
	return usage("bans is followed by nothing, add NETWORK --for TIME, rm NETWORK, or allow NETWORK", NULL);
}

static int run_config(const struct request *r, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "check") == 0)
		return check_config(argv[1]);
	if (argc == 1 && strcmp(argv[0], "keys") == 0)
		return check_keys(r->output == OUTPUT_MARKDOWN);
	return usage("config is followed by: check FILE, or keys", NULL);
}

static int run_named(const struct request *r, int argc, char **argv)
{
	if (strcmp(argv[0], "config") == 0)
		return run_config(r, argc - 1, argv + 1);
	if (strcmp(argv[0], "why-dropped") == 0)
		return run_why(r, argc - 1, argv + 1);
	if (strcmp(argv[0], "pinholes") == 0 && argc > 1)
		return run_pinholes(r, argc - 1, argv + 1);
	if (strcmp(argv[0], "bans") == 0 && argc > 1)
		return run_bans(r, argc - 1, argv + 1);
	for (int i = 0; i < COMMAND_N; i++) {
		const struct command *c = &commands[i];

		if (strcmp(argv[0], c->name) != 0)
			continue;
		if (r->lasts || r->peer || r->protocol || r->forward)
			return usage("--for, --peer, --protocol and --forward do not belong to", c->name);
		if (argc - 1 != (c->argument ? 1 : 0))
			return usage(c->argument ? "give one argument to" : "no argument belongs to", c->name);
		if (strcmp(c->name, "capture") == 0)
			return run_capture(c, r, argv[1]);
		if (r->stop || r->headers)
			return usage("--stop and --no-payload belong to capture, not to", c->name);
		return run(c, r, c->argument ? argv[1] : NULL);
	}
	return usage("no such command:", argv[0]);
}

/* What was printed has to arrive: a full disk is a failure. */
static int written(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "sbcctl: cannot write: %s\n", strerror(errno));
	return EXIT_FAILURE;
}

static bool output_of(const char *word, enum output *out)
{
	static const char *const words[] = {
		[OUTPUT_TABLE] = "table", [OUTPUT_JSON] = "json", [OUTPUT_MARKDOWN] = "markdown"
	};

	for (int i = OUTPUT_TABLE; i <= OUTPUT_MARKDOWN; i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum output)i;
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' }, { "url", required_argument, NULL, 'u' },
		{ "output", required_argument, NULL, 'o' }, { "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },         { "no-payload", no_argument, NULL, 'n' },
		{ "stop", no_argument, NULL, 't' },         { "for", required_argument, NULL, 'f' },
		{ "peer", required_argument, NULL, 'p' },   { "protocol", required_argument, NULL, 'P' },
		{ "forward", no_argument, NULL, 'F' },      { NULL, 0, NULL, 0 },
	};
	struct request r = { .place = { .socket = "/run/natsbc/api.sock" } };
	int option;

	while ((option = getopt_long(argc, argv, "s:u:o:Vh", options, NULL)) != -1) {
		if (option == 's') {
			r.place.socket = optarg;
		} else if (option == 'u') {
			r.place.url = optarg;
		} else if (option == 'o') {
			if (!output_of(optarg, &r.output))
				return usage("no such output:", optarg);
		} else if (option == 'n') {
			r.headers = true;
		} else if (option == 't') {
			r.stop = true;
		} else if (option == 'f') {
			r.lasts = optarg;
		} else if (option == 'p') {
			r.peer = optarg;
		} else if (option == 'P') {
			r.protocol = optarg;
		} else if (option == 'F') {
			r.forward = true;
		} else if (option == 'V') {
			printf("sbcctl %s\n", NATSBC_VERSION);
			return 0;
		} else if (option == 'h') {
			help(stdout);
			return 0;
		} else {
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return usage("give a command", NULL);
	return written(run_named(&r, argc - optind, argv + optind));
}
