/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/tlscheck.h"

#include <stdio.h>

#include "sbc/wire/certificate.h"

struct check {
	conf_report_fn *report;
	void *ctx;
	char path[256]; /* of what is looked at */
};

static bool is_file(const char *path)
{
	return path && strncmp(path, "cred:", 5) != 0;
}

static void authorities_check(const struct check *c, const char *file)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	char why[CERTIFICATE_WHY_MAX] = "no memory";

	if (!ctx || certificate_authorities(ctx, file, why))
		c->report(c->ctx, &(struct conf_problem){ .path = c->path, .text = why });
	SSL_CTX_free(ctx);
}

static void pair_check(const struct check *c, const char *cert, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	char why[CERTIFICATE_WHY_MAX] = "no memory";
	int64_t expires;

	if (!ctx || certificate_load(ctx, cert, key, &expires, why))
		c->report(c->ctx, &(struct conf_problem){ .path = c->path, .text = why });
	SSL_CTX_free(ctx);
}

static void certificate_check(const struct check *c, const char *cert, const char *key)
{
	if (is_file(cert) && is_file(key))
		pair_check(c, cert, key);
	else if (is_file(cert))
		authorities_check(c, cert); /* certificates all the same */
}

static void realm_check(struct check *c, const struct conf_realm *r)
{
	snprintf(c->path, sizeof(c->path), "realms.%s.tls", r->name);
	certificate_check(c, r->tls.cert, r->tls.key);
	for (unsigned i = 0; i < r->tls.nmore; i++) {
		snprintf(c->path, sizeof(c->path), "realms.%s.tls.more[%u]", r->name, i);
		certificate_check(c, r->tls.more[i].cert, r->tls.more[i].key);
	}
	snprintf(c->path, sizeof(c->path), "realms.%s.tls.ca", r->name);
	if (is_file(r->tls.ca))
		authorities_check(c, r->tls.ca);
}

void tlscheck(const struct config *conf, conf_report_fn *report, void *ctx)
{
	struct check c = { .report = report, .ctx = ctx };

	for (unsigned i = 0; i < conf->nrealm; i++)
		realm_check(&c, &conf->realms[i]);
	for (unsigned i = 0; i < conf->ntrunk; i++) {
		snprintf(c.path, sizeof(c.path), "trunks.%s.verify.ca", conf->trunks[i].name);
		if (is_file(conf->trunks[i].verify.ca))
			authorities_check(&c, conf->trunks[i].verify.ca);
	}
}
