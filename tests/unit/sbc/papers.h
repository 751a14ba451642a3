/* SPDX-License-Identifier: BSD-3-Clause */
/* papers.h: authorities and certificates of tests, made when needed, as files of one folder. */
#ifndef NATSBC_TESTS_PAPERS_H
#define NATSBC_TESTS_PAPERS_H

#include <dirent.h>
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct paper {
	EVP_PKEY *key;
	X509 *cert;
};

struct papers {
	char folder[64];
	char *path[32]; /* what papers_path() gave */
	unsigned npath, serial;
};

static inline void papers_open(struct papers *p)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->folder, sizeof(p->folder), "/tmp/natsbc-papers-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
}

static inline void papers_close(struct papers *p)
{
	char path[PATH_MAX];
	DIR *d = opendir(p->folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(path, sizeof(path), "%s/%s", p->folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(p->folder);
	for (unsigned i = 0; i < p->npath; i++)
		free(p->path[i]);
}

/* Lives as long as the papers. */
static inline const char *papers_path(struct papers *p, const char *name)
{
	assert_true(p->npath < 32);
	assert_true(asprintf(&p->path[p->npath], "%s/%s", p->folder, name) > 0);
	return p->path[p->npath++];
}

static inline void papers_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

/* alternatives: as openssl-x509v3_config has them ("DNS:a.example,URI:sip:b.example"); NULL: an authority. Valid from
 * `from` to `to` seconds from now. issuer NULL: signed by itself. */
static inline struct paper paper_make(struct papers *p, const struct paper *issuer, const char *alternatives, long from,
				      long to)
{
	struct paper made = { .key = EVP_EC_gen("P-256"), .cert = X509_new() };
	const struct paper *by = issuer ? issuer : &made;
	X509_NAME *name;

	assert_non_null(made.key);
	X509_set_version(made.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made.cert), (long)++p->serial);
	X509_gmtime_adj(X509_getm_notBefore(made.cert), from);
	X509_gmtime_adj(X509_getm_notAfter(made.cert), to);
	X509_set_pubkey(made.cert, made.key);
	name = X509_get_subject_name(made.cert);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)(alternatives ? "leaf" : "authority"), -1, -1, 0);
	X509_set_issuer_name(made.cert, X509_get_subject_name(by->cert));
	papers_extend(made.cert, by->cert, NID_basic_constraints, alternatives ? "CA:FALSE" : "critical,CA:TRUE");
	if (alternatives && *alternatives)
		papers_extend(made.cert, by->cert, NID_subject_alt_name, alternatives);
	assert_true(X509_sign(made.cert, by->key, EVP_sha256()) > 0);
	return made;
}

static inline void paper_free(struct paper *paper)
{
	EVP_PKEY_free(paper->key);
	X509_free(paper->cert);
}

static inline void paper_write_cert(const struct paper *paper, const char *path)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, paper->cert), 1);
	fclose(f);
}

static inline void paper_write_key(const struct paper *paper, const char *path)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(PEM_write_PrivateKey(f, paper->key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
}

static inline void paper_write_text(const char *text, const char *path)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#endif
