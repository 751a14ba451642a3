/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h: rtpproxy's command line. */
#ifndef NATSBC_RTPPROXY_OPTIONS_H
#define NATSBC_RTPPROXY_OPTIONS_H

enum options_task { OPTIONS_RUN, OPTIONS_CHECK, OPTIONS_VERSION, OPTIONS_HELP, OPTIONS_WRONG };

struct options {
	enum options_task task;
	const char *file; /* of the configuration */
	const char *user; /* who to become; NULL: not said */
};

/* OPTIONS_WRONG: the reason has been written to standard error. */
struct options options_parse(int argc, char **argv);

extern const char options_help[];

#endif
