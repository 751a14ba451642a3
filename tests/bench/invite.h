/* SPDX-License-Identifier: BSD-3-Clause */
/* invite.h: the call that the SIP benchmarks work on: a phone behind NAT calls, its INVITE is 600 bytes. */
#ifndef NATSBC_BENCH_INVITE_H
#define NATSBC_BENCH_INVITE_H

#include "alg/base/span.h"

enum { INVITE_LEN = 600 };

#define INVITE_INSIDE "192.168.1.10"
#define INVITE_SDP                                                                                                     \
	"v=0\r\n"                                                                                                      \
	"o=- 20518 0 IN IP4 192.168.1.10\r\n"                                                                          \
	"s=-\r\n"                                                                                                      \
	"c=IN IP4 192.168.1.10\r\n"                                                                                    \
	"t=0 0\r\n"                                                                                                    \
	"m=audio 4000 RTP/AVP 8 0 101\r\n"                                                                             \
	"a=rtpmap:101 telephone-event/8000\r\n"

static const char invite_text[] = "INVITE sip:bob@198.51.100.5 SIP/2.0\r\n"
				  "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK74bf9a1c;rport\r\n"
				  "Max-Forwards: 70\r\n"
				  "From: \"Alice\" <sip:alice@example.net>;tag=9fxced76sl\r\n"
				  "To: <sip:bob@example.net>\r\n"
				  "Call-ID: 3848276298220188511\r\n"
				  "CSeq: 1 INVITE\r\n"
				  "Contact: <sip:alice@192.168.1.10:5060>\r\n"
				  "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY\r\n"
				  "Supported: timer\r\n"
				  "User-Agent: phone 1.0 (bench5)\r\n"
				  "Content-Type: application/sdp\r\n"
				  "Content-Length: 138\r\n"
				  "\r\n" INVITE_SDP;

#endif
