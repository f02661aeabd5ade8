# rcause: why did this DNS query fail?
#
#   make demo          install what is missing, build, explain a bundled incident
#   make check         install what is missing, build, run the tests
#   make all, unit     build ./rcause, the test programs
#   make install       into PREFIX (/usr/local); uninstall takes it away
#   make docs          rewrite what is generated: docs/, the schema, the README's example
#   make golden        rewrite the events that the bundled captures must give
#   make lint, layers  what CI holds: format, lengths; which folder may include which
#   make asan, tsan    the tests under the sanitizers
#   make fuzz          replay the corpora; fuzz-long fuzzes
#   make tshark-diff   decode beside tshark: CAPTURES=FOLDER
#   make bench         what a packet costs
#   make lab           rebuild the test captures from real servers (root, 40 minutes)
#   make accuracy      score labelled captures: DIR=FOLDER VIEW=NAME; accuracy-docs writes docs/accuracy.md

CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build/release
PYTHON ?= /usr/bin/python3
PKG_CONFIG ?= pkg-config
V ?=
Q := $(if $(V),,@)

# Libraries: the required ones make the build fail clearly (tools/deps.sh installs them).
PACKAGES := libpcap jansson openssl ldns
OPTIONAL := zlib libzstd liblzma liblz4
HAVE := $(foreach p,$(OPTIONAL),$(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null && echo $(p)))
have_macro = -DRC_HAVE_$(shell echo $(1) | tr 'a-z-' 'A-Z_')=1

CFLAGS ?= -O2 -g
# The program is optimized as a whole where gcc chooses how; whoever gives CFLAGS chooses this too. The
# objects hold both forms: the tests are linked without.
LTO_FLAGS := -flto=auto -ffat-lto-objects
LTO := $(if $(filter file,$(origin CFLAGS)),$(shell echo 'int main(void) { return 0; }' | \
	$(CC) -Werror $(LTO_FLAGS) -x c -o /dev/null - 2>/dev/null && echo $(LTO_FLAGS)))
NO_LTO := $(if $(LTO),-fno-lto)
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wmissing-prototypes
WERROR ?=
VERSION := $(shell cat VERSION)
ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DRC_VERSION='"$(VERSION)"' $(foreach p,$(HAVE),$(call have_macro,$(p))) \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(HAVE) 2>/dev/null) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(WERROR) $(CFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES) $(HAVE) 2>/dev/null) -lpthread -lm

