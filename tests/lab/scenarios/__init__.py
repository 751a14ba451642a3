# SPDX-License-Identifier: BSD-3-Clause
"""The scenarios, in the order in which they run."""

from .calls import (all_over, busy, cancel, cancel_at_once, lan_to_nat, media_timeout, nat_moves, nat_nat, nat_to_lan,
                    no_answer, rtcp, unknown_user, unregister, vanished)
from .checker import leak_checker
from .clients import baresip
from .host import run_script, same_host
from .hostile import bleed, scanner, stranger, torture
from .ipv6 import ipv6, ipv6_to_ipv4
from .keepalive import lan_to_nat_after_timeout
from .management import management
from .trunk import trunk_down, trunk_in, trunk_out
from .unrepaired import control, control_without_nat

PLAIN = [leak_checker, control, control_without_nat, run_script]  # without the SBC
SCENARIOS = [nat_to_lan, vanished, lan_to_nat, nat_nat, rtcp, nat_moves, lan_to_nat_after_timeout, cancel,
             cancel_at_once, busy, no_answer, unknown_user, unregister, media_timeout, same_host, ipv6, ipv6_to_ipv4,
             management, trunk_out, trunk_in, trunk_down, baresip, scanner, stranger, bleed, torture, all_over]
