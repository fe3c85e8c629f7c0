/* numbers.h - numbers to text and back, always in the C locale, whatever setlocale was told. */
#ifndef MN_NUMBERS_H
#define MN_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* The whole text must be a decimal number in [low, high]: no blank, no leading plus, no hexadecimal, no nan or inf,
 * nothing that overflows (1e999) or vanishes (1e-999). Return 0, or -1 and leave *value as it was. */
int mn_parse_int(const char *text, int64_t low, int64_t high, int64_t *value);
int mn_parse_real(const char *text, double low, double high, double *value);

enum { MN_NUMBER_SIZE = 32 }; /* room for either of the next two, NUL included */

/* value as printf's %.DIGITSg (digits: at most 17); nan, inf and -inf spelled so. Returns the length. */
int mn_format_real(char text[MN_NUMBER_SIZE], int digits, double value);

/* The shortest such text that mn_parse_real takes back to the same value. */
int mn_format_shortest(char text[MN_NUMBER_SIZE], double value);

#endif
