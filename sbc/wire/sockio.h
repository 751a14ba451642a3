/* SPDX-License-Identifier: BSD-3-Clause */
/* sockio.h: bytes from and to a socket, through TLS where it has it. */
#ifndef NATSBC_SBC_SOCKIO_H
#define NATSBC_SBC_SOCKIO_H

#include <openssl/ssl.h>

#include "sbc/wire/stream.h"

enum sockio {
	SOCKIO_DONE,  /* some of it */
	SOCKIO_LATER, /* nothing, until the socket is ready again */
	SOCKIO_EOF,
	SOCKIO_FAILED,
};

/* ssl NULL: none. How many bytes it was in *got and *put. */
enum sockio sockio_read(int fd, SSL *ssl, char *to, uint32_t room, uint32_t *got);
enum sockio sockio_write(int fd, SSL *ssl, const char *from, uint32_t n, uint32_t *put);

/* What that is called that FAILED last. */
enum stream_end sockio_end(const SSL *ssl);

#endif
