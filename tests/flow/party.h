/* SPDX-License-Identifier: BSD-3-Clause */
/* party.h: a scripted SIP user agent outside of the SBC: it writes private addresses everywhere, as phones behind NAT
 * do. */
#ifndef NATSBC_TESTS_FLOW_PARTY_H
#define NATSBC_TESTS_FLOW_PARTY_H

#include "alg/sip/msg.h"
#include "sbc/base/flow.h"

enum { PARTY_INBOX = 64, PARTY_TEXT = 8192, PARTY_KNOWN = 96, PARTY_REQUESTS = 6, PARTY_WORD = 256, PARTY_SLOTS = 4 };

/* One message as its bytes. */
struct party_message {
	uint32_t n;
	char text[PARTY_TEXT];
};

/* A dialog that is not in hand. */
struct party_slot {
	char name[16]; /* empty: free */
	char call_id[64], local_tag[48];
	char local[PARTY_WORD], remote[PARTY_WORD], target[PARTY_WORD];
	uint32_t cseq;
};

struct party {
	char name[16];
	struct flow flow; /* where the SBC sees it */
	struct addr own;  /* what it believes its address is */
	bool trunk;       /* known by its address: never challenged */
	bool refuses;     /* connections */
	bool unreachable; /* nothing can be sent there */
	char user[16];
	char password[32];
	char domain[64]; /* what it writes for the SBC; empty: the address that this has */
	unsigned serial;

	/* The dialog in hand. */
	char call_id[64], local_tag[48];
	char local[PARTY_WORD];  /* name-addr without tag */
	char remote[PARTY_WORD]; /* with tag, once known */
	char target[PARTY_WORD];
	uint32_t cseq;

	struct party_slot slots[PARTY_SLOTS];

	/* The last INVITE it sent: for its CANCEL and ACK. */
	uint32_t invite_cseq;
	char invite_branch[80], invite_uri[PARTY_WORD], invite_to[PARTY_WORD];
	char failed_to[PARTY_WORD]; /* To of the 3xx-6xx that came */
	uint32_t rseq;              /* of the last reliable response that came */

	/* Registrations have a Call-ID of their own, which stays. */
	char reg_call_id[64], reg_tag[48];
	uint32_t reg_cseq;

	uint16_t media_port;
	uint32_t far_port; /* where the last SDP that it got wants media */
	unsigned sdp_version;
	unsigned rekeyed; /* so often it has chosen new keys */

	struct party_message sdp;       /* the last session description that it got */
	struct party_message challenge; /* the last 401 or 407 */
	unsigned nonce_count;
	struct party_message sent;                    /* the last message it sent, to be repeated */
	struct party_message typed;                   /* collected by "NAME| …" lines */
	struct party_message request[PARTY_REQUESTS]; /* the last ones it got, to be answered */
	unsigned nrequest;
	struct party_message inbox[PARTY_INBOX]; /* not yet looked at */
	unsigned first, count;

	char known[PARTY_KNOWN][64]; /* what the other parties must never see */
	unsigned nknown;
};

void party_init(struct party *p, const char *name, const struct flow *flow, const struct addr *own);

/* A message arrived. */
void party_receive(struct party *p, struct span text);

/* The oldest message that was not looked at yet, moved to *out. False when there is none. */
bool party_take(struct party *p, struct party_message *out);

/* Takes what it got into its dialog state. */
void party_learn(struct party *p, const struct sip_msg *m);

/* Keeps text as the last one sent. */
void party_keep_sent(struct party *p, struct span text);

/* A new name of its own, "what-NAME-7", which the others must not see. */
void party_new_id(struct party *p, char *to, size_t size, const char *what);
void party_know(struct party *p, struct span secret);

/* The address of the party, IPv6 in brackets where asked. */
struct span party_host(const struct addr *a, char *buf, uint32_t size, bool brackets);

/* Copies s as a text, cut where too long. */
void party_copy(char *to, size_t size, struct span s);

#endif
