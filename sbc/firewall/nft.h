/* SPDX-License-Identifier: BSD-3-Clause */
/* nft.h: libnftables: one transaction at a time, and what our table holds. */
#ifndef NATSBC_FIREWALL_NFT_H
#define NATSBC_FIREWALL_NFT_H

#include <jansson.h>
#include <stdbool.h>

struct nft;

/* NULL without memory. */
struct nft *nft_open(void);
void nft_close(struct nft *n);

/* All of the text, or nothing of it. 0, or -1: nft_error() tells why. */
int nft_run(struct nft *n, const char *text);

/* The first line of what libnftables said, until the next call. */
const char *nft_error(struct nft *n);

/* Is our table there? -1: the kernel cannot be asked. */
int nft_table_is_there(struct nft *n);

/* Our table with its elements, as libnftables-json(5) has it. Caller decrefs. NULL: there is none, or no memory. */
json_t *nft_table(struct nft *n);

/* The same of one set of it. */
json_t *nft_set(struct nft *n, const char *name);

#endif
