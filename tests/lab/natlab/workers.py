# SPDX-License-Identifier: BSD-3-Clause
"""workers.py: the SBC of the group "workers": two threads move its media. With packet sockets each has one of every
interface; a wire has one queue, so that over AF_XDP each thread serves one of the wires, and sends for the other."""

import os

from .net import sh
from .programs import Programs, configuration

CORES = [0, 1]


class WorkersPrograms(Programs):
    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["relay"]["cores"] = CORES
        return config


class QueuesPrograms(WorkersPrograms):
    """AF_XDP over wires that have a queue for each worker, in both directions and at both ends."""

    def __init__(self, lab, bin_dir, _):
        lab.port = "af_xdp"
        super().__init__(lab, bin_dir, lab.port)
        # Of a veth DPDK would serve one queue: tests/lab/preload.
        self.more_environment = {"LD_PRELOAD": os.path.join(os.path.abspath(lab.tools), "combined_channels.so"),
                                 "ASAN_OPTIONS": "verify_asan_link_order=0"}
        self.divided = False

    def start(self):
        ends = ("sbc", "inet"), ("sbc", "lan"), ("inet", "sbc"), ("lan", "sbc")
        for name, device in () if self.divided else ends:
            sh("ip", "netns", "exec", self.lab.net.ns(name), "ethtool", "-L", device, "rx", str(len(CORES)),
               "tx", str(len(CORES)))
        self.divided = True
        super().start()
