# mn: small programs that measure how neural networks learn data and how they memorize noise.
# `make help` lists what can be asked for. Settings: config.mk, or the command line.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
export LC_ALL := C

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
# A variant is the same sources compiled another way: plain, double, asan, clang, asan-double.
VARIANT ?= plain
BUILD   := $(if $(filter plain,$(VARIANT)),build,build/$(VARIANT))

-include config.mk

LIBRARIES := openblas libcurl libarchive jansson libcrypto zlib
pkg        = $(shell pkg-config $1 $(LIBRARIES) 2>/dev/null)

CC       := $(if $(filter clang%,$(VARIANT)),clang,$(if $(filter default,$(origin CC)),gcc,$(CC)))
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
OPTIMIZE ?= -O2 -g
CPPFLAGS += -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DMN_VERSION='"$(VERSION)"' $(if $(findstring double,$(VARIANT)),-DMN_DOUBLE)
comma    := ,
SANITIZE := $(if $(findstring asan,$(VARIANT)),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer) \
            $(if $(findstring fuzz,$(VARIANT)),-fsanitize=fuzzer-no-link)
CFLAGS   := -std=c17 $(WARNINGS) $(OPTIMIZE) -fno-math-errno -ffp-contract=off -pthread $(SANITIZE) $(call pkg,--cflags)
# Each program is linked to the libraries that it uses and no others.
LDLIBS   := -Wl,--as-needed $(call pkg,--libs) -lcsv -lm -pthread

