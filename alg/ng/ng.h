/* SPDX-License-Identifier: BSD-3-Clause */
/* ng.h: commands and answers of the ng control protocol as typed values; NG datagrams are "<cookie> <dictionary>". */
#ifndef NATSBC_NG_NG_H
#define NATSBC_NG_NG_H

#include "alg/base/addr.h"
#include "alg/rtp/srtp_key.h"
#include "alg/sdp/extmap.h"
#include "alg/sdp/patch.h"

enum ng_coding { NG_BENCODE, NG_JSON };

enum ng_command {
	NG_PING,
	NG_OFFER,
	NG_ANSWER,
	NG_DELETE,
	NG_QUERY,
	NG_LIST,
	NG_STATISTICS,
	NG_ROLLBACK, /* ours: an offer that was refused; what was in force before it holds again (RFC 6141) */
	NG_BLOCK_MEDIA,
	NG_UNBLOCK_MEDIA,
	NG_SILENCE_MEDIA,
	NG_UNSILENCE_MEDIA,
	NG_BLOCK_DTMF,
	NG_UNBLOCK_DTMF,
	NG_START_RECORDING,
	NG_STOP_RECORDING,
	NG_PAUSE_RECORDING,
	NG_PLAY_DTMF,
	NG_PLAY_MEDIA,
	NG_STOP_MEDIA,
	NG_START_FORWARDING,
	NG_STOP_FORWARDING,
	NG_SUBSCRIBE_REQUEST,
	NG_SUBSCRIBE_ANSWER,
	NG_UNSUBSCRIBE,
	NG_PUBLISH,
	NG_CONNECT,
	NG_ADOPT,  /* ours: sessions become the owner's, and it hears of them from now on */
	NG_LEASE,  /* ours: the owner is there */
	NG_DISOWN, /* ours: all sessions of the owner end */
	NG_AUDIT,  /* ours: are the ports in use those of sessions? */
	NG_BAN,    /* ours: who of the prefix sends to a media port is not heard for so many seconds */
	NG_UNBAN,
	NG_PORTS, /* ours: which ports are open, and for whom */
	NG_COMMAND_OTHER,
	NG_COMMAND_N
};

/* Who may be learnt as the source of a leg's media (CALLS.md 4.13 M1). */
enum ng_latch { NG_LATCH_DEFAULT, NG_LATCH_EXACT, NG_LATCH_SDP_IP, NG_LATCH_SIG_IP, NG_LATCH_OPEN };

/* How the sender of a description must protect its media (CALLS.md O7): as it likes, or so and no other way. */
enum ng_srtp { NG_SRTP_ANY, NG_SRTP_OFF, NG_SRTP_SDES, NG_SRTP_DTLS };

/* What is asked of one codec: "codec-strip-G722". */
enum ng_codec_wish {
	NG_CODEC_STRIP,     /* not offered onward, and not to be used */
	NG_CODEC_MASK,      /* not offered onward, but accepted back */
	NG_CODEC_EXCEPT,    /* strip and mask of all others spare it */
	NG_CODEC_OFFER,     /* offered onward, in this order; what is not named is stripped, as with IGNORE */
	NG_CODEC_IGNORE,    /* neither stripped nor transcoded */
	NG_CODEC_TRANSCODE, /* to be offered onward; without it in the offer we cannot */
	NG_CODEC_ACCEPT,    /* to be taken from the sender, whatever the other side says */
};

struct ng_codec {
	enum ng_codec_wish wish;
	struct span name; /* "PCMU", "telephone-event/8000", "all" */
};

enum ng_record { NG_RECORD_AS_IT_IS, NG_RECORD_ON, NG_RECORD_OFF, NG_RECORD_PAUSE };

enum ng_rtcp_attribute { NG_RTCP_WHERE_NEEDED, NG_RTCP_NEVER, NG_RTCP_FULL };

/* ICE, as the receiver of the description is shown it: ours where the sender has it, always, never. */
enum ng_ice { NG_ICE_DEFAULT, NG_ICE_FORCE, NG_ICE_REMOVE };

enum { NG_COOKIE_MAX = 255, NG_WARNING_MAX = 8, NG_CODEC_MAX = 32, NG_TAGS_MAX = 32, NG_DATAGRAM_MAX = 65535 };
enum { NG_PATCH_MAX = 32, NG_HIDE_MAX = 8, NG_EXTMAP_MAX = 16 };

/* Media that goes back to who sends it: to the receiver of the description, its sender, or both; what the other one
 * sends goes nowhere. */
enum ng_echo { NG_ECHO_AS_IT_IS, NG_ECHO_NO, NG_ECHO_SINK, NG_ECHO_FORWARD, NG_ECHO_BACKWARDS, NG_ECHO_BOTH };

