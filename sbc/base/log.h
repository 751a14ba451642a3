/* SPDX-License-Identifier: BSD-3-Clause */
/* log.h: one line an event, with a level; control bytes from the wire never reach the terminal as they are. */
#ifndef NATSBC_SBC_LOG_H
#define NATSBC_SBC_LOG_H

#include "alg/base/span.h"

enum log_level { LOG_ERROR_LEVEL, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
	enum log_level level;
	void (*write)(void *ctx, enum log_level level, const char *line);
	void *ctx;
};

__attribute__((format(printf, 3, 4))) void log_line(const struct log *l, enum log_level level, const char *fmt, ...);

/* A write function for struct log: standard error, with the <N> prefix the journal reads when it is not a terminal. */
void log_to_stderr(void *ctx, enum log_level level, const char *line);

#define log_error(l, ...) log_line(l, LOG_ERROR_LEVEL, __VA_ARGS__)
#define log_warn(l, ...)  log_line(l, LOG_WARN, __VA_ARGS__)
#define log_info(l, ...)  log_line(l, LOG_INFO, __VA_ARGS__)
#define log_debug(l, ...) log_line(l, LOG_DEBUG, __VA_ARGS__)

#endif
