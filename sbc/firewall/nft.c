/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/nft.h"

#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_MAX = 256, COMMAND_MAX = 128 };

struct nft {
	struct nft_ctx *ctx;
	char error[ERROR_MAX];
};

struct nft *nft_open(void)
{
	struct nft *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!n->ctx || nft_ctx_buffer_output(n->ctx) || nft_ctx_buffer_error(n->ctx)) {
		nft_close(n);
		return NULL;
	}
	return n;
}

void nft_close(struct nft *n)
{
	if (n->ctx)
		nft_ctx_free(n->ctx);
	free(n);
}

int nft_run(struct nft *n, const char *text)
{
	int failed = nft_run_cmd_from_buffer(n->ctx, text);
	const char *said = nft_ctx_get_error_buffer(n->ctx); /* once: this empties it */

	(void)nft_ctx_get_output_buffer(n->ctx);
	snprintf(n->error, sizeof(n->error), "%.*s", (int)strcspn(said, "\n"), said);
	return failed ? -1 : 0;
}

const char *nft_error(struct nft *n)
{
	return n->error[0] ? n->error : "libnftables did not say why";
}

/* What the command writes as JSON; NULL: it failed. */
static json_t *ask(struct nft *n, const char *command)
{
	unsigned flags = nft_ctx_output_get_flags(n->ctx);
	json_t *told = NULL;

	nft_ctx_output_set_flags(n->ctx, NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_NUMERIC_PROTO);
	if (nft_run_cmd_from_buffer(n->ctx, command) == 0)
		told = json_loads(nft_ctx_get_output_buffer(n->ctx), 0, NULL);
	else
		snprintf(n->error, sizeof(n->error), "%.200s", nft_ctx_get_error_buffer(n->ctx));
	nft_ctx_output_set_flags(n->ctx, flags);
	return told;
}

int nft_table_is_there(struct nft *n)
{
	/* Our table has chains. For a list of tables libnftables would read each element of each set. */
	json_t *all = ask(n, "list chains inet"), *item;
	int found = all ? 0 : -1;
	size_t i;

	json_array_foreach(json_object_get(all, "nftables"), i, item)
	{
		const char *table = json_string_value(json_object_get(json_object_get(item, "chain"), "table"));

		if (table && strcmp(table, "natsbc") == 0)
			found = 1;
	}
	json_decref(all);
	return found;
}

json_t *nft_table(struct nft *n)
{
	return ask(n, "list table inet natsbc");
}

json_t *nft_set(struct nft *n, const char *name)
{
	char command[COMMAND_MAX];

	snprintf(command, sizeof(command), "list set inet natsbc %s", name);
	return ask(n, command);
}
