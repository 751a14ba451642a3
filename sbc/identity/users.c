/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/users.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alg/base/cursor.h"
#include "alg/base/table.h"
#include "alg/conf/syntax.h"

struct users {
	struct user *user;
	uint32_t count;
	struct table by_name;
	struct writer secrets; /* the texts of all users, in one piece */
	unsigned algorithms;
};

/* How many digits an HA1 of each algorithm has. */
static const uint32_t ha1_digits[USER_ALGORITHMS] = { [DIGEST_MD5] = 32, [DIGEST_SHA256] = 64 };

/* --- loading -------------------------------------------------------------------------------- */

struct loading {
	struct users *users;
	conf_report_fn *report;
	void *ctx;
	unsigned problems;
	char path[64]; /* "users[3].ha1" */
};

static void users_problem(struct loading *l, const char *member, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", l->path, member);
	l->problems++;
	l->report(l->ctx, &(struct conf_problem){ .path = path, .text = text });
}

static struct span users_keep(struct users *u, struct span s)
{
	struct span kept = span_of(u->secrets.p + u->secrets.n, s.n);

	writer_put(&u->secrets, s);
	return u->secrets.failed ? (struct span){ 0 } : kept;
}

static struct span span_json(const json_t *string)
{
	return span_of(json_string_value(string), json_string_length(string));
}

/* A name goes unquoted into hashes, headers, logs and URIs. '@' would begin the domain of user@domain. */
static bool user_name_ok(struct span name)
{
	if (name.n == 0 || name.n > USER_NAME_MAX)
		return false;
	for (uint32_t i = 0; i < name.n; i++) {
		if (byte_is(name.p[i], BLANK | CONTROL | QUOTE | COLON | AT | LESS | GREATER) || name.p[i] == '\\')
			return false;
	}
	return true;
}

/* Credentials are compared in lower case. */
static struct span ha1_keep(struct users *u, struct span hex)
{
	char lower[USER_HA1_MAX];

	for (uint32_t i = 0; i < hex.n; i++)
		lower[i] = (char)(hex.p[i] | (byte_is(hex.p[i], ALPHA) ? 0x20 : 0));
	return users_keep(u, span_of(lower, hex.n));
}

static enum digest_algorithm algorithm_find(const char *name)
{
	for (int a = 0; a < USER_ALGORITHMS; a++) {
		if (span_ieq(span_str(name), digest_algorithm_name(a)))
			return a;
	}
	return DIGEST_UNKNOWN;
}

static unsigned user_load_ha1(struct loading *l, json_t *ha1, struct user *user)
{
	unsigned algorithms = 0;
	const char *name;
	json_t *value;

	json_object_foreach(ha1, name, value)
	{
		enum digest_algorithm a = algorithm_find(name);
		struct span hex = span_json(value);

		if (a == DIGEST_UNKNOWN) {
			users_problem(l, ".ha1", "unknown algorithm: MD5 and SHA-256 are known");
		} else if (hex.n != ha1_digits[a] || !span_all(hex, HEX)) {
			users_problem(l, ".ha1", "not the hexadecimal digits of such a hash");
		} else {
			user->ha1[a] = ha1_keep(l->users, hex);
			algorithms |= 1U << a;
		}
	}
	if (!algorithms && !l->problems)
		users_problem(l, ".ha1", "must be an object with \"MD5\" or \"SHA-256\" or both");
	return algorithms;
}

static unsigned user_load_password(struct loading *l, json_t *password, struct user *user)
{
	struct span text = span_json(password);

	if (text.n == 0 || text.n > USER_PASSWORD_MAX)
		users_problem(l, ".password", "must be a text of 1 to 255 bytes");
	else
		user->password = users_keep(l->users, text);
	return (1U << USER_ALGORITHMS) - 1;
}

static void user_load(struct loading *l, json_t *item)
{
	json_t *password = json_object_get(item, "password"), *ha1 = json_object_get(item, "ha1");
	struct span name = span_json(json_object_get(item, "name"));
	struct users *u = l->users;
	struct user *user = &u->user[u->count];

	if (!user_name_ok(name)) {
		users_problem(l, ".name", "must be a text of 1 to 64 bytes without blanks and any of \" \\ : @ < >");
		return;
	}
	if (!password == !ha1) {
		users_problem(l, "", "must have \"password\" or \"ha1\", and not both");
		return;
	}
	if (json_object_size(item) != 2)
		users_problem(l, "", "unknown key: \"name\", \"password\" and \"ha1\" are known");
	user->name = users_keep(u, name);
	u->algorithms &= password ? user_load_password(l, password, user) : user_load_ha1(l, ha1, user);
	if (table_add(&u->by_name, user->name, user))
		users_problem(l, ".name", "a user of this name is there already");
	else
		u->count++;
}

