/* Text in memory: whole, or none where memory lacked once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mn/text.h"
#include "test.h"

enum { LINES = 10000 };

static void whole(struct test *t)
{
	struct mn_text text;
	char line[32];
	FILE *stream = mn_text_open(&text);
	for (int i = 0; i < LINES; i++)
		fprintf(stream, "%05d\n", i);
	char *made = mn_text_close(&text, stream);
	bool right = made && text.size == 6 * LINES && strlen(made) == text.size;
	for (int i = 0; right && i < LINES; i++) {
		snprintf(line, sizeof line, "%05d\n", i);
		right = strncmp(made + (size_t)6 * (size_t)i, line, 6) == 0;
	}
	CHECK(t, right, "60,000 bytes come back");
	free(made);
	made = mn_text_close(&text, mn_text_open(&text));
	CHECK(t, made && text.size == 0 && *made == '\0', "nothing written is an empty text");
	free(made);
}

#ifndef __SANITIZE_ADDRESS__ /* which ends a program that asks for so much */
static void lacking(struct test *t)
{
	struct mn_text text;
	FILE *stream = mn_text_open(&text);
	fputs("begun", stream);
	fflush(stream);
	size_t size = text.size;
	text.size = SIZE_MAX / 4;
	text.room = text.size + 1;
	fputs("lost", stream);
	fflush(stream);
	text.size = size;
	fputs("there is memory again", stream);
	CHECK(t, text.lacked && !mn_text_close(&text, stream) && !text.at, "text of which a part was lost is none");
}
#else
static void lacking(struct test *t)
{
	(void)t;
}
#endif

int main(void)
{
	struct test t = {0};
	whole(&t);
	lacking(&t);
	return test_end(&t);
}