FOLDERS := base decode capture analyze emit
MAIN_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard *.c)))
LIB_SRC := $(sort $(foreach d,$(FOLDERS),$(wildcard $(d)/*.c $(d)/*/*.c)))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB := $(BUILD)/librcause.a
TEST_SRC := $(sort $(wildcard tests/*/test_*.c))
TESTS := $(TEST_SRC:%.c=$(BUILD)/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(FUZZ_SRC:%.c=$(BUILD)/%)

.PHONY: all check demo deps lint layers format asan tsan fuzz fuzz-long tshark-diff bench lab accuracy accuracy-docs golden docs install uninstall clean help unit
all: rcause
	@:

rcause: $(BUILD)/rcause
	$(Q)cp $< $@

help:
	@sed -n 's/^#   //p' Makefile

# Installs what the build and the tests need; a no-op when it is there. On systems without apt it
# prints the packages and stops.
deps:
	$(Q)tools/deps.sh build

# --- build ---------------------------------------------------------------------------------------
$(MAIN_OBJ) $(LIB_OBJ): ALL_CFLAGS += $(LTO)

$(BUILD)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	@$(if $(Q),echo '  CC      $<')
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@$(if $(Q),echo '  AR      $@')
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/rcause: $(MAIN_OBJ) $(LIB)
	@$(if $(Q),echo '  LINK    rcause')
	$(Q)$(CC) $(ALL_CFLAGS) $(LTO) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@$(if $(Q),echo '  LINK    $@')
	$(Q)$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	@$(if $(Q),echo '  LINK    $@')
	$(Q)$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.SECONDARY:

# --- the two commands of the README --------------------------------------------------------------
demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tools/demo.sh

check: deps
	$(Q)$(MAKE) --no-print-directory all unit layers
	$(Q)BUILD=$(BUILD) PYTHON=$(PYTHON) tests/run.sh

unit: $(TESTS) $(FUZZERS) $(BUILD)/tests/bench/traffic $(BUILD)/tests/bench/reference $(BUILD)/tests/tshark/dump
	@:

# --- quality -------------------------------------------------------------------------------------
layers:
	$(Q)tools/layers.sh

lint:
	$(Q)tools/lint.sh

format:
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

# The whole suite under AddressSanitizer and UndefinedBehaviorSanitizer.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
asan:
	$(Q)$(MAKE) --no-print-directory BUILD=build/asan CFLAGS='$(SANITIZE)' build/asan/rcause unit
	$(Q)BUILD=build/asan PYTHON=$(PYTHON) RCAUSE=build/asan/rcause tests/run.sh

# What two threads do, and all that is live, under ThreadSanitizer.
tsan:
	$(Q)$(MAKE) --no-print-directory BUILD=build/tsan CFLAGS='-O1 -g -fsanitize=thread' build/tsan/rcause
	$(Q)for t in threads live; do RCAUSE=build/tsan/rcause $(PYTHON) tests/$$t.py || exit 1; done

# Replays every fuzz corpus with any compiler; tests/fuzz/README.md says how to fuzz for real.
fuzz: $(FUZZERS)
	$(Q)BUILD=$(BUILD) tests/fuzz/replay.sh

# Fuzzes TARGET, or all one after the other, for so many CPU seconds (FUZZER=libfuzzer or afl).
TARGET ?= $(patsubst tests/fuzz/%.c,%,$(FUZZ_SRC))
CPU_SECONDS ?= 1800
FUZZER ?= libfuzzer
fuzz-long:
	$(Q)for t in $(TARGET); do tests/fuzz/run.sh $$t $(CPU_SECONDS) $(FUZZER) || exit; done

# A target linked with the fuzzer's main instead of ours: what tests/fuzz/run.sh asks for.
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	$(Q)$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LIBS)

# What a packet costs beside a bare libpcap loop: PACKETS=10000000 ROUNDS=5 PROFILES=normal,flood
BENCH := $(BUILD)/tests/bench
$(BENCH)/null: $(BENCH)/null.o
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libpcap)

$(BENCH)/reference: $(BENCH)/reference.o
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

$(BENCH)/traffic: $(patsubst %,$(BENCH)/%.o,traffic queue world records resolver clients wire)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

bench: all $(BENCH)/null $(BENCH)/traffic
	$(Q)$(PYTHON) tests/bench/run.py ./rcause $(BENCH)/null $(BENCH)/traffic

# What decode says beside what tshark 4.0 says, field by field (tests/tshark/, docs/decode.md).
CAPTURES ?= pcaps
tshark-diff: $(BUILD)/tests/tshark/dump
	$(Q)BUILD=$(BUILD) $(PYTHON) tests/tshark/diff.py $(CAPTURES)

# --- the fault lab (root, Debian servers) --------------------------------------------------------
# Writes labelled captures to tests/lab/out/cases, and holds the labels beside tshark.
lab: all
	$(Q)tools/deps.sh lab
	$(Q)tests/lab/run.sh
	$(Q)$(PYTHON) tests/lab/check.py

# Scores the causes, view by view, on pcaps/ and on what 'make lab' wrote.
DIR ?= pcaps $(wildcard tests/lab/out/cases)
VIEW ?= main
accuracy: all
	$(Q)$(PYTHON) tests/accuracy.py --rcause ./rcause --view $(VIEW) $(DIR)

# Measures everything again and rewrites the tables of docs/accuracy.md; needs what 'make lab' wrote.
accuracy-docs: all
	$(Q)$(PYTHON) tests/accuracy_doc.py --rcause ./rcause

# Rewrites what is generated from the program's own tables: docs/event.schema.json, docs/events.md,
# docs/causes.md.
docs: all
	$(Q)$(PYTHON) tools/docs.py --rcause ./rcause --write

# Rewrites the expected events beside the captures; read the diff before you commit it.
golden: all
	$(Q)$(PYTHON) tests/golden.py --rcause ./rcause --write

# --- install -------------------------------------------------------------------------------------
install: all
	install -D -m 0755 rcause $(DESTDIR)$(PREFIX)/bin/rcause
	install -D -m 0644 docs/event.schema.json $(DESTDIR)$(PREFIX)/share/rcause/event.schema.json
	install -D -m 0644 README.md $(DESTDIR)$(PREFIX)/share/doc/rcause/README.md
	install -D -m 0644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/rcause/LICENSE

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/rcause
	rm -rf $(DESTDIR)$(PREFIX)/share/rcause $(DESTDIR)$(PREFIX)/share/doc/rcause

clean:
	rm -rf build rcause
