# natsbc: `make help` lists what there is.
# A build with sanitizers lives beside the plain one: make SAN=address,undefined

VERSION := 0.1.0
CC ?= gcc
CLANG ?= clang
PREFIX ?= /usr
DESTDIR ?=
SAN ?=
JOBS ?= $(shell nproc)

comma := ,
# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)	$(patsubst $(CURDIR)/%,%,$@)")
B := build
# What 'make trained' makes, with a B of its own; COUNTING=1: its first half, programs that count what they run.
T := $(B)/trained
COUNTING ?=
O := $(B)$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
BIN := $(O)/bin

WARN := -Wall -Wextra -Werror -Wshadow -Wvla -Wconversion -Wno-sign-conversion -Wpointer-arith -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wformat=2
# What the compiler can do for a program that hostile bytes are read in; tools/check-hardening looks for it in the result.
# Level 3 of fortify needs gcc 12, shadow stacks and indirect branch tracking an x86.
can = $(shell echo 'int main(void) { return 0; }' | $(CC) -O2 -Werror $(1) -x c -c -o /dev/null - 2>/dev/null && echo $(1))
FORTIFY := $(or $(call can,-D_FORTIFY_SOURCE=3 -include string.h),-D_FORTIFY_SOURCE=2)
CET := $(call can,-fcf-protection=full)
HARDEN := $(if $(SAN),,$(firstword $(FORTIFY))) -fstack-protector-strong $(call can,-fstack-clash-protection) $(CET) -fPIE
OPT := $(if $(SAN),-O1 -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all,-O2)
CFLAGS ?= -g $(OPT)
# The programs are optimised as a whole (about a tenth of their time); objects hold machine code too, so that tests link
# in no time.
LTO := $(if $(SAN)$(COUNTING),,-flto=auto)
NO_LTO := $(if $(LTO),-fno-use-linker-plugin)
# Tests are hundreds of programs, and this linker (of binutils) takes half as long for each, or less.
QUICK_LD := $(if $(shell command -v ld.gold),-fuse-ld=gold)
COUNT := $(if $(COUNTING),-fprofile-generate -fprofile-update=prefer-atomic)
# A file with counts beside it: they say what is likely and what is never run, which goes out of the way. Not -fprofile-use,
# which also unrolls and copies what is run often: code that is cold again for each call is better short. Functions that
# the training never ran (SRTP, TLS, …) are compiled as ever; those that changed after it, too, and the compiler says so.
USE_COUNTS := -fbranch-probabilities -fprofile-values -fprofile-reorder-functions -fprofile-partial-training \
	-Wno-missing-profile -Wno-error
TRAINED := $(wildcard $(O)/obj/trained)
override CFLAGS += $(COUNT) -std=gnu11 $(WARN) $(HARDEN) -D_GNU_SOURCE -DNATSBC_VERSION='"$(VERSION)"' -I.
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(COUNT) $(if $(SAN),-fsanitize=$(SAN))
# Of the programs; QUICK_LD does not know it.
APART := -Wl,-z,separate-code$(if $(CET),$(comma)-z$(comma)shstk)

