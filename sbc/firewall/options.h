/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h: sbc-firewall's command line. */
#ifndef NATSBC_FIREWALL_OPTIONS_H
#define NATSBC_FIREWALL_OPTIONS_H

#include <stdbool.h>

enum options_task { OPTIONS_RUN, OPTIONS_CHECK, OPTIONS_REMOVE, OPTIONS_VERSION, OPTIONS_HELP, OPTIONS_WRONG };

struct options {
	enum options_task task;
	const char *file; /* of the configuration */
	const char *user; /* who may ask, beside root; NULL: whom the configuration names */
	bool keep;        /* the table stays at the end */
};

/* OPTIONS_WRONG: the reason has been written to standard error. */
struct options options_parse(int argc, char **argv);

extern const char options_help[];

#endif
