/* SPDX-License-Identifier: BSD-3-Clause */
/* pcp.h: the Port Control Protocol, to an upstream router: MAP requests and what answers them (RFC 6887). */
#ifndef NATSBC_NAT_PCP_H
#define NATSBC_NAT_PCP_H

#include "alg/base/addr.h"

enum {
	PCP_PORT = 5351,
	PCP_NONCE = 12,       /* bytes */
	PCP_REQUEST_MAX = 64, /* bytes of what is written here */
};

/* Result codes (RFC 6887 7.4). */
enum pcp_result {
	PCP_SUCCESS = 0,
	PCP_UNSUPP_VERSION = 1,
	PCP_NOT_AUTHORIZED = 2,
	PCP_MALFORMED_REQUEST = 3,
	PCP_UNSUPP_OPCODE = 4,
	PCP_UNSUPP_OPTION = 5,
	PCP_MALFORMED_OPTION = 6,
	PCP_NETWORK_FAILURE = 7,
	PCP_NO_RESOURCES = 8,
	PCP_UNSUPP_PROTOCOL = 9,
	PCP_USER_EX_QUOTA = 10,
	PCP_CANNOT_PROVIDE_EXTERNAL = 11,
	PCP_ADDRESS_MISMATCH = 12,
	PCP_EXCESSIVE_REMOTE_PEERS = 13,
	PCP_RESULT_N,
};

struct pcp_map {
	uint8_t nonce[PCP_NONCE];
	uint8_t protocol;    /* IPPROTO_UDP, IPPROTO_TCP */
	uint16_t port;       /* of ours */
	struct addr outside; /* wanted, or the address unset; in answers: given */
	uint32_t lifetime_s; /* wanted; 0 takes it back. In answers: granted, or how long the refusal holds */
};

struct pcp_answer {
	uint8_t result;   /* enum pcp_result, or one that is not known here */
	uint32_t epoch_s; /* since the router lost what it knew */
	struct pcp_map map;
};

/* A MAP request from the address client. exact: another outside port than the wanted one is no use (13.2). */
void pcp_map_write(struct writer *w, const struct addr *client, const struct pcp_map *m, bool exact);

/* 0 for an answer to MAP; -1: it is none (other versions, opcodes, lengths), and to be dropped. */
int pcp_answer_read(struct span datagram, struct pcp_answer *out);

/* In plain words. */
const char *pcp_result_text(unsigned result);

#endif
