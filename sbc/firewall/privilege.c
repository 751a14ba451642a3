/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/privilege.h"

#include <cap-ng.h>
#include <sys/prctl.h>

bool privilege_is_there(void)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN);
}

int privilege_drop(void)
{
	/* Of the bounding set only what CAP_SETPCAP allows: a unit has bounded it already. */
	bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN) ||
	    capng_apply(bounding ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS))
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
