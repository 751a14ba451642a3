/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/options.h"

#include <getopt.h>
#include <stdio.h>

const char options_help[] =
	"sbc-firewall: keeps the pinholes and bans of sbc in the kernel's nf_tables.\n"
	"\n"
	"Usage: sbc-firewall [-c FILE] [--user USER] [--keep]\n"
	"       sbc-firewall --check [-c FILE]\n"
	"       sbc-firewall --remove\n"
	"\n"
	"  -c, --config FILE  the configuration, /etc/natsbc/sbc.json unless given; shared with sbc:\n"
	"                     \"sbcctl config keys\" lists all its keys\n"
	"  -u, --user USER    who may ask for pinholes and bans, beside root: the user that sbc runs as, and\n"
	"                     that the socket (pinholes.socket) belongs to; node.user unless given, or else\n"
	"                     natsbc, where there is such a user\n"
	"      --keep         leave the table in the kernel at the end, so that the next start goes on with it\n"
	"      --check        check the configuration, print the table that it makes, and leave\n"
	"      --remove       remove the table, with all pinholes and bans, and leave: what a killed run left. One\n"
	"                     that runs makes it again\n"
	"      --version      print the version and leave\n"
	"  -h, --help         print this and leave\n"
	"\n"
	"It runs in the foreground and logs to standard error. All its rules are in a table of its own,\n"
	"\"inet natsbc\" (nft list table inet natsbc); it touches no other. For the address of each realm:\n"
	"\n"
	"  SIP ports (listen)          open to realms.*.networks, or to all where there are none; not to the banned\n"
	"  media ports (media.ports)   UDP is dropped but where there is a pinhole\n"
	"  pinholes.forward            the same for hosts behind this one\n"
	"\n"
	"Where the public address of a realm is \"auto\", the router above is asked for it, and for the ports that "
	"sbc\n"
	"wants to be reached at: by PCP (RFC 6887), or by NAT-PMP where it knows no other (pinholes.upstream).\n"
	"\n"
	"All else passes: other ports are the business of other tables. So are these, as well: a packet\n"
	"that another table drops is dropped, whatever is open here.\n"
	"\n"
	"A pinhole closes where sbc says so, after some time without a packet, or when its time is over; for the\n"
	"latter two nobody needs to run any more. A killed run leaves its table; the next one goes on with it. On\n"
	"SIGTERM or SIGINT the table is removed, unless --keep is given; on SIGQUIT it stays. Where somebody else "
	"removes it (nft flush\n"
	"ruleset), it is made again within a second or two.\n"
	"\n"
	"It needs root or CAP_NET_ADMIN, and gives up all else.\n"
	"\n"
	"Exit status: 0 done, 1 failed while starting or running, 2 wrong command line or configuration.\n"
	"\n"
	"Files: /etc/natsbc/sbc.json, /run/natsbc/firewall.sock (pinholes.socket).\n";

enum { OPTION_CHECK = 256, OPTION_VERSION, OPTION_KEEP, OPTION_REMOVE };

static const struct option known[] = {
	{ "config", required_argument, NULL, 'c' },   { "user", required_argument, NULL, 'u' },
	{ "keep", no_argument, NULL, OPTION_KEEP },   { "remove", no_argument, NULL, OPTION_REMOVE },
	{ "check", no_argument, NULL, OPTION_CHECK }, { "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, 'h' },           { 0 },
};

static void option_take(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'c':
		o->file = value;
		break;
	case 'u':
		o->user = value;
		break;
	case OPTION_KEEP:
		o->keep = true;
		break;
	case OPTION_REMOVE:
		o->task = OPTIONS_REMOVE;
		break;
	case OPTION_CHECK:
		o->task = OPTIONS_CHECK;
		break;
	case OPTION_VERSION:
		o->task = OPTIONS_VERSION;
		break;
	case 'h':
		o->task = OPTIONS_HELP;
		break;
	default:
		fputs("Try: sbc-firewall --help\n", stderr);
		o->task = OPTIONS_WRONG;
	}
}

struct options options_parse(int argc, char **argv)
{
	struct options o = { .task = OPTIONS_RUN, .file = "/etc/natsbc/sbc.json" };
	int c;

	while ((o.task == OPTIONS_RUN || o.task == OPTIONS_CHECK) &&
	       (c = getopt_long(argc, argv, "c:u:h", known, NULL)) != -1)
		option_take(&o, c, optarg);
	if ((o.task == OPTIONS_RUN || o.task == OPTIONS_CHECK) && optind < argc) {
		fprintf(stderr, "sbc-firewall: %s: no such argument. Try: sbc-firewall --help\n", argv[optind]);
		o.task = OPTIONS_WRONG;
	}
	return o;
}
