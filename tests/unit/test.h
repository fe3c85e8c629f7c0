/* test.h - the whole of our unit-test harness: each check prints one line, "ok - what" or "not ok - what (file:line)";
 * tests/run counts them. A test program's exit status is that of test_end(). */
#ifndef TEST_H
#define TEST_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct test {
	int failed;
};

__attribute__((format(printf, 5, 6))) static inline bool test_check(struct test *t, bool holds, const char *file, int line,
                                                                    const char *format, ...)
{
	va_list args;
	va_start(args, format);
	printf(holds ? "ok - " : "not ok - ");
	vprintf(format, args);
	va_end(args);
	if (holds)
		printf("\n");
	else
		printf(" (%s:%d)\n", file, line);
	t->failed += !holds;
	return holds;
}

/* CHECK(t, holds, format, ...): the text says what is claimed. */
#define CHECK(t, holds, ...) test_check(t, holds, __FILE__, __LINE__, __VA_ARGS__)

/* |got - want| <= tolerance * max(1, |want|); prints both numbers. */
#define CHECK_NEAR(t, got, want, tolerance, what)                                                                                          \
	test_check(t, fabs((double)(got) - (double)(want)) <= (tolerance)*fmax(1, fabs((double)(want))), __FILE__, __LINE__,               \
	           "%s: got %.12g, want %.12g within %g", what, (double)(got), (double)(want), (double)(tolerance))

static inline int test_end(const struct test *t)
{
	fflush(stdout);
	return t->failed ? 1 : 0;
}

#endif