/* One request. Spans borrow the datagram (bencode) or the memory given to the decoder (JSON). Absent = not sent. */
struct ng_request {
	struct span cookie;
	enum ng_coding coding;
	enum ng_command command;
	struct span command_name;
	struct span call_id, from_tag, to_tag, via_branch;
	struct span to_call_id; /* connect: the call of to_tag; absent: the same */
	struct span sdp;
	struct span template_name; /* flags of that name in the configuration hold, too */
	struct span owner;         /* ours: the control plane that the session belongs to */
	struct span direction[2];  /* realm of the sender of this SDP, realm of its receiver */
	struct span
		resume[2]; /* ours: what that side was told by a relay that is no more, see rtpproxy/offer/resume.h */
	struct span stands_for[2]; /* ours: which side of another session that side is, see rtpproxy/offer/standin.h */
	struct addr received_from; /* where the signalling came from; port unused */
	enum ng_latch latch;       /* for the sender of this SDP: key "latching", e.g. "sig-ip/24" */
	uint8_t latch_bits;        /* of sig-ip: prefix length; 0 = the whole address */
	bool trust_address;        /* flag trust-address: use c= even where the signalling came from elsewhere */
	bool fatal;                /* flag fatal: delete of an unknown call is an error */
	bool fast;                 /* flag fast: delete without the final statistics in its answer */
	uint32_t limit;            /* list: how many; 0 = all that fits */

	/* For the description that goes to the receiver. */
	struct span transport;     /* the profile it is to have: "RTP/AVPF", in this spelling; absent: as it came */
	uint8_t family;            /* ADDR_V4 or ADDR_V6: of our address there; ADDR_NONE: the realm's */
	struct addr media_address; /* to be written instead of the realm's; port unused */
	uint8_t rtcp_attribute;    /* enum ng_rtcp_attribute */
	bool generate_mid;         /* m-lines without a=mid get one */
	bool replace_zero_address; /* old hold is shown with our address */
	bool force_version;        /* o= counts on though nothing changed */
	bool loop_protect;         /* what we have anchored already passes */
	bool fragment;             /* no description, but candidates that came after it (RFC 8840) */
	bool sdes_off;             /* no keys in the description */
	bool dtls_off;             /* no DTLS is offered */
	bool dtls_active;          /* we begin a handshake, where we may choose */
	bool osrtp_offer;          /* keys in one of plain RTP, to be used by who can (RFC 8643) */
	uint8_t sdes_no[SRTP_SUITE_N], sdes_only[SRTP_SUITE_N]; /* by suite: not to be offered; nothing else to be */
	bool strip_extmap;                                      /* no header extensions */
	uint8_t ice;                                            /* enum ng_ice */
	/* RTCP on the port of RTP (RFC 5761): without a word it is offered to the receiver where the sender offers it,
	 * and accepted from the sender. */
	bool mux_offer;   /* offered in any case */
	bool mux_require; /* the same, and it has no other port to send RTCP to */
	bool mux_demux;   /* not offered onward */
	bool mux_reject;  /* not accepted, nor offered onward */

	uint8_t sender_srtp; /* ours, enum ng_srtp: m-lines that are protected otherwise are refused */

	/* Who hears of telephone events (RFC 4733), see digits.h of the relay. */
	bool sender_dtmf_info, receiver_dtmf_info; /* ours: that side sends and gets them by SIP INFO */
	bool detect_dtmf;                          /* the client is told of all of them */

	/* For the sender's media. */
	bool sip_source_address; /* its host is where the signalling came from, whatever its description says */
	bool asymmetric;         /* sends from elsewhere than where it receives: the description says where to send */
	bool nat_wait;           /* nothing is sent there before something was heard */
	bool pierce_nat;
	bool reject_ice;   /* its offer counts as one without ICE */
	bool osrtp_accept; /* keys in its description of plain RTP are used */
	bool generate_rtcp;
	bool has_dscp;
	uint8_t dscp; /* of the key TOS, without ECN */
	uint8_t ncodec, npatch, nhide, nextmap;

	/* For the session, and for commands in it. */
	struct span label, from_label, to_label; /* names of sides, beside their tags */
	struct span prefix;                      /* ban, unban: "192.0.2.0/24" */
	uint32_t seconds;                        /* ban: how long; 0: no longer */
	struct addr address;                     /* the side whose description names this; port unused */
	bool has_delete_delay;
	uint32_t delete_delay_s;
	uint8_t record;               /* enum ng_record */
	uint8_t echo;                 /* enum ng_echo */
	bool drop_start, drop_stop;   /* nothing of the call is relayed, or is again; the latter holds of both */
	bool load_limit;              /* supports: an answer may say "load limit" */
	bool all;                     /* both sides */
	bool no_payload;              /* recording: headers only */
	struct span digits;           /* play DTMF: of 0 to 9, *, #, A to D */
	uint32_t duration_ms, volume; /* of each; dB below the loudest. 0: the usual */

	uint32_t after; /* list, ports: sessions behind that one, the `next` of the answer before; 0 = from the first */
	uint32_t port;  /* ports: that one alone; 0 = all */
	struct span interface; /* subscribe request, publish: the realm of who hears, or speaks */
	bool siprec;           /* subscribe request: m-lines get labels of their own (RFC 7866) */
	uint8_t nfrom_tag;
	uint8_t nunknown, nunmet;

