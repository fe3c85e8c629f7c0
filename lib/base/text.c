#include "mn/text.h"

#include <stdlib.h>
#include <string.h>

static ssize_t take(void *cookie, const char *bytes, size_t count)
{
	struct mn_text *text = cookie;
	if (text->lacked)
		return 0;
	if (text->room - text->size <= count) {
		size_t room = 2 * (text->size + count + 1);
		char *at = realloc(text->at, room);
		if (!at) {
			text->lacked = true;
			return 0;
		}
		text->at = at;
		text->room = room;
	}
	memcpy(text->at + text->size, bytes, count);
	text->size += count;
	text->at[text->size] = '\0';
	return (ssize_t)count;
}

FILE *mn_text_open(struct mn_text *text)
{
	*text = (struct mn_text){.at = calloc(1, 1), .room = 1};
	FILE *stream = text->at ? fopencookie(text, "w", (cookie_io_functions_t){.write = take}) : NULL;
	if (!stream) {
		free(text->at);
		text->at = NULL;
	}
	return stream;
}

char *mn_text_close(struct mn_text *text, FILE *stream)
{
	bool failed = ferror(stream) != 0;
	if (fclose(stream) == 0 && !failed && !text->lacked)
		return text->at;
	free(text->at);
	text->at = NULL;
	return NULL;
}
