/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/base/command.h"

static const char *const names[NG_COMMAND_N] = {
	[NG_PING] = "ping",
	[NG_OFFER] = "offer",
	[NG_ANSWER] = "answer",
	[NG_ROLLBACK] = "rollback",
	[NG_DELETE] = "delete",
	[NG_QUERY] = "query",
	[NG_LIST] = "list",
	[NG_STATISTICS] = "statistics",
	[NG_BLOCK_MEDIA] = "block media",
	[NG_UNBLOCK_MEDIA] = "unblock media",
	[NG_SILENCE_MEDIA] = "silence media",
	[NG_UNSILENCE_MEDIA] = "unsilence media",
	[NG_BLOCK_DTMF] = "block DTMF",
	[NG_UNBLOCK_DTMF] = "unblock DTMF",
	[NG_START_RECORDING] = "start recording",
	[NG_STOP_RECORDING] = "stop recording",
	[NG_PAUSE_RECORDING] = "pause recording",
	[NG_PLAY_DTMF] = "play DTMF",
	[NG_PLAY_MEDIA] = "play media",
	[NG_STOP_MEDIA] = "stop media",
	[NG_START_FORWARDING] = "start forwarding",
	[NG_STOP_FORWARDING] = "stop forwarding",
	[NG_SUBSCRIBE_REQUEST] = "subscribe request",
	[NG_SUBSCRIBE_ANSWER] = "subscribe answer",
	[NG_UNSUBSCRIBE] = "unsubscribe",
	[NG_PUBLISH] = "publish",
	[NG_CONNECT] = "connect",
	[NG_ADOPT] = "adopt",
	[NG_LEASE] = "lease",
	[NG_DISOWN] = "disown",
	[NG_AUDIT] = "audit",
	[NG_BAN] = "ban",
	[NG_UNBAN] = "unban",
	[NG_PORTS] = "ports",
	[NG_COMMAND_OTHER] = "other",
};

const char *command_name(enum ng_command command)
{
	return names[command < NG_COMMAND_N ? command : NG_COMMAND_OTHER];
}
