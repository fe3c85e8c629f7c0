#include "mn/error.h"

#include <stdarg.h>
#include <stdio.h>

static int fail(struct mn_error *err, int status, const char *format, va_list args)
{
	err->status = status;
	err->memory = false;
	vsnprintf(err->text, sizeof err->text, format, args);
	/* Names come from files and command lines: a message stays one line and moves no terminal. */
	for (unsigned char *c = (unsigned char *)err->text; *c; c++) {
		if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
			*c = '?';
	}
	return -1;
}

int mn_fail(struct mn_error *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fail(err, MN_EXIT_FAILED, format, args);
	va_end(args);
	return -1;
}

int mn_misuse(struct mn_error *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fail(err, MN_EXIT_MISUSED, format, args);
	va_end(args);
	return -1;
}

int mn_fail_memory(struct mn_error *err, const char *what, unsigned long long bytes)
{
	mn_fail(err, "%s: out of memory (%llu bytes)", what, bytes);
	err->memory = true;
	return -1;
}
