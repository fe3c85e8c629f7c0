# fuzz.mk - each tests/fuzz/fuzz_NAME.c is a fuzz target NAME: a function LLVMFuzzerTestOneInput that gives any bytes to a reader.
# It is compiled two ways: with libFuzzer (clang; make fuzz), or by any compiler with a main that replays files (make check).
# seed_NAME beside it makes inputs to start from; NAME.dict holds words of the format, where there is one; corpus/NAME past findings.

FUZZERS   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
LIBFUZZER := $(if $(findstring fuzz,$(VARIANT)),-fsanitize=fuzzer)

fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)

unit: fuzzers

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(if $(LIBFUZZER),,$(BUILD)/tests/fuzz/replay.o) $(BUILD)/lib/libmn.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(LIBFUZZER) -o $@ $^ $(LDLIBS)

.SECONDARY: $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%.o) $(BUILD)/tests/fuzz/replay.o
-include $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%.d) $(BUILD)/tests/fuzz/replay.d

SECONDS ?= 60
TARGETS ?= $(FUZZERS)
fuzz: all ## look for bytes that break a reader, for SECONDS=60 each of TARGETS="stream dataset ..."
	+@$(MAKE) -s VARIANT=clang-asan-fuzz fuzzers
	@tests/fuzz/run $(SECONDS) $(TARGETS)

.PHONY: fuzz fuzzers