ALG_SRC := $(sort $(wildcard alg/*/*.c))
SBC_SRC := $(sort $(filter-out sbc/main.c sbc/firewall/%,$(wildcard sbc/*.c sbc/*/*.c)))
FIREWALL_SRC := $(sort $(filter-out sbc/firewall/main.c,$(wildcard sbc/firewall/*.c)))
RELAY_SRC := $(sort $(filter-out rtpproxy/main.c rtpproxy/bpf/%,$(wildcard rtpproxy/*.c rtpproxy/*/*.c)))
BPF_SRC := $(sort $(wildcard rtpproxy/bpf/*.bpf.c))
CTL_SRC := $(sort $(wildcard tools/sbcctl/*.c))
UNIT_SRC := $(sort $(shell find tests/unit -name '*_test.c' 2>/dev/null))
FLOW_SRC := $(sort $(wildcard tests/flow/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*_fuzz.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*_bench.c))
LABTOOL_SRC := $(sort $(wildcard tests/lab/tools/*.c))

# Set where a build needs few of the sources (check-tsan).
ONLY ?=
only = $(if $(ONLY),$(filter $(ONLY),$(1)),$(1))
obj = $(patsubst %.c,$(O)/obj/%.o,$(1))

# Debian's DPDK flags ask for -include rte_config.h and corei7; its headers are not ours to warn about.
DPDK_CFLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libdpdk)) -DALLOW_EXPERIMENTAL_API
DPDK_LIBS = $(shell pkg-config --libs libdpdk)
BPF_LIBS = $(shell pkg-config --libs libbpf)
ALG_LIBS := -ljansson
# Of alg/os, which only the programs use that link it.
OS_LIBS := -lseccomp
SBC_LIBS := -lcap-ng $(OS_LIBS) -levent_core -levent_extra -lwslay -lssl -lcrypto -lcares -lsqlite3 $(ALG_LIBS)
# Never OpenSSL: libnftables is under GPL-2 alone.
FIREWALL_LIBS := -lnftables -lcap-ng $(OS_LIBS) $(ALG_LIBS)
RELAY_LIBS = $(DPDK_LIBS) $(BPF_LIBS) -lmnl -lssl -lcrypto -lcap-ng $(OS_LIBS) $(ALG_LIBS)

# Only these files of the relay know DPDK or libbpf (tools/check-layers holds them to it).
$(O)/obj/rtpproxy/%.o $(O)/obj/tests/unit/rtpproxy/%.o $(O)/obj/tests/bench/datapath_bench.o $(O)/obj/tests/bench/workers_bench.o: EXTRA_CFLAGS = $(DPDK_CFLAGS)

# Objects are kept: they are what makes the next build short.
.SECONDARY:
.PHONY: all trained help deps run demo check check-beside check-unit check-lab check-tsan bench bench-peers bench-media \
	fuzz lint format install uninstall clean units FORCE

all: $(BIN)/sbc $(BIN)/sbc-firewall $(BIN)/rtpproxy $(BIN)/sbcctl

help:
	@sed -n 's/^## //p' Makefile

## make               build sbc, sbc-firewall, rtpproxy and sbcctl into build/bin
## make trained       the same, laid out by what a load of calls takes: faster; stays so until make clean (root)
## make deps          install the Debian packages that building and testing need (root)
## make run           install what building needs, build, then run the SBC in the foreground with conf/sbc.json (root)
## make demo          one call through real NAT in network namespaces, shown step by step (root)
## make check         deps, build and run every test (root)
## make check-unit    unit, flow and configuration tests and the fuzz corpora: no root
## make check-lab     calls between namespaces through real NAT (root)
## make bench         figures, one JSON line each
## make bench-peers   the same load on Kamailio and rtpengine beside us (root; installs them)
## make bench-media   the same packets through us and through rtpengine, where it is installed (root)
## make fuzz T=sip_msg SECONDS=60   run one fuzzer for a while
## make lint          layers, format, static analysis
## make format        let clang-format lay out the code
## make install       into DESTDIR/PREFIX
## make uninstall     out of there again; configuration and state stay
## make SAN=address,undefined ...   the same with sanitizers

# --- building -------------------------------------------------------------------------------------

# Unit tests are compiled far more often than they run, and their time is that of what they test.
for_unit := -O0 -U_FORTIFY_SOURCE
for_what = $(if $(filter tests/unit/%,$(1)),$(for_unit),$(if $(filter tests/flow/%,$(1)),,$(if $(LTO),$(LTO) -ffat-lto-objects)))

$(O)/obj/%.o: %.c $(TRAINED)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(if $(wildcard $(@:.o=.gcda)),$(USE_COUNTS)) $(call for_what,$<) $(EXTRA_CFLAGS) -MMD -MP -c -o $@ $<

# BPF programs are linked into the relay as bytes: nothing to find at run time.
$(B)/bpf/%.bpf.o: rtpproxy/bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -D__$(shell uname -m)__ -g -O2 -Wall -Werror -I/usr/include/$(shell uname -m)-linux-gnu -I. -MMD -MP -c -o $@ $<

$(O)/obj/bpf/%.bpf.embed.o: $(B)/bpf/%.bpf.o
	@mkdir -p $(@D)
	$(Q)cd $(B)/bpf && ld -r -b binary -z noexecstack -o $(abspath $@) $*.bpf.o

BPF_OBJ := $(patsubst rtpproxy/bpf/%.bpf.c,$(O)/obj/bpf/%.bpf.embed.o,$(BPF_SRC))

libalg_OBJ = $(call obj,$(call only,$(ALG_SRC)))
libsbc_OBJ = $(call obj,$(call only,$(SBC_SRC)))
libfirewall_OBJ = $(call obj,$(FIREWALL_SRC))
librelay_OBJ = $(call obj,$(call only,$(RELAY_SRC))) $(BPF_OBJ)
LIBRARIES := libalg libsbc libfirewall librelay

# The names of a library's objects, written when they change: one whose source is gone must not stay in it.
$(LIBRARIES:%=$(O)/lib/%.list): $(O)/lib/%.list: FORCE
	@mkdir -p $(@D)
	@echo '$($*_OBJ)' | cmp -s - $@ || echo '$($*_OBJ)' >$@

$(O)/lib/libalg.a: $(libalg_OBJ)
$(O)/lib/libsbc.a: $(libsbc_OBJ)
$(O)/lib/libfirewall.a: $(libfirewall_OBJ)
$(O)/lib/librelay.a: $(librelay_OBJ)
$(O)/lib/%.a: $(O)/lib/%.list
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

FORCE:

$(BIN)/sbc: $(call obj,sbc/main.c) $(O)/lib/libsbc.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LTO) $(OPT) $(if $(TRAINED),$(USE_COUNTS)) $(LDFLAGS) $(APART) -o $@ $^ $(SBC_LIBS)

$(BIN)/sbc-firewall: $(call obj,sbc/firewall/main.c) $(O)/lib/libfirewall.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(LDFLAGS) $(APART) -o $@ $^ $(FIREWALL_LIBS)

$(BIN)/rtpproxy: $(call obj,rtpproxy/main.c) $(O)/lib/librelay.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LTO) $(OPT) $(if $(TRAINED),$(USE_COUNTS)) $(LDFLAGS) $(APART) -o $@ $^ $(RELAY_LIBS)

$(BIN)/sbcctl: $(call obj,$(CTL_SRC)) $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(LDFLAGS) $(APART) -o $@ $^ $(ALG_LIBS)

# What the programs mostly do is counted under a load, and then they are built by that: in the same place, by which the
# compiler knows functions again.
trained:
	@[ "$$(id -u)" = 0 ] || { echo "make trained: the load needs network namespaces: run it as root" >&2; exit 1; }
	rm -rf $(T)
	$(MAKE) -j$(JOBS) B=$(T) COUNTING=1 all $(T)/tests/bench/datapath_bench $(LABTOOL_BIN:$(O)/%=$(T)/%)
	tests/bench/train -b $(T)
	rm -rf $(T)/tests # what loads and measures counts as well, and would go on
	$(MAKE) -j$(JOBS) B=$(T) all

# --- tests ----------------------------------------------------------------------------------------

UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/tests/unit/%,$(UNIT_SRC))
units: $(UNIT_BIN)

$(O)/tests/unit/alg/%: $(O)/obj/tests/unit/alg/%.o $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(ALG_LIBS)
$(O)/tests/unit/alg/os/%: ALG_LIBS += $(OS_LIBS)

$(O)/tests/unit/sbc/%: $(O)/obj/tests/unit/sbc/%.o $(O)/lib/libsbc.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(SBC_LIBS)

$(O)/tests/unit/sbc/firewall/%: $(O)/obj/tests/unit/sbc/firewall/%.o $(O)/lib/libfirewall.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(FIREWALL_LIBS)

$(O)/tests/unit/rtpproxy/%: $(O)/obj/tests/unit/rtpproxy/%.o $(O)/lib/librelay.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(RELAY_LIBS) -lrte_net_ring -lsrtp2

$(O)/tests/unit/tools/%: $(O)/obj/tests/unit/tools/%.o $(call obj,$(filter-out tools/sbcctl/main.c,$(CTL_SRC))) $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(ALG_LIBS)

# Whole calls in process: the real control plane and the real session logic of the relay, on fake time.
$(O)/tests/flow/flow: $(call obj,$(FLOW_SRC)) $(O)/lib/libsbc.a $(O)/lib/librelay.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(QUICK_LD) $(LDFLAGS) -o $@ $^ -lcmocka $(SBC_LIBS) $(RELAY_LIBS)

$(O)/tests/bench/%: $(O)/obj/tests/bench/%.o $(O)/lib/libsbc.a $(O)/lib/librelay.a $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LTO) $(OPT) $(if $(TRAINED),$(USE_COUNTS)) $(LDFLAGS) $(APART) -o $@ $^ $(SBC_LIBS) $(RELAY_LIBS) -lsrtp2

# Tools of the lab: one file each.
$(O)/tests/lab/%: $(O)/obj/tests/lab/tools/%.o $(O)/lib/libalg.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LABTOOL_LIBS) $(ALG_LIBS)
$(O)/tests/lab/register_load: LABTOOL_LIBS := -lcrypto
# Loaded into programs under test, whatever those are built with.
LAB_PRELOAD := $(patsubst tests/lab/preload/%.c,$(O)/tests/lab/%.so,$(sort $(wildcard tests/lab/preload/*.c)))
$(O)/tests/lab/%.so: tests/lab/preload/%.c
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -O2 -std=gnu11 $(WARN) -D_GNU_SOURCE -fPIC -shared -o $@ $<
LABTOOL_BIN := $(patsubst tests/lab/tools/%.c,$(O)/tests/lab/%,$(LABTOOL_SRC)) $(LAB_PRELOAD)

FUZZ_BIN := $(patsubst tests/fuzz/%_fuzz.c,$(B)/fuzz/%,$(FUZZ_SRC))
FUZZ_FLAGS := -g -O1 -std=gnu11 -D_GNU_SOURCE -DNATSBC_VERSION='"$(VERSION)"' -I. -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all
FUZZ_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter-out alg/os/%,$(ALG_SRC)))
$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CLANG) $(subst fuzzer$(comma),fuzzer-no-link$(comma),$(FUZZ_FLAGS)) -MMD -MP -c -o $@ $<
$(B)/fuzz/%: tests/fuzz/%_fuzz.c $(FUZZ_OBJ)
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -o $@ $^ $(FUZZ_LIBS) $(ALG_LIBS)
# Where bytes from outside are read in sbc.
$(B)/fuzz/websocket: $(B)/fuzz/obj/sbc/wire/websocket.o
$(B)/fuzz/callrecord: $(B)/fuzz/obj/sbc/store/callrecord.o
$(B)/fuzz/websocket: FUZZ_LIBS := -lwslay -lcrypto
$(B)/fuzz/dtls: $(addprefix $(B)/fuzz/obj/rtpproxy/dtls/,association.o endpoint.o identity.o)
$(B)/fuzz/dtls: FUZZ_LIBS := -lssl -lcrypto
$(B)/fuzz/seal: $(addprefix $(B)/fuzz/obj/rtpproxy/path/,cover.o covered.o seal.o)
$(B)/fuzz/seal: FUZZ_LIBS := -lcrypto
# All of the relay that needs no packets.
$(B)/fuzz/session: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter rtpproxy/net/banned.c $(addprefix rtpproxy/,$(addsuffix /%,\
	dtls base line session stream life offer listen report command)),$(RELAY_SRC)))
$(B)/fuzz/session: FUZZ_LIBS := -lssl -lcrypto -lcmocka

check-unit: units $(O)/tests/flow/flow all $(FUZZ_BIN)
	tools/check-features
	$(if $(SAN),,tools/check-hardening $(wildcard $(BIN)/*))
	tests/run-unit $(O)
	tests/fuzz/replay $(B)/fuzz

check-lab: all $(LABTOOL_BIN)
	tests/lab/run -b $(O)

# Where there are threads: the relay's control thread and its worker; the SBC and who writes its store.
TSAN_TESTS := $(addprefix tests/unit/,rtpproxy/path/barred_test rtpproxy/path/cover_test rtpproxy/path/worker_test \
	rtpproxy/path/workers_test sbc/store/store_test sbc/store/store_file_test)
check-tsan: $(addprefix $(B)/,$(TSAN_TESTS))
	$(MAKE) SAN=thread ONLY="$$(tests/sources-of $^)" $(addprefix $(B)/san-thread/,$(TSAN_TESTS))
	set -e; for t in $(TSAN_TESTS); do $(B)/san-thread/$$t; done

# The lab waits most of the time: what remains is built and run beside it, and steps back where both want a processor.
check: deps
	$(MAKE) -j$(JOBS) all $(LABTOOL_BIN)
	$(MAKE) -j$$(($(JOBS) + 1)) -Otarget --no-print-directory check-lab check-beside

check-beside:
	nice -n 19 $(MAKE) units $(O)/tests/flow/flow $(FUZZ_BIN)
	nice -n 19 $(MAKE) check-unit
	nice -n 19 $(MAKE) SAN=address,undefined units $(B)/san-address-undefined/tests/flow/flow
	nice -n 19 tests/run-unit $(B)/san-address-undefined
	nice -n 19 $(MAKE) check-tsan

fuzz: $(FUZZ_BIN)
	tests/fuzz/run $(B)/fuzz "$(T)" "$(SECONDS)"

bench: all $(patsubst tests/bench/%.c,$(O)/tests/bench/%,$(BENCH_SRC)) $(LABTOOL_BIN)
	tests/bench/run $(O)

bench-media: all $(LABTOOL_BIN)
	tests/bench/media -b $(O)

# Where programs were trained it is these that are measured and installed, brought up to date.
ifneq ($(if $(SAN),,$(wildcard $(T)/obj/trained)),)
bench-peers install:
	$(MAKE) B=$(T) $@
else
bench-peers: all $(LABTOOL_BIN)
	tests/bench/peers -b $(O)

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)/etc/natsbc
	install -m 755 $(BIN)/sbc $(BIN)/sbc-firewall $(BIN)/rtpproxy $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(BIN)/sbcctl $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	for f in conf/systemd/*.service; do sed 's|/usr/sbin/|$(PREFIX)/sbin/|' $$f \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/$${f##*/} || exit 1; done
	install -m 644 conf/systemd/natsbc.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/natsbc.conf
	install -m 644 conf/systemd/natsbc.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/natsbc.conf
	install -m 644 conf/examples/minimal.json $(DESTDIR)/etc/natsbc/sbc.json.example
endif

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/sbin/,sbc sbc-firewall rtpproxy) $(DESTDIR)$(PREFIX)/bin/sbcctl
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/lib/systemd/system/,$(notdir $(wildcard conf/systemd/*.service)))
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/natsbc.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/natsbc.conf
	rm -f $(DESTDIR)/etc/natsbc/sbc.json.example

# --- running --------------------------------------------------------------------------------------

deps:
	tools/deps

run:
	tools/deps run
	$(MAKE) -j$(JOBS) all
	tools/run $(BIN)

demo: deps
	$(MAKE) -j$(JOBS) all $(LABTOOL_BIN)
	tests/lab/demo -b $(O)

# --- care -----------------------------------------------------------------------------------------

lint:
	tools/check-layers
	tools/check-features
	tools/lint

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf $(B)

-include $(shell find $(O)/obj $(B)/bpf $(B)/fuzz -name '*.d' 2>/dev/null)
