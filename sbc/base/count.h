/* SPDX-License-Identifier: BSD-3-Clause */
/* count.h: every way a message or call can end has a name; the name is the counter, the log word and the test's
 * expectation. */
#ifndef NATSBC_SBC_COUNT_H
#define NATSBC_SBC_COUNT_H

#include <stdint.h>

/* One row, one entry. clang-format would join them. */
/* clang-format off */
#define COUNT_TABLE(X)                                                                                                 \
	/* what arrived */                                                                                             \
	X(RX_REQUEST, "rx-request")                                                                                    \
	X(RX_RESPONSE, "rx-response")                                                                                  \
	X(RX_KEEPALIVE, "rx-keepalive")                                                                                \
	X(TX_MESSAGE, "tx-message")                                                                                    \
	/* dropped or refused before a transaction */                                                                  \
	X(DROP_NETWORK, "source-not-in-networks")                                                                      \
	X(DROP_BANNED, "source-banned")                                                                                \
	X(DROP_OVER, "source-over-its-rate")                                                                           \
	X(DROP_FLOOD, "stranger-while-overloaded")                                                                     \
	X(DROP_SCANNER, "scanner-not-answered")                                                                        \
	X(BANNED, "banned")                                                                                            \
	X(BAN_SPARED, "not-banned-for-others-sake")                                                                    \
	X(DROP_MALFORMED, "malformed-dropped")                                                                         \
	X(REFUSE_MALFORMED, "malformed-refused")                                                                       \
	X(DROP_STRAY_RESPONSE, "stray-response")                                                                       \
	X(DROP_ELSEWHERE, "response-from-elsewhere")                                                                   \
	X(RX_CHALLENGE_ACK, "challenge-acknowledged")                                                                  \
	X(DROP_STRAY_ACK, "stray-ack")                                                                                 \
	X(DROP_FULL, "full-dropped")                                                                                   \
	X(DROP_AMPLIFICATION, "answer-larger-than-question")                                                           \
	X(RX_RETRANSMISSION, "retransmission-absorbed")                                                                \
	X(RX_RELIABLE_AGAIN, "reliable-response-absorbed")                                                             \
	X(DROP_RSEQ, "reliable-response-out-of-order")                                                                 \
	X(DROP_UNACKNOWLEDGED, "too-many-unacknowledged")                                                              \
	X(TXN_NOT_ALLOWED, "event-not-allowed")                                                                        \
	/* refused requests */                                                                                         \
	X(REFUSE_LOOP, "loop")                                                                                         \
	X(REFUSE_MERGED, "merged-request")                                                                             \
	X(REFUSE_OVERLOAD, "overload")                                                                                     \
	X(REFUSE_HOPS, "too-many-hops")                                                                                \
	X(REFUSE_EXTENSION, "unsupported-extension")                                                                   \
	X(REFUSE_SCHEME, "unsupported-uri-scheme")                                                                     \
	X(REFUSE_NO_DIALOG, "unknown-dialog")                                                                          \
	X(REFUSE_NOTIFIERS, "too-many-notifiers")                                                                      \
	X(REFUSE_NOTIFIER_ELSEWHERE, "notifier-from-elsewhere")                                                        \
	X(REFUSE_NO_TRANSACTION, "cancel-unknown-transaction")                                                         \
	X(REFUSE_PRACK, "prack-unknown-response")                                                                      \
	X(REFUSE_CSEQ, "cseq-out-of-order")                                                                            \
	X(REFUSE_BREADTH, "max-breadth-exceeded")                                                                      \
	X(REFUSE_ROUTE, "refused-by-route")                                                                            \
	X(REFUSE_GLARE, "request-pending")                                                                             \
	X(REFUSE_CHALLENGED, "challenged")                                                                             \
	X(REFUSE_STALE, "stale-nonce")                                                                                 \
	X(REFUSE_HELD, "too-many-wrong-passwords")                                                                     \
	X(REFUSE_CREDENTIALS, "wrong-credentials")                                                                     \
	X(REFUSE_NOT_ALLOWED, "source-not-allowed")                                                                    \
	X(REFUSE_IDENTITY, "identity-not-the-users")                                                                   \
	X(REFUSE_NOT_FOUND, "unknown-user")                                                                            \
	X(REFUSE_NOT_REGISTERED, "user-not-registered")                                                                \
	X(REFUSE_NO_ROUTE, "no-route")                                                                                 \
	X(REFUSE_NOT_SECURE, "sips-not-possible")                                                                      \
	X(REFUSE_TRUNK_DOWN, "trunk-down")                                                                             \
	X(REFUSE_INTERVAL, "session-interval-too-small")                                                               \
	X(REFUSE_BODY, "unsupported-body")                                                                             \
	X(REFUSE_SDP, "sdp-unusable")                                                                                  \
	X(REFUSE_TARGET, "sdp-target-forbidden")                                                                       \
	X(REFUSE_NOT_ENCRYPTED, "not-encrypted")                                                                       \
	X(REFUSE_ENCRYPTED, "srtp-not-allowed")                                                                        \
	X(REFUSE_NO_USABLE_KEY, "no-usable-key")                                                                       \
	X(NEXTHOP_FORBIDDEN, "contact-or-route-forbidden")                                                             \
	X(DNS_FORBIDDEN, "dns-address-forbidden")                                                                      \
	X(REFUSE_RELAY, "relay-refused")                                                                               \
	X(REFUSE_RELAY_GONE, "relay-unreachable")                                                                      \
	X(REFUSE_REPLACES, "replaces-no-such-dialog")                                                                  \
	X(REFUSE_TRANSFER, "transfer-blocked")                                                                         \
	X(REFUSE_CALL_LIMIT, "call-limit")                                                                             \
	X(REFUSE_REALM_CALLS, "realm-call-limit")                                                                      \
	X(REFUSE_REALM_RATE, "realm-rate-limit")                                                                       \
	X(REFUSE_TRUNK_CALLS, "trunk-call-limit")                                                                      \
	X(REFUSE_TRUNK_RATE, "trunk-rate-limit")                                                                       \
	X(REFUSE_USER_CALLS, "user-call-limit")                                                                        \
	X(REFUSE_USER_RATE, "user-rate-limit")                                                                         \
	X(REFUSE_DRAINING, "draining")                                                                                 \
	X(EMERGENCY_LET_IN, "emergency-let-in-overloaded")                                                             \
	X(PASSED_OVER, "place-passed-over-at-limit")                                                                   \
	X(REFUSE_BY_HOME, "registration-refused-by-home")                                                              \
	X(REFUSE_HOME_LOST, "home-unreachable-put-off")                                                                \
	X(REFUSE_STORM, "registration-rate")                                                                           \
	X(REFUSE_CALLER, "caller-not-registered")                                                                      \
	X(REFUSE_REGISTRATION, "registration-refused")                                                                 \
	X(REFUSE_INTERNAL, "no-memory")                                                                                \
	/* asked by trunks for credentials */                                                                          \
	X(CREDENTIALS_GIVEN, "challenge-answered")                                                                     \
	X(CREDENTIALS_REFUSED, "challenge-not-answered")                                                               \
	X(CREDENTIALS_WRONG, "credentials-refused-by-trunk")                                                           \
	/* how calls ended */                                                                                          \
	X(CALL_STARTED, "call-started")                                                                                \
	X(CALL_ANSWERED, "call-answered")                                                                              \
	X(CALL_REJECTED, "rejected-by-peer")                                                                           \
	X(CALL_CANCELLED, "cancelled-by-caller")                                                                       \
	X(CALL_NO_ANSWER, "no-answer")                                                                                 \
	X(CALL_UNREACHABLE, "peer-unreachable")                                                                        \
	X(CALL_HUNGUP, "hung-up")                                                                                      \
	X(CALL_MEDIA_TIMEOUT, "media-timeout")                                                                         \
	X(CALL_NO_MEDIA, "media-never-came")                                                                           \
	X(CALL_ONE_WAY, "media-one-way")                                                                               \
	X(CALL_CONSENT, "media-consent-lost")                                                                          \
	X(CALL_HELD, "held-too-long")                                                                                  \
	X(CALL_NO_ACK, "ack-never-came")                                                                               \
	X(CALL_NO_PRACK, "prack-never-came")                                                                           \
	X(CALL_GONE, "dialog-gone-at-peer")                                                                            \
	X(CALL_SILENT, "no-response-from-peer")                                                                        \
	X(CALL_OPERATOR, "hung-up-by-operator")                                                                        \
	X(CALL_TOO_LONG, "duration-limit")                                                                             \
	X(CALL_REFRESHED, "session-refreshed")                                                                         \
	X(CALL_ABSORBED, "refresh-answered-here")                                                                      \
	X(CALL_UNREFRESHED, "refresh-challenged")                                                                      \
	X(CALL_REOFFERED, "other-side-told-again")                                                                      \
	X(CALL_MEDIA_LOST, "media-lost")                                                                               \
	X(CALL_LAPSED, "session-expired")                                                                              \
	X(CALL_SHUTDOWN, "shutdown")                                                                                   \
	X(CALL_TRANSFERRED, "transferred")                                                                             \
	X(CALL_STRAY_ANSWER, "second-answer-ended")                                                                    \
	X(SUBSCRIPTION_FORKED, "subscription-forked")                                                                  \
	/* registrations */                                                                                            \
	X(REGISTER_OK, "register-ok")                                                                                  \
	X(TRUNK_REGISTRATION_REFUSED, "trunk-registration-refused")                                                    \
	X(REGISTER_PASSED, "register-passed-to-home")                                                                  \
	X(REGISTER_HERE, "register-answered-for-home")                                                                 \
	X(REGISTER_SURVIVED, "register-answered-while-home-lost")                                                      \
	X(HOME_LOST, "home-unreachable")                                                                               \
	X(BINDING_EXPIRED, "binding-expired")                                                                          \
	X(BINDING_UNREACHABLE, "binding-unreachable")                                                                  \
	X(STORE_FAILED, "store-write-failed")                                                                          \
	X(STORE_BEHIND, "store-behind")                                                                                \
	X(CALL_RESTORED, "call-restored")                                                                              \
	X(CALL_NOT_RESTORED, "call-not-restored")                                                                      \
	X(CALL_REVIVED, "call-media-set-up-again")                                                                     \
	X(CALL_NOT_REVIVED, "call-media-not-set-up-again")                                                             \
	X(CALL_RENEWED, "call-keys-set-up-again")                                                                      \
	X(CALL_TOO_LARGE, "call-too-large-to-keep")                                                                    \
	/* names */                                                                                                    \
	X(DNS_QUERY, "dns-query")                                                                                      \
	X(DNS_ANSWER, "dns-answer")                                                                                    \
	X(DNS_NO_ANSWER, "dns-no-answer")                                                                              \
	X(DNS_CACHED, "dns-from-cache")                                                                                \
	X(DNS_STALE, "dns-stale-used")                                                                                 \
	/* the relay */                                                                                                \
	X(RELAY_REQUEST, "relay-request")                                                                              \
	X(RELAY_RETRY, "relay-retry")                                                                                  \
	X(RELAY_TIMEOUT, "relay-timeout")                                                                              \
	X(RELAY_STRAY, "relay-stray-answer")                                                                           \
	X(DTMF_TO_INFO, "digit-sent-as-info")                                                                          \
	X(DTMF_UNTOLD, "digit-not-taken-as-info")                                                                      \
	X(DTMF_FROM_INFO, "digit-taken-from-info")                                                                     \
	X(DTMF_UNPLAYED, "digit-not-played")                                                                           \
	X(TRICKLE, "ice-candidates-by-info")                                                                           \
	X(RELAY_RECONCILED, "relay-sessions-compared")                                                                 \
	X(RELAY_ORPHAN, "relay-session-of-no-call")                                                                    \
	/* the firewall program */                                                                                     \
	X(FIREWALL_REQUEST, "firewall-request")                                                                        \
	X(FIREWALL_REFUSED, "firewall-refused")                                                                        \
	X(FIREWALL_STRAY, "firewall-stray-answer")                                                                     \
	X(MAPPING_HELD, "media-waits-for-router")                                                                      \
	X(MAPPING_LATE, "media-not-mapped-in-time")                                                                    \
	/* node.leak-check */                                                                                          \
	X(LEAK, "leak-of-other-side")                                                                                  \
	X(LEAK_BLOCKED, "leak-not-sent")                                                                               \
	X(SEND_FAILED, "send-failed")
/* clang-format on */

enum count {
#define X(id, name) COUNT_##id,
	COUNT_TABLE(X)
#undef X
		COUNT_N
};

struct counters {
	uint64_t n[COUNT_N];
};

const char *count_name(enum count c);

#endif
