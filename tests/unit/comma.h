/* comma.h - a locale with a decimal comma, which tests/run makes where it can. */
#ifndef COMMA_H
#define COMMA_H

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whether the locale is now one with a decimal comma; setlocale(LC_ALL, "C") ends it. */
static inline bool set_comma_locale(void)
{
	const char *folder = getenv("COMMA_LOCALES");
	if (folder && *folder)
		setenv("LOCPATH", folder, 1);
	return setlocale(LC_ALL, "de_DE.UTF-8") && localeconv()->decimal_point[0] == ',';
}

#endif