LIB_SOURCES := $(wildcard lib/*/*.c)
PROGRAMS    := $(patsubst cmd/%.c,%,$(wildcard cmd/mn-*.c))
UNIT_TESTS  := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
BENCHES     := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/bench_*.c))
# One side of a benchmark is oneDNN's, where it is installed (Debian: libdnnl-dev).
BENCHES     := $(filter-out $(if $(wildcard /usr/include/dnnl.h),,bench_convolve),$(BENCHES))
BENCH_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/bench/bench_%,$(wildcard tests/bench/*.c)))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o)

all: $(PROGRAMS:%=$(BUILD)/bin/%) ## build the programs in build/bin (the default)

unit: $(UNIT_TESTS:%=$(BUILD)/tests/%) $(if $(filter plain,$(VARIANT)),$(BUILD)/tests/fail.so) $(BUILD)/tests/download

$(BUILD)/lib/libmn.a: $(LIB_OBJECTS)
	@mkdir -p $(@D); rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The passes are made of loops worth vectors; those of convolutions and lists want one instruction for a product and a sum, too.
$(BUILD)/lib/nn/%.o $(BUILD)/lib/train/%.o: CFLAGS += -O3
$(BUILD)/lib/nn/tile.o $(BUILD)/lib/nn/lists.o: CFLAGS += -ffp-contract=fast

$(BUILD)/bin/%: $(BUILD)/cmd/%.o $(BUILD)/cmd/common.o $(BUILD)/lib/libmn.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/lib/libmn.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What makes calls fail, for tests/fault/calls.sh: a library to preload, which sanitizers do not go with.
$(BUILD)/tests/fail.so: tests/fault/fail.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $<

# What downloads any file, for tests/fault/network.sh.
$(BUILD)/tests/download: $(BUILD)/tests/fault/download.o $(BUILD)/lib/libmn.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BENCH_SHARED) $(BUILD)/lib/libmn.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/bench_convolve: LDLIBS += -ldnnl

# Everything is compiled anew when the compiler or its flags change, and only then.
$(BUILD)/flags: FORCE
	@pkg-config --exists $(LIBRARIES) 2>/dev/null || echo 'libraries are missing: make deps' >&2
	@mkdir -p $(@D); echo '$(CC) $(subst ','\'',$(CPPFLAGS) $(CFLAGS))' >$@.new; \
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

.SECONDARY: $(BUILD)/cmd/common.o $(PROGRAMS:%=$(BUILD)/cmd/%.o) $(UNIT_TESTS:%=$(BUILD)/tests/unit/%.o) $(BENCH_SHARED) $(BENCHES:%=$(BUILD)/tests/bench/%.o)
-include $(BUILD)/tests/fault/download.d $(LIB_OBJECTS:.o=.d) $(BENCH_SHARED:.o=.d) $(BENCHES:%=$(BUILD)/tests/bench/%.d) $(BUILD)/cmd/common.d $(PROGRAMS:%=$(BUILD)/cmd/%.d) $(UNIT_TESTS:%=$(BUILD)/tests/unit/%.d)

include tests/fuzz/fuzz.mk

# What each variant is for: plain is what users run; double shows gradients and products to 1e-8; asan finds bad memory and undefined
# behaviour; clang is a second opinion on the sources.
CHECKS := plain:build lint asan:build asan-double:build double:build clang:build \
          plain:slurm asan-double:unit asan:fuzz asan:cli double:unit plain:unit plain:cli

check: deps-check ## install what is missing, then all tests; the last line is "N passed, N failed"
	@tests/run $(CHECKS)

check-long: deps-check ## tests that take longer
	@TEST_LIMIT=3600 tests/run plain:build long fault

lint: deps-check ## formatter, static analysis, shell scripts, manual pages, layers
	@tests/run plain:build lint

deps: ## install the Debian packages that are missing (NO_INSTALL=1: only say which)
	@scripts/deps build demo

deps-check:
	@scripts/deps build demo test

# The figures: targets of pipelines/figures.mk, with the programs that were just built.
fig1 fig2 fig2-left fig2-right fig3 fig3-left fig3-right curves report plan submit collect: all ## a figure, or all of a profile on one page; PROFILE=demo|small|paper DATA=mnist|... NOISE=inputs|labels
	+@$(MAKE) -f pipelines/figures.mk $@

# What a reader finds before running anything: the largest run of each figure.
results: ## keep figures of out/PROFILE in pipelines/results: NAMES='fig1 fig3-left' PROFILE=small
	@test -n '$(NAMES)' -a -n '$(PROFILE)' || { echo "results: which? NAMES='fig1 fig2-left' PROFILE=demo" >&2; exit 2; }
	@for name in $(NAMES); do cp out/$(PROFILE)/$$name{.csv,-claims.csv,.svg,.txt} pipelines/results/; done

demo: deps ## install what is missing, build, make all figures in the demo profile, and the page that shows them
	+@$(MAKE) -s all
	+@$(MAKE) -s -f pipelines/figures.mk all PROFILE=demo

bench: all $(BENCHES:%=$(BUILD)/bench/%) ## measure speed and memory against OpenBLAS and PyTorch (ROW=NAME: one row)
	@tests/bench/run.py $(ROW)

PAGES     := $(wildcard man/*.[157])
PIPELINES := $(shell find pipelines -path pipelines/results -prune -o -type f -print)
# What is installed, as paths below PREFIX: the list that uninstall removes.
INSTALLED  = $(PROGRAMS:%=bin/%) $(foreach p,$(PAGES),share/man/man$(subst .,,$(suffix $p))/$(notdir $p)) $(PIPELINES:%=share/mn/%) \
             $(PROGRAMS:%=share/bash-completion/completions/%)

install: all ## install below DESTDIR/PREFIX (/usr/local)
	@for file in $(PROGRAMS:%=$(BUILD)/bin/%); do install -D -m 755 "$$file" "$(DESTDIR)$(PREFIX)/bin/$${file##*/}"; done
	@for name in $(PROGRAMS); do scripts/completion "$(BUILD)/bin/$$name" | \
	  install -D -m 644 /dev/stdin "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$name"; done
	@for file in $(PAGES); do install -D -m 644 "$$file" "$(DESTDIR)$(PREFIX)/share/man/man$${file##*.}/$${file##*/}"; done
	@for file in $(PIPELINES); do \
	  mode=644; if [ -x "$$file" ]; then mode=755; fi; install -D -m "$$mode" "$$file" "$(DESTDIR)$(PREFIX)/share/mn/$$file"; done

uninstall: ## remove what install put there
	rm -f $(INSTALLED:%="$(DESTDIR)$(PREFIX)/%")
	find "$(DESTDIR)$(PREFIX)/share/mn" -depth -type d -empty -delete 2>/dev/null || true

dist: ## build/mn-VERSION.tar.gz: what is committed; it builds and is checked without git
	@mkdir -p build
	git archive --prefix=mn-$(VERSION)/ -o build/mn-$(VERSION).tar.gz HEAD
	@ls build/mn-$(VERSION).tar.gz

deb: dist ## a Debian package in build/, from what is committed
	@scripts/deps build deb
	rm -rf build/mn-$(VERSION) && tar xzf build/mn-$(VERSION).tar.gz -C build
	cd build/mn-$(VERSION) && env -u MAKEFLAGS -u MFLAGS -u VARIANT -u PREFIX -u DESTDIR dpkg-buildpackage -us -uc -b
	lintian --fail-on error build/mn_$(VERSION)_*.changes

clean: ## remove build/ (results in out/ stay)
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9 -]*\):.*## /\1\t/p' Makefile | expand -t 16

.PHONY: fig1 fig2 fig2-left fig2-right fig3 fig3-left fig3-right curves report plan submit collect results demo dist deb install uninstall all unit bench check check-long lint deps deps-check clean help FORCE
FORCE:
