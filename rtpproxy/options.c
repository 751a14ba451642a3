/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/options.h"

#include <getopt.h>
#include <stdio.h>

const char options_help[] =
	"rtpproxy: relays RTP and RTCP between networks, commanded by the ng protocol.\n"
	"\n"
	"Usage: rtpproxy [-c FILE] [-u USER]\n"
	"       rtpproxy --check [-c FILE]\n"
	"\n"
	"  -c, --config FILE  the configuration, /etc/natsbc/sbc.json unless given; shared with sbc:\n"
	"                     \"sbcctl config keys\" lists all its keys\n"
	"  -u, --user USER    who it becomes once its ports are open, where root starts it: a name or a number,\n"
	"                     instead of relay.user\n"
	"      --check        check the configuration, say what is wrong with it, and leave\n"
	"      --version      print the version and leave\n"
	"  -h, --help         print this and leave\n"
	"\n"
	"It runs in the foreground and logs to standard error. It takes the media ports of each realm (media.ports) "
	"out\n"
	"of the kernel's hands, on the interface that holds the realm's address and on lo; everything else on those\n"
	"interfaces stays with the kernel. relay.port in the configuration says how:\n"
	"\n"
	"  auto       AF_XDP, or packet sockets where the interface or the kernel refuses it\n"
	"  af_xdp     AF_XDP only: an XDP program that hands over media ports and passes the rest\n"
	"  af_packet  packet sockets, and a tc filter that hides the media ports from the kernel\n"
	"  DEVICE     a DPDK device, by PCI address or as a --vdev argument\n"
	"\n"
	"It is started by root, and needs CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN (to find BPF programs by their\n"
	"numbers) and CAP_IPC_LOCK to begin with. Once all is open it is relay.user with CAP_NET_ADMIN alone, held to\n"
	"a list of system calls (node.sandbox). Huge pages are used where enough are free. Programs are detached and "
	"the "
	"switches\n"
	"of lo put back when it ends on SIGINT, SIGTERM or SIGHUP; what a killed run left on an interface, the next "
	"one removes.\n"
	"\n"
	"Exit status: 0 done, 1 failed while starting or running, 2 wrong command line or configuration.\n"
	"\n"
	"Files: /etc/natsbc/sbc.json, /run/natsbc/ng.sock (relay.ng).\n";

enum { OPTION_CHECK = 256, OPTION_VERSION };

static const struct option known[] = {
	{ "config", required_argument, NULL, 'c' },   { "user", required_argument, NULL, 'u' },
	{ "check", no_argument, NULL, OPTION_CHECK }, { "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, 'h' },           { 0 },
};

struct options options_parse(int argc, char **argv)
{
	struct options o = { .task = OPTIONS_RUN, .file = "/etc/natsbc/sbc.json" };
	int c;

	while ((c = getopt_long(argc, argv, "c:u:h", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			o.file = optarg;
			break;
		case 'u':
			o.user = optarg;
			break;
		case OPTION_CHECK:
			o.task = OPTIONS_CHECK;
			break;
		case OPTION_VERSION:
			o.task = OPTIONS_VERSION;
			return o;
		case 'h':
			o.task = OPTIONS_HELP;
			return o;
		default:
			fputs("Try: rtpproxy --help\n", stderr);
			o.task = OPTIONS_WRONG;
			return o;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "rtpproxy: %s: no such argument. Try: rtpproxy --help\n", argv[optind]);
		o.task = OPTIONS_WRONG;
	}
	return o;
}
