/* SPDX-License-Identifier: BSD-3-Clause */
/* flow.c: plays every tests/flow/SUBJECT/NAME.flow, or those named on the command line. Run from the top of the tree.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/flow/script.h"

static bool play_file(const char *path, uint64_t weather)
{
	static char text[65536];
	static struct world w;
	char config[128];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0;
	unsigned line = 0;
	bool ok;

	if (f)
		fclose(f);
	snprintf(config, sizeof(config), "tests/flow/%.*s.json", SPAN_ARG(script_config(span_of(text, n))));
	if (world_open(&w, config, "tests/flow/users.json", weather) == 0)
		script_play(&w, span_of(text, n), &line);
	ok = !w.failure[0];
	if (!ok || !weather)
		printf("[ %s ] %s%s\n", ok ? "      OK" : "  FAILED", path, weather ? " in foul weather" : "");
	if (!ok) {
		printf("weather %llu, ", (unsigned long long)weather);
		printf("%s:%u: %s\n", path, line, w.failure);
		for (unsigned i = 0; i < w.nladder; i++)
			printf("  %s\n", w.ladder[i]);
	}
	world_close(&w);
	return ok;
}

/* Once in fair weather, then in foul ones: see world.h. */
static bool play_weathers(const char *path)
{
	const char *most = getenv("FLOW_WEATHERS");
	unsigned long n = most ? strtoul(most, NULL, 10) : 3;
	bool ok = play_file(path, 0);

	for (unsigned long weather = 1; weather <= n && ok; weather++)
		ok = play_file(path, weather);
	return ok;
}

int main(int argc, char **argv)
{
	glob_t found = { 0 };
	unsigned failed = 0, played = 0;

	setenv("TZ", "UTC", 1); /* for `clock` */

	if (argc == 1 && glob("tests/flow/*/*.flow", 0, NULL, &found)) {
		fputs("flow: no tests/flow/*/*.flow here: run it from the top of the tree\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < found.gl_pathc; i++, played++)
		failed += !play_weathers(found.gl_pathv[i]);
	for (int i = 1; i < argc; i++, played++)
		failed += !play_weathers(argv[i]);
	/* As the unit tests say it: tests/run-unit counts these. */
	printf("[==========] flow: %u test(s) run, %u failed.\n", played, failed);
	globfree(&found);
	return failed ? 1 : 0;
}
