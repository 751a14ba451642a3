/* SPDX-License-Identifier: BSD-3-Clause */
/* What a connection costs: memory of one that waits (after a request and its answer), processor time of one that comes.
 * The other side is a process of its own, with OpenSSL. */
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sbc/wire/stream.h"

enum { CONNECTIONS_MAX = 21000, GIVE_UP_S = 120, AIM_TLS_BYTES = 16384 };

static const char request[] = "REGISTER sip:sbc.example SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\r\n"
			      "From: <sip:1001@sbc.example>;tag=1\r\nTo: <sip:1001@sbc.example>\r\nCall-ID: 1\r\n"
			      "CSeq: 1 REGISTER\r\nContact: <sip:1001@192.0.2.1>\r\nContent-Length: 0\r\n\r\n";

struct bench {
	struct config conf;
	struct streams *s;
	unsigned received;
	char cert[64], key[64];
};

static void fail(const char *what)
{
	fprintf(stderr, "stream_bench: %s\n", what);
	exit(1);
}

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What is ours alone: memory shared with the child, which is a copy of us, would be counted for both. */
static long private_bytes(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kb, sum = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_Clean: %ld", &kb) == 1 || sscanf(line, "Private_Dirty: %ld", &kb) == 1)
			sum += kb * 1024;
	if (!f)
		fail("cannot read /proc/self/smaps_rollup");
	fclose(f);
	return sum;
}

/* ----- a certificate ----- */

static void make_certificate(struct bench *b)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	FILE *f;

	X509_set_version(cert, 2);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"bench", -1,
				   -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_sign(cert, key, EVP_sha256());
	snprintf(b->cert, sizeof(b->cert), "/tmp/stream-bench-%d.pem", (int)getpid());
	snprintf(b->key, sizeof(b->key), "/tmp/stream-bench-%d.key", (int)getpid());
	f = fopen(b->cert, "we");
	if (!f || PEM_write_X509(f, cert) != 1 || fclose(f))
		fail("cannot write a certificate");
	f = fopen(b->key, "we");
	if (!f || PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1 || fclose(f))
		fail("cannot write a key");
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* ----- the clients ----- */

static int connect_to(uint16_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		fail("cannot connect");
	return fd;
}

static void ask_tls(SSL_CTX *ctx, int fd)
{
	SSL *ssl = SSL_new(ctx);
	char answer[2048];

	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1 || SSL_write(ssl, request, sizeof(request) - 1) <= 0 ||
	    SSL_read(ssl, answer, sizeof(answer)) <= 0)
		fail("a TLS client got no answer");
	/* Its memory is not what we measure: the connection stands as long as the socket. */
	SSL_set_quiet_shutdown(ssl, 1);
	SSL_free(ssl);
}

static void ask(int fd)
{
	char answer[2048];

	if (send(fd, request, sizeof(request) - 1, 0) < 0 || recv(fd, answer, sizeof(answer), 0) <= 0)
		fail("a client got no answer");
}

/* Until its parent ends it. */
static void be_clients(uint16_t port, unsigned count, int tls_version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_max_proto_version(ctx, tls_version);
	for (unsigned i = 0; i < count; i++) {
		int fd = connect_to(port);

		if (tls_version)
			ask_tls(ctx, fd);
		else
			ask(fd);
	}
	pause();
	_exit(0);
}

/* ----- the server ----- */

static void on_received(void *ctx, const struct flow *from, struct span bytes)
{
	struct bench *b = ctx;
	struct flow to = *from;

	b->received++;
	stream_send(b->s, &to, bytes);
}

static void on_closed(void *ctx, const struct flow *flow, enum stream_end why)
{
	(void)ctx, (void)flow;
	fprintf(stderr, "stream_bench: %s\n", stream_end_name(why));
}

static void open_server(struct bench *b, bool tls)
{
	struct stream_setup setup = {
		.conf = &b->conf,
		.key = { 1, 2 },
		.clock = clock_ms,
		.received = on_received,
		.closed = on_closed,
		.ctx = b,
	};
	struct conf_realm *r = &b->conf.realms[0];
	char error[512];

	r->name = "bench";
	addr_parse_host(SPAN("127.0.0.1"), &r->address);
	r->listen[0] = (struct conf_listen){ tls ? CONF_TLS : CONF_TCP, 0 };
	r->nlisten = 1;
	r->tls = (struct conf_tls){ .cert = b->cert, .key = b->key };
	b->conf.nrealm = 1;
	b->conf.limits.connections = b->conf.limits.connections_per_source = CONNECTIONS_MAX;
	b->s = stream_open(&setup, error, sizeof(error));
	if (!b->s)
		fail(error);
}

static void serve(struct bench *b, unsigned count)
{
	struct pollfd p = { .fd = stream_fd(b->s), .events = POLLIN };
	uint64_t until = clock_ms() + GIVE_UP_S * 1000;

	while (b->received < count && clock_ms() < until) {
		poll(&p, 1, 100);
		stream_ready(b->s);
		stream_flush(b->s);
	}
	if (b->received < count)
		fail("the clients did not all come");
}

static void measure(struct bench *b, const char *name, int tls_version, unsigned count)
{
	double cpu;
	long bytes;
	pid_t child;

	b->received = 0;
	open_server(b, tls_version != 0);
	child = fork();
	if (child == 0)
		be_clients(stream_port(b->s, 0, 0), count, tls_version);
	bytes = private_bytes();
	cpu = cpu_ms();
	serve(b, count);
	cpu = cpu_ms() - cpu;
	bytes = private_bytes() - bytes;
	printf("{\"name\":\"stream.%s.memory\",\"value\":%ld,\"unit\":\"B/connection\",\"connections\":%u", name,
	       bytes / (long)count, count);
	if (tls_version)
		printf(",\"aim\":%d", AIM_TLS_BYTES);
	printf("}\n{\"name\":\"stream.%s.cpu\",\"value\":%.3f,\"unit\":\"ms/connection\"}\n", name, cpu / count);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	stream_close(b->s);
}

int main(int argc, char **argv)
{
	static struct bench b;
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 2500;
	struct rlimit files;

	if (count == 0 || count > CONNECTIONS_MAX)
		fail("usage: stream_bench [CONNECTIONS]");
	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	make_certificate(&b);
	measure(&b, "tcp", 0, count);
	measure(&b, "tls12", TLS1_2_VERSION, count);
	measure(&b, "tls13", TLS1_3_VERSION, count);
	unlink(b.cert);
	unlink(b.key);
	return 0;
}