/* An upper bound of what users_keep() is asked for. */
static uint64_t users_text_size(const json_t *list)
{
	return json_array_size(list) * (uint64_t)(USER_NAME_MAX + USER_PASSWORD_MAX);
}

static int users_reserve(struct users *u, const json_t *list, const struct hash_key *key)
{
	uint32_t n = (uint32_t)json_array_size(list);
	uint32_t size = (uint32_t)users_text_size(list) + 1;

	u->user = calloc(n + 1U, sizeof(*u->user));
	u->secrets = writer_over(malloc(size), size);
	return u->user && u->secrets.p ? table_init(&u->by_name, n + 1, key) : -1;
}

static void users_load_list(struct loading *l, json_t *root, const struct hash_key *key)
{
	json_t *list = json_object_get(root, "users"), *item;
	size_t i;

	if (!json_is_array(list) || json_object_size(root) != 1) {
		users_problem(l, "", "must be one object with one key, \"users\", a list");
		return;
	}
	if (users_text_size(list) >= UINT32_MAX || users_reserve(l->users, list, key)) {
		users_problem(l, "", "not enough memory for so many users");
		return;
	}
	json_array_foreach(list, i, item)
	{
		snprintf(l->path, sizeof(l->path), "users[%zu]", i);
		user_load(l, item);
	}
	l->path[0] = '\0';
	if (!l->users->algorithms && !l->problems)
		users_problem(l, "users", "no hash algorithm is common to all users: give both HA1s, or passwords");
}

static void fail_syntax(struct span text, const json_error_t *error, conf_report_fn *report, void *ctx)
{
	char says[512];

	snprintf(says, sizeof(says), "%s%s", error->text, syntax_hint(text, error));
	report(ctx, &(struct conf_problem){ error->line, error->column, "", says });
}

struct users *users_load(struct span text, const struct hash_key *key, conf_report_fn *report, void *ctx)
{
	struct users *u = calloc(1, sizeof(*u));
	struct loading l = { .users = u, .report = report, .ctx = ctx };
	json_error_t error;
	json_t *root;

	if (!u)
		return NULL;
	text = syntax_text(text);
	u->algorithms = (1U << USER_ALGORITHMS) - 1;
	root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &error);
	if (root) {
		users_load_list(&l, root, key);
		json_decref(root);
	} else {
		l.problems++;
		fail_syntax(text, &error, report, ctx);
	}
	if (l.problems == 0)
		return u;
	users_free(u);
	return NULL;
}

void users_free(struct users *u)
{
	if (!u)
		return;
	if (u->secrets.p)
		explicit_bzero(u->secrets.p, u->secrets.n);
	free(u->secrets.p);
	free(u->user);
	table_fini(&u->by_name);
	free(u);
}

/* --- asking --------------------------------------------------------------------------------- */

const struct user *users_find(const struct users *u, struct span name)
{
	return table_find(&u->by_name, name);
}

uint32_t users_count(const struct users *u)
{
	return u->count;
}

unsigned users_algorithms(const struct users *u)
{
	return u->algorithms;
}

/* --- the file ------------------------------------------------------------------------------- */

/* NULL, or why this must not be a users file. */
static const char *users_file_refuse(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a file";
	if (st->st_mode & 077)
		return "holds passwords, and others than its owner have access to it: chmod 600";
	if (st->st_size > USERS_FILE_MAX)
		return "is too large for a users file";
	return NULL;
}

static int file_read_whole(int fd, char *to, size_t size, uint32_t *n)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, to + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*n = (uint32_t)have;
	return 0;
}

int users_file_read(const char *path, struct span *text, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not blocking: it might be a FIFO */
	char *bytes = NULL;
	struct stat st;
	uint32_t n;

	if (fd < 0 || fstat(fd, &st)) {
		*why = strerror(errno);
		goto out;
	}
	*why = users_file_refuse(&st);
	if (*why)
		goto out;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes || file_read_whole(fd, bytes, (size_t)st.st_size, &n)) {
		*why = strerror(errno);
		goto out;
	}
	close(fd);
	*text = span_of(bytes, n);
	return 0;
out:
	free(bytes);
	if (fd >= 0)
		close(fd);
	return -1;
}
