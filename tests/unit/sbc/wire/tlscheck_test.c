/* SPDX-License-Identifier: BSD-3-Clause */
/* Which files of certificates are told to be of no use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/wire/tlscheck.h"
#include "tests/unit/sbc/papers.h"

enum { DAY = 86400 };

struct fixture {
	struct papers papers;
	struct config conf;
	struct conf_trunk trunks[1];
	char told[2048]; /* a line each */
};

static void on_problem(void *ctx, const struct conf_problem *p)
{
	struct fixture *f = ctx;
	size_t n = strlen(f->told);
	const char *file =
		strstr(p->text, f->papers.folder) == p->text ? p->text + strlen(f->papers.folder) + 1 : p->text;

	assert_int_equal(p->line, 0);
	snprintf(f->told + n, sizeof(f->told) - n, "%s: %s\n", p->path, file);
}

static const char *check(struct fixture *f)
{
	f->told[0] = '\0';
	tlscheck(&f->conf, on_problem, f);
	return f->told;
}

static void write_pair(struct fixture *f, const char *cert, const char *key)
{
	struct paper paper = paper_make(&f->papers, NULL, "DNS:sbc.example", -DAY, DAY);

	paper_write_cert(&paper, papers_path(&f->papers, cert));
	paper_write_key(&paper, papers_path(&f->papers, key));
	paper_free(&paper);
}

static int open_all(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	papers_open(&f->papers);
	write_pair(f, "a.pem", "a.key");
	write_pair(f, "b.pem", "b.key");
	paper_write_text("nothing of the kind\n", papers_path(&f->papers, "text"));
	f->conf.realms[0] = (struct conf_realm){ .name = "plain" };
	f->conf.realms[1] = (struct conf_realm){ .name = "lan" };
	f->conf.realms[1].tls = (struct conf_tls){ .cert = papers_path(&f->papers, "a.pem"),
						   .key = papers_path(&f->papers, "a.key"),
						   .ca = papers_path(&f->papers, "b.pem"),
						   .nmore = 1 };
	f->conf.realms[1].tls.more[0].cert = papers_path(&f->papers, "b.pem");
	f->conf.realms[1].tls.more[0].key = papers_path(&f->papers, "b.key");
	f->conf.nrealm = 2;
	f->trunks[0].name = "carrier";
	f->trunks[0].verify.ca = papers_path(&f->papers, "a.pem");
	f->conf.trunks = f->trunks;
	f->conf.ntrunk = 1;
	*state = f;
	return 0;
}

static int close_all(void **state)
{
	struct fixture *f = *state;

	papers_close(&f->papers);
	free(f);
	return 0;
}

static void all_sound(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(check(f), "");
	f->trunks[0].verify.ca = NULL; /* the system's */
	f->conf.realms[1].tls.ca = NULL;
	assert_string_equal(check(f), "");
}

static void each_that_is_wrong(void **state)
{
	struct fixture *f = *state;

	f->conf.realms[1].tls.cert = papers_path(&f->papers, "none.pem");
	f->conf.realms[1].tls.more[0].key = papers_path(&f->papers, "a.key");
	f->conf.realms[1].tls.ca = papers_path(&f->papers, "none");
	f->trunks[0].verify.ca = papers_path(&f->papers, "none");
	assert_string_equal(check(f), "realms.lan.tls: none.pem: No such file or directory\n"
				      "realms.lan.tls.more[0]: a.key: not the key of the certificate\n"
				      "realms.lan.tls.ca: none: No such file or directory\n"
				      "trunks.carrier.verify.ca: none: No such file or directory\n");
	f->conf.realms[1].tls.cert = papers_path(&f->papers, "text");
	assert_non_null(strstr(check(f), "realms.lan.tls: text: "));
}

/* What only the service can read is none of a check; what is beside it is. */
static void credentials(void **state)
{
	struct fixture *f = *state;

	f->conf.realms[1].tls.key = "cred:a.key";
	f->conf.realms[1].tls.more[0].cert = "cred:b.pem";
	f->conf.realms[1].tls.ca = "cred:ca";
	f->trunks[0].verify.ca = "cred:ca";
	assert_string_equal(check(f), "");
	f->conf.realms[1].tls.cert = papers_path(&f->papers, "none.pem");
	assert_string_equal(check(f), "realms.lan.tls: none.pem: No such file or directory\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_sound),
		TEST(each_that_is_wrong),
		TEST(credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
