/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/sockio.h"

#include <errno.h>
#include <sys/socket.h>

#include "sbc/wire/tls.h"

static enum sockio of_errno(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? SOCKIO_LATER : SOCKIO_FAILED;
}

static enum sockio of_tls(SSL *ssl, int returned)
{
	switch (SSL_get_error(ssl, returned)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return SOCKIO_LATER;
	case SSL_ERROR_ZERO_RETURN:
		return SOCKIO_EOF;
	default:
		return SOCKIO_FAILED;
	}
}

enum sockio sockio_read(int fd, SSL *ssl, char *to, uint32_t room, uint32_t *got)
{
	ssize_t n;

	if (ssl) {
		n = tls_read(ssl, to, room);
		*got = n > 0 ? (uint32_t)n : 0;
		return n > 0 ? SOCKIO_DONE : of_tls(ssl, (int)n);
	}
	n = recv(fd, to, room, 0);
	*got = n > 0 ? (uint32_t)n : 0;
	return n > 0 ? SOCKIO_DONE : n == 0 ? SOCKIO_EOF : of_errno();
}

enum sockio sockio_write(int fd, SSL *ssl, const char *from, uint32_t n, uint32_t *put)
{
	ssize_t k;

	if (ssl) {
		k = tls_write(ssl, from, n);
		*put = k > 0 ? (uint32_t)k : 0;
		return k > 0 ? SOCKIO_DONE : of_tls(ssl, (int)k);
	}
	k = send(fd, from, n, MSG_NOSIGNAL);
	*put = k > 0 ? (uint32_t)k : 0;
	return k >= 0 ? SOCKIO_DONE : of_errno();
}

enum stream_end sockio_end(const SSL *ssl)
{
	if (ssl)
		return STREAM_END_RESET;
	switch (errno) {
	case ECONNREFUSED:
		return STREAM_END_CONNECT_REFUSED;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return STREAM_END_LOST;
	default:
		return STREAM_END_RESET;
	}
}