	/* The last, and cleared by nobody: only so many of them hold something as is said above. */
	struct ng_codec codec[NG_CODEC_MAX];
	struct sdp_patch patch[NG_PATCH_MAX];         /* of the description that goes to the receiver */
	struct span hide[NG_HIDE_MAX];                /* kinds of media that the receiver is not shown; "other" */
	struct sdp_extmap_rule extmap[NG_EXTMAP_MAX]; /* header extensions that it is not shown */
	struct span unknown[NG_WARNING_MAX]; /* keys and flags that we do not know: told in the answer's warning */
	struct span unmet[NG_WARNING_MAX];   /* known, but not built: told too */
	struct span from_tags[NG_TAGS_MAX];  /* subscribe request: the sides that are to be heard */
};

/* Empties it, for less than an initializer takes, which clears the lists at its end, too. */
void ng_request_clear(struct ng_request *r);

/* The client brings, or asks for, an offer: else an answer, if any description. */
static inline bool ng_is_offer(const struct ng_request *r)
{
	return r->command == NG_OFFER || r->command == NG_SUBSCRIBE_REQUEST || r->command == NG_PUBLISH;
}

enum ng_decode { NG_DECODE_OK, NG_NO_COOKIE, NG_BAD_DATA, NG_NO_COMMAND, NG_NO_TEMPLATE };

/* Decodes one datagram. Key spelling is normalised: lower case, blanks and underscores as hyphens, dots dropped. A key
 * that we act on must not come twice. mem is for JSON and for flags in brackets, which are decoded into it:
 * three times the datagram's size suffices, and it must live as long as out is used. On NG_BAD_DATA and NG_NO_COMMAND
 * cookie and coding are set, so that an error can be answered. */
enum ng_decode ng_request_decode(struct span datagram, struct span mem, struct ng_request *out);

/* Flags under names, as "ICE=remove codec=[strip=[G722]]". */
struct ng_templates {
	struct span (*find)(const void *ctx, struct span name); /* absent: there is none of that name */
	const void *ctx;
};

/* The same of a client that may rely on templates: that which it names with the key `template` holds, and unless it is
 * our own (key `owner`) those called "default" and as its command, as if their flags stood before its own.
 * NG_NO_TEMPLATE: there is none of the name that is in out then. For their brackets mem must have three times their
 * size more. */
enum ng_decode ng_request_decode_by(struct span datagram, struct span mem, const struct ng_templates *templates,
				    struct ng_request *out);

/* Writes the request in its coding, keys in a fixed order; unknown is not written. Decoding gives the same request, but
 * a JSON string cannot carry bytes that are not UTF-8. */
void ng_request_write(struct writer *w, const struct ng_request *r);

/* Writing answers and events, in either coding, as a stream of keys and values: dictionaries may nest, lists too. */
enum { NG_DEPTH_MAX = 12 };
struct ng_writer {
	struct writer *w;
	enum ng_coding coding;
	uint8_t depth;
	struct {
		bool list, begun;
	} level[NG_DEPTH_MAX];
};

/* "<cookie> " and the opening of the dictionary. Nesting beyond NG_DEPTH_MAX and ends without a beginning fail w. */
void ng_open(struct ng_writer *n, struct writer *w, enum ng_coding coding, struct span cookie);
void ng_close(struct ng_writer *n);

/* Inside a dictionary name is the key; inside a list pass the absent span. In JSON, bytes that are not UTF-8 become
 * U+FFFD. */
void ng_put_str(struct ng_writer *n, struct span name, struct span value);
void ng_put_u64(struct ng_writer *n, struct span name, uint64_t value);
void ng_begin_dict(struct ng_writer *n, struct span name);
void ng_begin_list(struct ng_writer *n, struct span name);
void ng_end(struct ng_writer *n);

/* An answer or event as the client reads it. Events come unasked from the relay in the same form, "<cookie> d…e", the
 * cookie being the relay's own, and have the key "event": ng_answer_decode reads both. Borrows the datagram. */
struct ng_answer {
	struct span cookie;
	struct span result; /* ok, pong, error, load limit */
	struct span error_reason;
	struct span warning;
	struct span sdp;
	struct span event;    /* events only: "media-timeout" */
	struct span call_id;  /* events */
	struct span from_tag; /* events: the silent side, absent = both */
	struct span body;     /* the whole dictionary, for ng_find */
};

/* Bencode answers only (what we ask in bencode is answered so). 0 or -1. */
int ng_answer_decode(struct span datagram, struct ng_answer *out);

/* Reading nested bencode without allocation: walks values of a dictionary or list. */
enum ng_kind { NG_STRING, NG_INTEGER, NG_DICT, NG_LIST_KIND };
struct ng_value {
	enum ng_kind kind;
	struct span text; /* string contents; an integer's digits; dictionary or list: all of it, d…e */
	int64_t integer;
};
/* The value under key in the bencoded dictionary; -1 where there is none. */
int ng_find(struct span dict, struct span key, struct ng_value *out);
/* Takes the next key and value (dictionary) or value (list, key absent) after *at (0 to begin).
 * 1, 0 at the end, -1 broken. */
int ng_next(struct span container, uint32_t *at, struct span *key, struct ng_value *out);

#endif
