/* SPDX-License-Identifier: BSD-3-Clause */
/* msg.h: an index over one received SIP message (RFC 3261 7): lines and names; values are parsed when asked for. */
#ifndef NATSBC_SIP_MSG_H
#define NATSBC_SIP_MSG_H

#include "alg/sip/hdr.h"
#include "alg/sip/memo.h"
#include "alg/sip/method.h"

/* Limits. Above them a message is refused, never cut. */
enum {
	SIP_MSG_MAX = 65535, /* bytes of a message, body included */
	SIP_FIELD_MAX = 120, /* header field lines; numbers are uint8_t, 255 is "none" */
	SIP_FIELD_NONE = 255,
};

/* Offsets into the message. A field is a header line with its folded continuations: all of [line, line_end + 2). */
struct sip_field {
	uint16_t line;     /* first byte of the name */
	uint16_t name_end; /* one past the name */
	uint16_t value;    /* first byte of the value, leading blanks skipped */
	uint16_t line_end; /* where its CRLF begins; trailing blanks come before it */
	uint8_t hdr;       /* enum sip_hdr */
	uint8_t next;      /* the next field of the same kind, or SIP_FIELD_NONE */
};

/* Why a message could not be indexed: the counter, the log word and the test's expectation. Where there are several
 * reasons, the first one met. */
enum sip_verdict {
	SIP_OK,
	SIP_BAD_START,   /* no start line of RFC 3261 7.1, 7.2 */
	SIP_BAD_VERSION, /* a version other than SIP/2.0: 505 */
	SIP_BAD_HEADER,  /* a header line without name or colon, or a control character (a CR or LF alone, a NUL)
			  * that is not escaped inside quotes */
	SIP_TOO_MANY_FIELDS,
	SIP_TOO_LONG,
	SIP_DUPLICATE,  /* a second one of a header that must be unique */
	SIP_BAD_LENGTH, /* Content-Length unreadable, negative or beyond the bytes there are */
	SIP_NO_END,     /* no empty line after the headers */
	SIP_VERDICT_N
};

struct sip_msg {
	struct span raw;         /* start line to the end of the body; octets behind it are cut (RFC 3261 18.3) */
	uint16_t start_end;      /* one past the start line, before CRLF */
	uint16_t body;           /* first byte of the body; raw.n where there is none */
	bool is_request;         /* a start line that was meant for one counts: it can be answered with 400 */
	enum sip_method method;  /* of the request; of a response, unset: see the CSeq */
	struct span method_name; /* request: exactly as sent */
	struct span uri;         /* request: the Request-URI */
	uint16_t status;         /* response */
	struct span reason;      /* response */
	uint8_t nfield;
	uint8_t tried, readable;                   /* which values memo holds: bits by enum sip_memo_of */
	uint8_t session;                           /* 1 + enum session_body, once that was asked for */
	uint8_t first[SIP_HDR_N], last[SIP_HDR_N]; /* field numbers, or SIP_FIELD_NONE */
	struct sip_field field[SIP_FIELD_MAX];
	struct sip_memo memo;
};

/* Indexes one datagram, or one framed message of a stream (frame.h). Borrows raw. Leading CRLFs are skipped.
 * On any verdict but SIP_OK whatever could be indexed is readable, so that a refusal can be built from it: of a unique
 * header the first one comes first. Only CRLF ends a line; a bare LF or CR is refused: others may read it as an end. */
enum sip_verdict sip_msg_index(struct span raw, struct sip_msg *out);

/* The word for logs and counters: "bad-start", … */
const char *sip_verdict_name(enum sip_verdict v);

/* The status code that refuses such a request; 0 for SIP_OK. */
uint16_t sip_verdict_status(enum sip_verdict v);

static inline const struct sip_field *sip_field_first(const struct sip_msg *m, enum sip_hdr hdr)
{
	return m->first[hdr] == SIP_FIELD_NONE ? NULL : &m->field[m->first[hdr]];
}

static inline const struct sip_field *sip_field_next(const struct sip_msg *m, const struct sip_field *f)
{
	return f->next == SIP_FIELD_NONE ? NULL : &m->field[f->next];
}

static inline struct span sip_field_value(const struct sip_msg *m, const struct sip_field *f)
{
	return span_trim(span_slice(m->raw, f->value, f->line_end));
}

static inline struct span sip_field_name(const struct sip_msg *m, const struct sip_field *f)
{
	return span_slice(m->raw, f->line, f->name_end);
}

/* The whole value of the first such header, trimmed; absent where there is none. */
static inline struct span sip_msg_value(const struct sip_msg *m, enum sip_hdr hdr)
{
	const struct sip_field *f = sip_field_first(m, hdr);

	return f ? sip_field_value(m, f) : (struct span){ 0 };
}

static inline bool sip_msg_has(const struct sip_msg *m, enum sip_hdr hdr)
{
	return m->first[hdr] != SIP_FIELD_NONE;
}

/* The values that every layer asks for: each is parsed when first asked for, and once. NULL where it is absent or can't
 * be read. Valid as long as m. */
const struct via *sip_msg_top_via(const struct sip_msg *m);
const struct nameaddr *sip_msg_from(const struct sip_msg *m);
const struct nameaddr *sip_msg_to(const struct sip_msg *m);
const struct uri *sip_msg_target(const struct sip_msg *m); /* of a request */
const struct cseq *sip_msg_cseq(const struct sip_msg *m);

/* The text that m is about was copied to `to`: m, and all that was read of it, is about the copy now. */
void sip_msg_move(struct sip_msg *m, const char *to);

/* The tags; absent where there is none, or nothing readable. */
struct span sip_msg_from_tag(const struct sip_msg *m);
struct span sip_msg_to_tag(const struct sip_msg *m);

static inline struct span sip_msg_body(const struct sip_msg *m)
{
	return span_from(m->raw, m->body);
}

/* Walks the elements of a comma-separated header over all its lines, in order, trimmed; commas in quotes, <> and ()
 * don't split, and what is not closed runs to the end of its line. An element between two commas may be empty, the
 * value of a line that is empty has no element. A header that is no list has one element a line.
 * Start with a zeroed walk. False at the end. */
struct sip_walk {
	const struct sip_field *field;
	struct span left;
	bool begun;
};
bool sip_walk_next(const struct sip_msg *m, enum sip_hdr hdr, struct sip_walk *w, struct span *out);

/* What the layers above rely on: From, To, Call-ID, CSeq and all Vias present and readable, CSeq's method that of the
 * request; Request-URI, Contact and Record-Route readable where they are there, of a request Max-Forwards and Route,
 * too. Returns 0 when sound, else the status code to refuse a request with (400, 416) and in *why a phrase for the log
 * and the Warning; a response is dropped instead. For a message that was indexed as SIP_OK. RFC 3261 8.1.1, 8.2; RFC
 * 4475. */
int sip_msg_check(const struct sip_msg *m, const char **why);

#endif
