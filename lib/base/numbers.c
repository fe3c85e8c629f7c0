#include "mn/numbers.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* glibc hands out its static C locale here: nothing is allocated and nothing need be freed. */
static locale_t c_locale(void)
{
	return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int mn_parse_int(const char *text, int64_t low, int64_t high, int64_t *value)
{
	char *end;
	if (!is_digit(text[text[0] == '-']))
		return -1;
	errno = 0;
	long long parsed = strtoll(text, &end, 10);
	if (*end || errno || parsed < low || parsed > high)
		return -1;
	*value = parsed;
	return 0;
}

int mn_parse_real(const char *text, double low, double high, double *value)
{
	char *end;
	if (text[0] == '+' || text[strspn(text, "0123456789.eE+-")])
		return -1;
	errno = 0;
	double parsed = strtod_l(text, &end, c_locale());
	if (end == text || *end || !isfinite(parsed) || (errno == ERANGE && parsed == 0))
		return -1;
	if (parsed < low || parsed > high)
		return -1;
	*value = parsed + 0.0; /* -0 becomes 0 */
	return 0;
}

int mn_format_real(char text[MN_NUMBER_SIZE], int digits, double value)
{
	if (isnan(value)) /* printf would print the sign of a nan too */
		return snprintf(text, MN_NUMBER_SIZE, "nan");
	locale_t before = uselocale(c_locale());
	int length = snprintf(text, MN_NUMBER_SIZE, "%.*g", digits, value);
	uselocale(before);
	return length;
}

int mn_format_shortest(char text[MN_NUMBER_SIZE], double value)
{
	int length = 0;
	for (int digits = 1; digits <= 17; digits++) {
		length = mn_format_real(text, digits, value);
		if (!isfinite(value) || strtod_l(text, NULL, c_locale()) == value)
			break;
	}
	return length;
}
