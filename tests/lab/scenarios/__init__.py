# SPDX-License-Identifier: BSD-3-Clause
"""The scenarios, in the order in which they run."""

from .account import account
from .attack import attack_flood, attack_forged, attack_silent, attack_spray
from .banned import bans_restart
from .browser import browser_attacked, browser_changes, browser_lies, browser_to_phone, browsers
from .browser_moves import (browser_handed_to_browser, browser_transferred, browser_transfers,
                            browser_without_consent)
from .browser_reach import browser_ipv6, browser_tabs, browser_trunks
from .calls import (all_over, busy, cancel, cancel_at_once, lan_to_nat, media_timeout, nat_moves, nat_nat, nat_to_lan,
                    no_answer, rtcp, unknown_user, unregister, vanished)
from .certificates import certificate_reload, tls_trunk, wrong_certificates
from .checker import leak_checker
from .connected import connected, echoes
from .closed import closed_ban, closed_killed, closed_ports
from .clients import (baresip, baresip_tcp, baresip_tls, linphone, linphone_certificate, linphone_tcp, linphone_tls,
                      sipsak)
from .driver import in_driver, in_driver_killed
from .dropin import (dropin_baresip, dropin_basic, dropin_browser, dropin_cancel, dropin_fork, dropin_fork_realms, dropin_fork_stock,
                     dropin_hold, dropin_ipv6, dropin_ipv6_to_ipv4, dropin_large, dropin_late_offer,
                     dropin_media_address, dropin_opensips, dropin_orders, dropin_restart, dropin_sealed,
                     dropin_statistics, dropin_stranger, dropin_tos, dropin_words)
from .faults import FAULTS
from .firewall import firewall_bans, firewall_clients, firewall_forward, firewall_holes, firewall_killed
from .forwarding import forwarding
from .host import run_script, same_host
from .guard import GUARD
from .hairpin import comes_back
from .hostile import bleed, scanner, stranger, torture
from .ipv6 import ipv6, ipv6_to_ipv4
from .keepalive import hold_outlives_nat, lan_to_nat_after_timeout
from .lasting import session_timers
from .listening import listening, listening_attacked, published
from .locating import by_name
from .management import management
from .privileges import privileges
from .ports import ports_killed, ports_restart, ports_scan, ports_scan_all, ports_told
from .restart import restart_by_quit, restart_in_call, restart_leaves_none, restart_of_both, restart_then_hold
from .networks import device, icmp_and_fragments, interfaces, one_to_one_nat
from .payload import dialled, fax, keys
from .rekeyed import REKEYED
from .secure import (baresip_dtls, baresip_ice, baresip_sdes, linphone_dtls, linphone_sdes, srtp_and_plain, srtp_both, srtp_forged, srtp_refused,
                     srtp_trunks, srtp_wrong_key)
from .soak import SOAK
from .starts import broken_starts
from .services import services, two_trunks
from .router import router_natpmp, router_pcp, router_stun
from .streams import (framing_errors, no_descriptors, slow_connections, slow_ones_gone, storm, tls_versions,
                      too_many, torture_tcp, websocket)
from .transfers import baresip_transfers, linphone_transfers
from .transports import (every_transport, ipv6_streams, kamailio, kamailio_tls, keepalives, large_by_tcp,
                         lost_in_call, lost_while_ringing, nat_called_back, sipp_tcp)
from .trunk import trunk_down, trunk_in, trunk_out
from .upstream import upstream_load, upstream_phones, upstream_restart, upstream_survives
from .units import units_start
from .workers import many_calls, two_queues
from .unrepaired import control, control_without_nat

PLAIN = [leak_checker, control, control_without_nat, run_script, broken_starts]  # without the SBC
SCENARIOS = [nat_to_lan, vanished, lan_to_nat, nat_nat, rtcp, keys, dialled, fax, nat_moves, lan_to_nat_after_timeout, hold_outlives_nat, cancel,
             cancel_at_once, busy, no_answer, unknown_user, unregister, media_timeout, same_host, ipv6, ipv6_to_ipv4,
             device, icmp_and_fragments, interfaces, one_to_one_nat,
             management, privileges, restart_in_call, restart_then_hold, restart_of_both, restart_leaves_none, restart_by_quit, trunk_out, trunk_in,
             trunk_down, baresip, scanner, stranger, bleed, attack_spray, attack_forged, attack_silent, attack_flood,
             closed_ports, closed_ban, closed_killed, in_driver, in_driver_killed, forwarding, comes_back, torture, all_over]
AF_XDP_ONLY = {in_driver, in_driver_killed}  # packet sockets have no such way
# With all transports open (natlab/edge.py). The slow connections live while the others run.
EDGE = [slow_connections, by_name, every_transport, nat_called_back, ipv6_streams, lost_while_ringing, lost_in_call,
        keepalives, large_by_tcp, slow_ones_gone, sipp_tcp, kamailio, kamailio_tls, account, baresip_tcp, baresip_tls,
        linphone, linphone_tcp, linphone_tls, linphone_certificate, baresip_transfers, linphone_transfers, sipsak,
        framing_errors, torture_tcp, tls_versions, websocket, storm, too_many, no_descriptors, tls_trunk,
        wrong_certificates, certificate_reload, all_over]
# Registrars behind us, services (natlab/who.py).
WHO = [upstream_phones, upstream_load, upstream_restart, upstream_survives, services, two_trunks, all_over]
# The relay alone, under Kamailio (natlab/dropin.py).
DROPIN = [dropin_basic, dropin_words, dropin_late_offer, dropin_hold, dropin_fork, dropin_fork_stock,
          dropin_fork_realms, dropin_cancel, dropin_ipv6, dropin_ipv6_to_ipv4, dropin_tos, dropin_media_address, dropin_statistics,
          dropin_restart, dropin_orders, dropin_baresip, dropin_sealed, dropin_browser, dropin_opensips, dropin_large,
          dropin_stranger, connected, echoes, listening, published, listening_attacked]
# Two threads move the media (natlab/workers.py).
WORKERS = [many_calls, in_driver, nat_to_lan, nat_nat, rtcp, keys, dialled, fax, nat_moves, media_timeout, same_host, ipv6, ipv6_to_ipv4,
           device, management, restart_in_call, bleed, attack_flood, comes_back, all_over]
# Media that is encrypted (natlab/secure.py).
SECURE = [srtp_and_plain, srtp_both, srtp_trunks, srtp_refused, srtp_wrong_key, srtp_forged, baresip_sdes,
          baresip_dtls, baresip_ice, linphone_sdes, linphone_dtls, browser_to_phone, browser_changes,
          browser_attacked, browser_lies, browsers, browser_transferred, browser_handed_to_browser, browser_transfers,
          browser_without_consent, browser_trunks, browser_ipv6, browser_tabs, *REKEYED, all_over]
# The same over wires that have two queues, by AF_XDP.
QUEUES = [two_queues, in_driver, nat_to_lan, nat_nat, rtcp, dialled, nat_moves, same_host, ipv6, ipv6_to_ipv4, bleed, comes_back, all_over]
LASTING = [session_timers]  # beside all others (natlab/lasting.py)
# The border itself (natlab/border.py); those called "firewall" and "router" have programs of their own, elsewhere.
BORDER = [firewall_holes, firewall_bans, firewall_forward, firewall_killed, firewall_clients, router_pcp, router_natpmp,
          router_stun, ports_scan, ports_scan_all, ports_told, ports_restart, ports_killed, bans_restart, units_start]
