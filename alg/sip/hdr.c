/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/hdr.h"

const struct sip_hdr_info sip_hdr_info[SIP_HDR_N] = {
#define X(id, name, compact, list, unique) [SIP_HDR_##id] = { { name, sizeof(name) - 1 }, compact[0], list, unique },
	SIP_HDR_TABLE(X)
#undef X
};

/* One more than the longest row: each row ends with a zero. */
enum { ROW = 20 };

/* The headers by the first letter of their name, frequent ones first. SIP_HDR_VIA is zero, thus also the end of a row:
 * it can only stand first. */
#define ROW_OF(letter) [(letter) - 'a']
static const uint8_t by_letter[26][ROW] = {
	ROW_OF('a') = {
		SIP_HDR_ALLOW, SIP_HDR_AUTHORIZATION, SIP_HDR_AUTHENTICATION_INFO, SIP_HDR_ALLOW_EVENTS,
		SIP_HDR_ACCEPT, SIP_HDR_ACCEPT_ENCODING, SIP_HDR_ACCEPT_LANGUAGE, SIP_HDR_ACCEPT_CONTACT,
		SIP_HDR_ALERT_INFO,
	},
	ROW_OF('c') = {
		SIP_HDR_CALL_ID, SIP_HDR_CSEQ, SIP_HDR_CONTACT, SIP_HDR_CONTENT_LENGTH, SIP_HDR_CONTENT_TYPE,
		SIP_HDR_CONTENT_ENCODING, SIP_HDR_CONTENT_DISPOSITION, SIP_HDR_CONTENT_LANGUAGE, SIP_HDR_CONTENT_ID,
		SIP_HDR_CALL_INFO, SIP_HDR_CELLULAR_NETWORK_INFO,
	},
	ROW_OF('d') = { SIP_HDR_DATE, SIP_HDR_DIVERSION },
	ROW_OF('e') = { SIP_HDR_EXPIRES, SIP_HDR_EVENT, SIP_HDR_ERROR_INFO },
	ROW_OF('f') = { SIP_HDR_FROM },
	ROW_OF('g') = { SIP_HDR_GEOLOCATION, SIP_HDR_GEOLOCATION_ROUTING },
	ROW_OF('h') = { SIP_HDR_HISTORY_INFO },
	ROW_OF('i') = { SIP_HDR_INFO_PACKAGE, SIP_HDR_IDENTITY, SIP_HDR_IDENTITY_INFO, SIP_HDR_IN_REPLY_TO },
	ROW_OF('j') = { SIP_HDR_JOIN },
	ROW_OF('m') = {
		SIP_HDR_MAX_FORWARDS, SIP_HDR_MIME_VERSION, SIP_HDR_MIN_EXPIRES, SIP_HDR_MIN_SE, SIP_HDR_MAX_BREADTH,
	},
	ROW_OF('o') = { SIP_HDR_ORGANIZATION },
	ROW_OF('p') = {
		SIP_HDR_PATH, SIP_HDR_PROXY_AUTHORIZATION, SIP_HDR_PROXY_AUTHENTICATE, SIP_HDR_PROXY_REQUIRE,
		SIP_HDR_PRIORITY, SIP_HDR_P_ASSERTED_IDENTITY, SIP_HDR_P_PREFERRED_IDENTITY, SIP_HDR_PRIVACY,
		SIP_HDR_P_ACCESS_NETWORK_INFO, SIP_HDR_P_ASSOCIATED_URI, SIP_HDR_P_CALLED_PARTY_ID,
		SIP_HDR_P_CHARGING_FUNCTION_ADDRESSES, SIP_HDR_P_CHARGING_VECTOR, SIP_HDR_P_EARLY_MEDIA,
		SIP_HDR_P_MEDIA_AUTHORIZATION, SIP_HDR_P_PROFILE_KEY, SIP_HDR_P_SERVED_USER, SIP_HDR_P_USER_DATABASE,
		SIP_HDR_P_VISITED_NETWORK_ID,
	},
	ROW_OF('r') = {
		SIP_HDR_ROUTE, SIP_HDR_RECORD_ROUTE, SIP_HDR_REQUIRE, SIP_HDR_REJECT_CONTACT,
		SIP_HDR_REQUEST_DISPOSITION, SIP_HDR_RETRY_AFTER, SIP_HDR_REASON, SIP_HDR_RSEQ, SIP_HDR_RACK,
		SIP_HDR_REFER_TO, SIP_HDR_REFERRED_BY, SIP_HDR_REFER_SUB, SIP_HDR_REPLACES, SIP_HDR_RECV_INFO,
		SIP_HDR_REMOTE_PARTY_ID, SIP_HDR_REPLY_TO,
	},
	ROW_OF('s') = {
		SIP_HDR_SUPPORTED, SIP_HDR_SERVER, SIP_HDR_SERVICE_ROUTE, SIP_HDR_SUBJECT, SIP_HDR_SESSION_EXPIRES,
		SIP_HDR_SUBSCRIPTION_STATE, SIP_HDR_SIP_ETAG, SIP_HDR_SIP_IF_MATCH, SIP_HDR_SESSION_ID,
	},
	ROW_OF('t') = { SIP_HDR_TO, SIP_HDR_TIMESTAMP, SIP_HDR_TARGET_DIALOG },
	ROW_OF('u') = { SIP_HDR_USER_AGENT, SIP_HDR_UNSUPPORTED },
	ROW_OF('v') = { SIP_HDR_VIA },
	ROW_OF('w') = { SIP_HDR_WWW_AUTHENTICATE, SIP_HDR_WARNING },
};

