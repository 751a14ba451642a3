/* SPDX-License-Identifier: BSD-3-Clause */
/* help.h: the keys of the configuration, told from the table that reads them. */
#ifndef NATSBC_CONF_HELP_H
#define NATSBC_CONF_HELP_H

#include "alg/base/writer.h"

enum help_format {
	HELP_TEXT,     /* for terminals, 100 columns wide */
	HELP_MARKDOWN, /* the table of conf/README.md */
};

/* Room for either. */
enum { HELP_SIZE_MAX = 65536 };

void conf_help(struct writer *w, enum help_format format);

#endif
