/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/os/configfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alg/os/hostaddr.h"

#define AUTO "{ \"realms\": { \"internet\": { \"address\": \"auto\" } } }"

/* What was written to standard error meanwhile, as the text; the configuration or NULL. */
static struct config *load(const char *content, char text[512])
{
	char path[] = "/tmp/natsbc-configfile-XXXXXX", told[] = "/tmp/natsbc-told-XXXXXX";
	int file = mkstemp(path), to = mkstemp(told), before = dup(STDERR_FILENO);
	struct config *c;
	ssize_t n;

	assert_true(file >= 0 && to >= 0 && before >= 0);
	assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
	fflush(stderr);
	dup2(to, STDERR_FILENO);
	c = configfile_load("natsbc-test", path);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	n = pread(to, text, 511, 0);
	text[n > 0 ? n : 0] = '\0';
	unlink(path);
	unlink(told);
	close(file);
	close(to);
	close(before);
	return c;
}

static void auto_is_found_out(void **state)
{
	struct addr main_address;
	char told[512];
	struct config *c = load(AUTO, told);

	(void)state;
	assert_non_null(c);
	assert_string_equal(told, "");
	hostaddr_find(&main_address);
	assert_true(addr_same_host(&c->realms[0].address, &main_address));
	conf_free(c);
}

static void what_is_wrong_is_told(void **state)
{
	char told[512];

	(void)state;
	assert_null(load("{ \"realms\": { \"internet\": { \"adress\": \"auto\" } } }", told));
	assert_non_null(strstr(told, "adress"));
	assert_non_null(strstr(told, "/tmp/natsbc-configfile-"));
	assert_null(configfile_load("natsbc-test", "/nowhere/sbc.json"));
	assert_null(configfile_load("natsbc-test", "/dev/zero")); /* it never ends */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auto_is_found_out),
		cmocka_unit_test(what_is_wrong_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
