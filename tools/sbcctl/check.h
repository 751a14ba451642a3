/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h: a configuration checked without any daemon. */
#ifndef NATSBC_SBCCTL_CHECK_H
#define NATSBC_SBCCTL_CHECK_H

/* Tells all problems of the file. The exit status: 0 sound, 1 not. */
int check_config(const char *file);

/* Writes all keys of the configuration; as the table of conf/README.md when markdown. */
int check_keys(int markdown);

#endif