/* The one-letter names; zero is none, but for Via's own. */
static const uint8_t by_compact[26] = {
	ROW_OF('a') = SIP_HDR_ACCEPT_CONTACT,
	ROW_OF('b') = SIP_HDR_REFERRED_BY,
	ROW_OF('c') = SIP_HDR_CONTENT_TYPE,
	ROW_OF('d') = SIP_HDR_REQUEST_DISPOSITION,
	ROW_OF('e') = SIP_HDR_CONTENT_ENCODING,
	ROW_OF('f') = SIP_HDR_FROM,
	ROW_OF('i') = SIP_HDR_CALL_ID,
	ROW_OF('j') = SIP_HDR_REJECT_CONTACT,
	ROW_OF('k') = SIP_HDR_SUPPORTED,
	ROW_OF('l') = SIP_HDR_CONTENT_LENGTH,
	ROW_OF('m') = SIP_HDR_CONTACT,
	ROW_OF('n') = SIP_HDR_IDENTITY_INFO,
	ROW_OF('o') = SIP_HDR_EVENT,
	ROW_OF('r') = SIP_HDR_REFER_TO,
	ROW_OF('s') = SIP_HDR_SUBJECT,
	ROW_OF('t') = SIP_HDR_TO,
	ROW_OF('u') = SIP_HDR_ALLOW_EVENTS,
	ROW_OF('v') = SIP_HDR_VIA,
	ROW_OF('x') = SIP_HDR_SESSION_EXPIRES,
	ROW_OF('y') = SIP_HDR_IDENTITY,
};
#undef ROW_OF

static enum sip_hdr find_compact(unsigned letter)
{
	enum sip_hdr hdr = by_compact[letter];

	return hdr != SIP_HDR_VIA || letter == 'v' - 'a' ? hdr : SIP_HDR_OTHER;
}

/* Most names have 4 to 16 bytes: two words that may overlap hold them. */
static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
	uint64_t a8[2], b8[2];
	uint32_t a4[2], b4[2];

	if (n < 4 || n > 16)
		return memcmp(a, b, n) == 0;
	if (n < 8) {
		memcpy(&a4[0], a, 4);
		memcpy(&b4[0], b, 4);
		memcpy(&a4[1], a + n - 4, 4);
		memcpy(&b4[1], b + n - 4, 4);
		return ((a4[0] ^ b4[0]) | (a4[1] ^ b4[1])) == 0;
	}
	memcpy(&a8[0], a, 8);
	memcpy(&b8[0], b, 8);
	memcpy(&a8[1], a + n - 8, 8);
	memcpy(&b8[1], b + n - 8, 8);
	return ((a8[0] ^ b8[0]) | (a8[1] ^ b8[1])) == 0;
}

/* Most senders spell a name as the RFC does. */
static inline bool is_name(struct span name, struct span known)
{
	return name.n == known.n && (same_bytes(name.p, known.p, name.n) || span_ieq(name, known));
}

enum sip_hdr sip_hdr_find(struct span name)
{
	unsigned letter = name.n ? ((unsigned char)name.p[0] | 0x20U) - 'a' : 26;
	const uint8_t *hdr;

	if (letter >= 26)
		return SIP_HDR_OTHER;
	if (name.n == 1)
		return find_compact(letter);
	hdr = by_letter[letter];
	do {
		if (is_name(name, sip_hdr_info[*hdr].name))
			return *hdr;
	} while (*++hdr);
	return SIP_HDR_OTHER;
}
