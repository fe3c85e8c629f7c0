/* analyzer.h - what the static analyzers cannot see from one file: these always return -1, so that their callers fail too. */
#include "mn/error.h"

#define mn_fail(...)        (mn_fail(__VA_ARGS__), -1)
#define mn_misuse(...)      (mn_misuse(__VA_ARGS__), -1)
#define mn_fail_memory(...) (mn_fail_memory(__VA_ARGS__), -1)
