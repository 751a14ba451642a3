/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/certificate.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ----- files ----- */

/* "cred:NAME" is a file of the folder that the service manager made (systemd.exec(5)). */
static const char *path_of(const char *file, char buf[PATH_MAX])
{
	const char *folder;

	if (strncmp(file, "cred:", 5) != 0)
		return file;
	folder = getenv("CREDENTIALS_DIRECTORY");
	snprintf(buf, PATH_MAX, "%s/%s", folder ? folder : "", file + 5);
	return buf;
}

static const char *library_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	return reason ? reason : "not usable";
}

/* What is looked for in a PEM file (RFC 7468), and what is said of a file that has none, or one that can't be read. */
struct wanted {
	const char *label, *missing, *damaged;
};
static const struct wanted wanted_cert = { "CERTIFICATE-----", "no certificate in it", "the certificate is damaged" };
static const struct wanted wanted_key = { "PRIVATE KEY-----", "no private key in it", "the private key is damaged" };

/* The library knows no better words than "PEM lib". */
static const char *look_into(FILE *f, const struct wanted *wanted)
{
	char line[512];
	bool pem = false, found = false, locked = false;

	while (fgets(line, sizeof(line), f)) {
		bool begins = strncmp(line, "-----BEGIN ", 11) == 0;

		pem |= begins;
		found |= begins && strstr(line, wanted->label);
		locked |= strstr(line, "ENCRYPTED") != NULL;
	}
	if (!pem)
		return "not a PEM file";
	if (!found)
		return wanted->missing;
	return locked ? "it has a password; the file must hold it without one" : wanted->damaged;
}

/* The TLS part of the library gives reasons of its own: a key that is too short, a digest that is too weak. */
static bool has_own_reason(unsigned long error)
{
	return ERR_GET_LIB(error) == ERR_LIB_SSL && !(ERR_GET_REASON(error) & ERR_RFLAG_COMMON);
}

static int fail(char *why, const char *file, const char *reason)
{
	snprintf(why, CERTIFICATE_WHY_MAX, "%s: %s", file, reason);
	ERR_clear_error();
	return -1;
}

/* Why a file could not be used: the system's reason where it can't even be read. */
static int fail_file(char *why, const char *path, const struct wanted *wanted)
{
	FILE *f = fopen(path, "re");
	int result;

	if (!f)
		return fail(why, path, strerror(errno));
	result = fail(why, path, has_own_reason(ERR_peek_last_error()) ? library_reason() : look_into(f, wanted));
	fclose(f);
	return result;
}

/* A key with a password would ask for it at the terminal. */
static int no_password(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf, (void)size, (void)rwflag, (void)ctx;
	return -1;
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

int64_t certificate_expires(SSL_CTX *ctx)
{
	return seconds_of(X509_get0_notAfter(SSL_CTX_get0_certificate(ctx)));
}

int certificate_load(SSL_CTX *ctx, const char *cert, const char *key, int64_t *expires, char why[CERTIFICATE_WHY_MAX])
{
	char cert_buf[PATH_MAX], key_buf[PATH_MAX];
	const char *cert_path = path_of(cert, cert_buf), *key_path = path_of(key, key_buf);

	ERR_clear_error();
	SSL_CTX_set_default_passwd_cb(ctx, no_password);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert_path) != 1)
		return fail_file(why, cert_path, &wanted_cert);
	if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1) {
		/* Of another certificate, or not a key at all. */
		if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
		    ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH)
			return fail(why, key_path, "not the key of the certificate");
		return fail_file(why, key_path, &wanted_key);
	}
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fail(why, key_path, "not the key of the certificate");
	if (X509_cmp_current_time(X509_get0_notBefore(SSL_CTX_get0_certificate(ctx))) > 0)
		return fail(why, cert_path, "not valid yet");
	*expires = certificate_expires(ctx);
	return 0;
}

int certificate_authorities(SSL_CTX *ctx, const char *file, char why[CERTIFICATE_WHY_MAX])
{
	char buf[PATH_MAX];
	const char *path;

	ERR_clear_error();
	if (!file)
		return SSL_CTX_set_default_verify_paths(ctx) == 1 ? 0 : fail(why, "system", library_reason());
	path = path_of(file, buf);
	return SSL_CTX_load_verify_file(ctx, path) == 1 ? 0 : fail_file(why, path, &wanted_cert);
}

/* ----- names ----- */

bool certificate_name_fits(struct span pattern, struct span name)
{
	uint32_t label = span_find(name, '.');

	if (span_ieq(pattern, name))
		return name.n > 0;
	return span_starts(pattern, SPAN("*.")) && label > 0 && span_ieq(span_from(pattern, 1), span_from(name, label));
}

static struct span text_of(const ASN1_STRING *s)
{
	return span_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

/* The domain of a URI that identifies one: sip:example.net, with no user (RFC 5922 7.1). Absent otherwise. */
static struct span domain_of(struct span uri)
{
	uint32_t scheme = span_istarts(uri, SPAN("sip:")) ? 4 : span_istarts(uri, SPAN("sips:")) ? 5 : 0;
	struct span host = span_from(uri, scheme);

	if (!scheme || span_find(uri, '@') < uri.n)
		return (struct span){ 0 };
	for (const char *end = "?;:"; *end; end++)
		host.n = span_find(host, *end);
	return host;
}

/* Calls each(ctx, identity) until it says true; returns whether it did. */
static bool names_walk(X509 *cert, bool (*each)(void *ctx, struct span name), void *ctx)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false, uris = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		struct span domain = { 0 };

		if (g->type == GEN_URI)
			domain = domain_of(text_of(g->d.uniformResourceIdentifier));
		uris |= span_is_set(domain);
		found = found || (span_is_set(domain) && each(ctx, domain));
	}
	for (int i = 0; !uris && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);

		found = found || (g->type == GEN_DNS && each(ctx, text_of(g->d.dNSName)));
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool fits(void *ctx, struct span name)
{
	return certificate_name_fits(*(const struct span *)ctx, name);
}

bool certificate_is_for(X509 *cert, struct span name)
{
	return names_walk(cert, fits, &name);
}

bool certificate_is_for_host(X509 *cert, const struct addr *host)
{
	return X509_check_ip(cert, host->ip, host->family == ADDR_V6 ? 16 : 4, 0) == 1;
}

static bool write_one(void *ctx, struct span name)
{
	struct writer *w = ctx;

	if (w->n)
		writer_byte(w, ' ');
	writer_put(w, name);
	return false;
}

void certificate_write_names(struct writer *w, X509 *cert)
{
	names_walk(cert, write_one, w);
}
