/* SPDX-License-Identifier: BSD-3-Clause */
/* hdr.h: the header names we know (RFC 3261 20 and extensions), in one table. */
#ifndef NATSBC_SIP_HDR_H
#define NATSBC_SIP_HDR_H

#include "alg/base/span.h"

/* One line a header: constant, name, compact form ("" = none), list (values may be joined by commas), unique (a second
 * one makes the message malformed). To add a header, add its line here and its constant to by_letter in hdr.c. */
/* One row, one entry. clang-format would join them. */
/* clang-format off */
#define SIP_HDR_TABLE(X)                                                                                               \
	X(VIA, "Via", "v", 1, 0)                                                                                       \
	X(MAX_FORWARDS, "Max-Forwards", "", 0, 1)                                                                      \
	X(FROM, "From", "f", 0, 1)                                                                                     \
	X(TO, "To", "t", 0, 1)                                                                                         \
	X(CALL_ID, "Call-ID", "i", 0, 1)                                                                               \
	X(CSEQ, "CSeq", "", 0, 1)                                                                                      \
	X(CONTACT, "Contact", "m", 1, 0)                                                                               \
	X(CONTENT_LENGTH, "Content-Length", "l", 0, 1)                                                                 \
	X(CONTENT_TYPE, "Content-Type", "c", 0, 1)                                                                     \
	X(CONTENT_ENCODING, "Content-Encoding", "e", 1, 0)                                                             \
	X(CONTENT_DISPOSITION, "Content-Disposition", "", 0, 1)                                                        \
	X(CONTENT_LANGUAGE, "Content-Language", "", 1, 0)                                                              \
	X(CONTENT_ID, "Content-ID", "", 0, 1)                                                                          \
	X(MIME_VERSION, "MIME-Version", "", 0, 1)                                                                      \
	X(ROUTE, "Route", "", 1, 0)                                                                                    \
	X(RECORD_ROUTE, "Record-Route", "", 1, 0)                                                                      \
	X(PATH, "Path", "", 1, 0)                                                                                      \
	X(SERVICE_ROUTE, "Service-Route", "", 1, 0)                                                                    \
	X(EXPIRES, "Expires", "", 0, 1)                                                                                \
	X(MIN_EXPIRES, "Min-Expires", "", 0, 1)                                                                        \
	X(AUTHORIZATION, "Authorization", "", 0, 0)                                                                    \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization", "", 0, 0)                                                        \
	X(WWW_AUTHENTICATE, "WWW-Authenticate", "", 0, 0)                                                              \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate", "", 0, 0)                                                          \
	X(AUTHENTICATION_INFO, "Authentication-Info", "", 0, 0)                                                        \
	X(ALLOW, "Allow", "", 1, 0)                                                                                    \
	X(ALLOW_EVENTS, "Allow-Events", "u", 1, 0)                                                                     \
	X(SUPPORTED, "Supported", "k", 1, 0)                                                                           \
	X(REQUIRE, "Require", "", 1, 0)                                                                                \
	X(PROXY_REQUIRE, "Proxy-Require", "", 1, 0)                                                                    \
	X(UNSUPPORTED, "Unsupported", "", 1, 0)                                                                        \
	X(ACCEPT, "Accept", "", 1, 0)                                                                                  \
	X(ACCEPT_ENCODING, "Accept-Encoding", "", 1, 0)                                                                \
	X(ACCEPT_LANGUAGE, "Accept-Language", "", 1, 0)                                                                \
	X(ACCEPT_CONTACT, "Accept-Contact", "a", 1, 0)                                                                 \
	X(REJECT_CONTACT, "Reject-Contact", "j", 1, 0)                                                                 \
	X(REQUEST_DISPOSITION, "Request-Disposition", "d", 1, 0)                                                       \
	X(USER_AGENT, "User-Agent", "", 0, 0)                                                                          \
	X(SERVER, "Server", "", 0, 0)                                                                                  \
	X(SUBJECT, "Subject", "s", 0, 0)                                                                               \
	X(PRIORITY, "Priority", "", 0, 0)                                                                              \
	X(DATE, "Date", "", 0, 0)                                                                                      \
	X(TIMESTAMP, "Timestamp", "", 0, 0)                                                                            \
	X(RETRY_AFTER, "Retry-After", "", 0, 0)                                                                        \
	X(REASON, "Reason", "", 1, 0)                                                                                  \
	X(WARNING, "Warning", "", 1, 0)                                                                                \
	X(RSEQ, "RSeq", "", 0, 1)                                                                                      \
	X(RACK, "RAck", "", 0, 1)                                                                                      \
	X(SESSION_EXPIRES, "Session-Expires", "x", 0, 1)                                                               \
	X(MIN_SE, "Min-SE", "", 0, 1)                                                                                  \
	X(EVENT, "Event", "o", 0, 1)                                                                                   \
	X(SUBSCRIPTION_STATE, "Subscription-State", "", 0, 1)                                                          \
	X(SIP_ETAG, "SIP-ETag", "", 0, 1)                                                                              \
	X(SIP_IF_MATCH, "SIP-If-Match", "", 0, 1)                                                                      \
	X(REFER_TO, "Refer-To", "r", 0, 1)                                                                             \
	X(REFERRED_BY, "Referred-By", "b", 0, 1)                                                                       \
	X(REFER_SUB, "Refer-Sub", "", 0, 1)                                                                            \
	X(REPLACES, "Replaces", "", 0, 1)                                                                              \
	X(MAX_BREADTH, "Max-Breadth", "", 0, 1)                                                                        \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", "", 1, 0)                                                        \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", "", 1, 0)                                                      \
	X(PRIVACY, "Privacy", "", 0, 0)                                                                                \
	X(SESSION_ID, "Session-ID", "", 0, 1)                                                                          \
	X(INFO_PACKAGE, "Info-Package", "", 0, 1)                                                                      \
	X(RECV_INFO, "Recv-Info", "", 1, 0)                                                                            \
	X(IDENTITY, "Identity", "y", 0, 0)                                                                             \
	X(IDENTITY_INFO, "Identity-Info", "n", 0, 0)                                                                   \
	X(HISTORY_INFO, "History-Info", "", 1, 0)                                                                      \
	X(DIVERSION, "Diversion", "", 1, 0)                                                                            \
	X(REMOTE_PARTY_ID, "Remote-Party-ID", "", 1, 0)                                                                \
	X(TARGET_DIALOG, "Target-Dialog", "", 0, 1)                                                                    \
	X(JOIN, "Join", "", 0, 1)                                                                                      \
	X(IN_REPLY_TO, "In-Reply-To", "", 1, 0)                                                                        \
	X(REPLY_TO, "Reply-To", "", 0, 0)                                                                              \
	X(ALERT_INFO, "Alert-Info", "", 1, 0)                                                                          \
	X(CALL_INFO, "Call-Info", "", 1, 0)                                                                            \
	X(ERROR_INFO, "Error-Info", "", 1, 0)                                                                          \
	X(ORGANIZATION, "Organization", "", 0, 0)                                                                      \
	X(GEOLOCATION, "Geolocation", "", 1, 0)                                                                        \
	X(GEOLOCATION_ROUTING, "Geolocation-Routing", "", 0, 0)                                                        \
	X(P_ACCESS_NETWORK_INFO, "P-Access-Network-Info", "", 1, 0)                                                    \
	X(P_ASSOCIATED_URI, "P-Associated-URI", "", 1, 0)                                                              \
	X(P_CALLED_PARTY_ID, "P-Called-Party-ID", "", 0, 0)                                                            \
	X(P_CHARGING_FUNCTION_ADDRESSES, "P-Charging-Function-Addresses", "", 1, 0)                                    \
	X(P_CHARGING_VECTOR, "P-Charging-Vector", "", 0, 0)                                                            \
	X(P_EARLY_MEDIA, "P-Early-Media", "", 1, 0)                                                                    \
	X(P_MEDIA_AUTHORIZATION, "P-Media-Authorization", "", 1, 0)                                                    \
	X(P_PROFILE_KEY, "P-Profile-Key", "", 0, 0)                                                                    \
	X(P_SERVED_USER, "P-Served-User", "", 0, 0)                                                                    \
	X(P_USER_DATABASE, "P-User-Database", "", 0, 0)                                                                \
	X(P_VISITED_NETWORK_ID, "P-Visited-Network-ID", "", 1, 0)                                                      \
	X(CELLULAR_NETWORK_INFO, "Cellular-Network-Info", "", 0, 0)
/* clang-format on */

enum sip_hdr {
#define X(id, name, compact, list, unique) SIP_HDR_##id,
	SIP_HDR_TABLE(X)
#undef X
		SIP_HDR_OTHER, /* any name not in the table */
	SIP_HDR_N
};

struct sip_hdr_info {
	struct span name;
	char compact; /* lower case, or 0 */
	bool list, unique;
};

extern const struct sip_hdr_info sip_hdr_info[SIP_HDR_N];

/* name without colon or blanks, any case, long or compact form. SIP_HDR_OTHER when unknown. */
enum sip_hdr sip_hdr_find(struct span name);

#endif
