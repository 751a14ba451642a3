/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((format(printf, 2, 3))) static int say(struct secret_word *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(word->text, sizeof(word->text), fmt, ap);
	va_end(ap);
	return -1;
}

void secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

/* Up to the first line end. */
static int take(struct span text, struct secret *out)
{
	text = span_slice(text, 0, span_find(text, '\n'));
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	if (!text.n || text.n > SECRET_MAX)
		return -1;
	memcpy(out->text, text.p, text.n);
	out->text[text.n] = '\0';
	out->n = text.n;
	return 0;
}

/* ----- files ----- */

static int read_beginning(int fd, char *to, size_t size, size_t *n)
{
	for (*n = 0; *n < size;) {
		ssize_t got = read(fd, to + *n, size - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return 0;
}

static int read_file(const char *path, bool guarded, struct secret *out, struct secret_word *word)
{
	char text[SECRET_MAX + 3];                                       /* with a line end, or one byte too many */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = -1; /* not blocking: it might be a FIFO */
	struct stat st;
	size_t n = 0;

	if (fd < 0 || fstat(fd, &st) || read_beginning(fd, text, sizeof(text), &n))
		say(word, "cannot read %s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		say(word, "%s is not a file", path);
	else if (take(span_of(text, n), out))
		say(word, "the first line of %s must be the secret: 1 to %d bytes", path, SECRET_MAX);
	else
		rc = 0;
	if (rc == 0 && !guarded && (st.st_mode & 077))
		say(word, "others than its owner can read %s: chmod 600", path);
	if (fd >= 0)
		close(fd);
	explicit_bzero(text, sizeof(text));
	return rc;
}

static int from_file(const char *path, struct secret *out, struct secret_word *word)
{
	return read_file(path, false, out, word);
}

static int from_credential(const char *name, struct secret *out, struct secret_word *word)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];

	if (!folder)
		return say(word,
			   "there are no credentials of the service manager: CREDENTIALS_DIRECTORY is not set; "
			   "add LoadCredential=%s:PATH to the unit",
			   name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return read_file(path, true, out, word); /* who may read there is the service manager's affair */
}

static int from_environment(const char *name, struct secret *out, struct secret_word *word)
{
	const char *text = getenv(name);

	if (!text)
		return say(word, "the environment variable %s is not set", name);
	if (take(span_str(text), out))
		return say(word, "the environment variable %s must have 1 to %d bytes", name, SECRET_MAX);
	return 0;
}

int secret_read(const char *where, struct secret *out, struct secret_word *word)
{
	static const struct {
		struct span scheme;
		int (*read)(const char *rest, struct secret *out, struct secret_word *word);
	} ways[] = {
		{ { "file:", 5 }, from_file },
		{ { "env:", 4 }, from_environment },
		{ { "cred:", 5 }, from_credential },
	};

	word->text[0] = '\0';
	out->n = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (span_starts(span_str(where), ways[i].scheme))
			return ways[i].read(where + ways[i].scheme.n, out, word);
	return say(word, "expected \"file:PATH\", \"env:NAME\" or \"cred:NAME\"");
}

/* ----- those of the trunks ----- */

struct secrets {
	unsigned n, missing;
	struct secret of[];
};

struct secrets *secrets_new(unsigned trunks)
{
	struct secrets *all = calloc(1, sizeof(*all) + trunks * sizeof(all->of[0]));

	if (all)
		all->n = trunks;
	return all;
}

int secrets_set(struct secrets *all, unsigned trunk, struct span text)
{
	return trunk < all->n ? take(text, &all->of[trunk]) : -1;
}

static const char *section_of(const struct conf_trunk *trunk)
{
	return trunk->reg.password ? "register" : "auth";
}

struct secrets *secrets_load(const struct config *conf, const struct log *log)
{
	struct secrets *all = secrets_new(conf->ntrunk);

	for (unsigned i = 0; all && i < conf->ntrunk; i++) {
		const struct conf_trunk *trunk = &conf->trunks[i];
		struct secret_word word;

		if (!trunk->auth.password)
			continue;
		if (secret_read(trunk->auth.password, &all->of[i], &word)) {
			all->missing++;
			log_error(log, "trunks.%s.%s.password: %s", trunk->name, section_of(trunk), word.text);
		} else if (word.text[0]) {
			log_warn(log, "trunks.%s.%s.password: %s", trunk->name, section_of(trunk), word.text);
		}
	}
	return all;
}

void secrets_check(const struct config *conf, conf_report_fn *report, void *ctx)
{
	for (unsigned i = 0; i < conf->ntrunk; i++) {
		const struct conf_trunk *trunk = &conf->trunks[i];
		struct secret_word word;
		struct secret s;
		char path[128];

		if (!trunk->auth.password || !span_starts(span_str(trunk->auth.password), SPAN("file:")))
			continue;
		snprintf(path, sizeof(path), "trunks.%s.%s.password", trunk->name, section_of(trunk));
		if (secret_read(trunk->auth.password, &s, &word))
			report(ctx, &(struct conf_problem){ .path = path, .text = word.text });
		secret_wipe(&s);
	}
}

void secrets_free(struct secrets *all)
{
	if (!all)
		return;
	for (unsigned i = 0; i < all->n; i++)
		secret_wipe(&all->of[i]);
	free(all);
}

void secrets_inherit(struct secrets *all, const struct secrets *before)
{
	for (unsigned i = 0; before && i < all->n && i < before->n; i++)
		if (!all->of[i].n)
			all->of[i] = before->of[i];
}

unsigned secrets_missing(const struct secrets *all)
{
	return all->missing;
}

struct span secrets_of_trunk(const struct secrets *all, unsigned trunk)
{
	return all && trunk < all->n && all->of[trunk].n ? secret_span(&all->of[trunk]) : (struct span){ 0 };
}
