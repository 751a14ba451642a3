/* SPDX-License-Identifier: BSD-3-Clause */
/* dtls_clock.h: the clock that OpenSSL's DTLS reads stands still in a program that includes this, once. Otherwise who
 * is kept from the processor for a quarter of a second sends his flight again, between packets that a test counts. */
#ifndef NATSBC_TESTS_DTLS_CLOCK_H
#define NATSBC_TESTS_DTLS_CLOCK_H

#include <sys/time.h>

enum { DTLS_CLOCK_S = 1800000000 };

/* In the program's own place, for the libraries too. */
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	(void)zone;
	*tv = (struct timeval){ .tv_sec = DTLS_CLOCK_S };
	return 0;
}

#endif
