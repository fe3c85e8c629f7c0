/* text.h - text that is written with stdio and stays in memory.
 *
 * glibc's open_memstream() says of a lack of memory neither to ferror() nor to fclose(): what is written then is missing, no more. */
#ifndef MN_TEXT_H
#define MN_TEXT_H

#include <stdbool.h>
#include <stdio.h>

struct mn_text {
	char *at; /* size bytes, and a NUL */
	size_t size, room;
	bool lacked;
};

/* The stream to write to, which must end before *text does; NULL where memory lacks. */
FILE *mn_text_open(struct mn_text *text);

/* Closes it. The whole text, the caller's to free; NULL where memory lacked at any time. */
char *mn_text_close(struct mn_text *text, FILE *stream);

#endif
