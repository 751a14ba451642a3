/* SPDX-License-Identifier: BSD-3-Clause */
/* configfile.h: the configuration as a program takes it up at its start. */
#ifndef NATSBC_OS_CONFIGFILE_H
#define NATSBC_OS_CONFIGFILE_H

#include "alg/conf/config.h"

enum { CONFIGFILE_MAX = 4 << 20 };

/* Its bytes, CONFIGFILE_MAX at most. Caller frees. NULL with errno. */
char *configfile_read(const char *path, size_t *size);

/* Read, checked, and "address": "auto" found out. Caller frees with conf_free(). NULL: what is wrong has been written
 * to standard error, in the name of the program where it is not about a key. */
struct config *configfile_load(const char *program, const char *path);

#endif
