#include "mn/options.h"

#include <stdlib.h>
#include <string.h>

#include "comma.h"
#include "test.h"

/* A program with one option of each type. */
struct settings {
	bool flag;
	int64_t count;
	double rate;
	const char *net, *kind;
	struct mn_range range;
	struct mn_list list;
	struct mn_common common;
	struct mn_option table[16];
	struct mn_program program;
};

static void set_up(struct settings *s, bool net_required)
{
	*s = (struct settings){.count = 3, .rate = 0.1, .kind = "uniform", .range = {0, -1}};
	const struct mn_option own[] = {
	        {"net", 0, MN_OPTION_TEXT, &s->net, "NET", 0, 0, net_required ? MN_OPTION_REQUIRED : 0, "the network"},
	        {"flag", 'f', MN_OPTION_FLAG, &s->flag, NULL, 0, 0, 0, "a flag"},
	        {"count", 0, MN_OPTION_INT, &s->count, "N", -5, 7, 0, "a count"},
	        {"rate", 0, MN_OPTION_REAL, &s->rate, "RATE", 0, 1, 0, "a rate"},
	        {"kind", 0, MN_OPTION_CHOICE, &s->kind, "uniform|wrong|permute", 0, 0, 0, "a kind"},
	        {"range", 0, MN_OPTION_RANGE, &s->range, "A:B", 0, 0, 0, "some rows"},
	        {"item", 0, MN_OPTION_LIST, &s->list, "ITEM", 0, 0, 0, "an item"},
	};
	memcpy(s->table, own, sizeof own);
	mn_options_common(s->table + sizeof own / sizeof *own, &s->common, "o seed threads q progress z no-history describe");
	s->program = (struct mn_program){"mn-test", "[OPTION]... [DATA]", "Tests the options.", s->table};
}

enum { WORDS = 24 };

/* Parses blank-separated words; room keeps them alive. *left: the operands, joined by blanks. */
static int parse(struct settings *s, const char *line, char room[400], char left[400], char **text, struct mn_error *err)
{
	char *argv[WORDS + 1] = {(char[]){"mn-test"}};
	int argc = 1;
	snprintf(room, 400, "%s", line);
	for (char *word = strtok(room, " "); word && argc < WORDS; word = strtok(NULL, " "))
		argv[argc++] = word;
	*err = (struct mn_error){0};
	int first = mn_options_parse(&s->program, argc, argv, text, err);
	left[0] = '\0';
	for (int i = first; i > 0 && i < argc; i++)
		snprintf(left + strlen(left), 400 - strlen(left), i > first ? " %s" : "%s", argv[i]);
	return first;
}

static void test_numbers(struct test *t)
{
	static const char *const bad_reals[] = {"",    " 1", "1 ",  "3x2", "0x10", "1e999", "-1e999", "1e-999", "nan",
	                                        "inf", "+1", "1,5", ".",   "e5",   "1e",    "--1",    "1.2.3",  "infinity"};
	static const char *const bad_ints[] = {"", " 1", "1 ", "3x2", "0x10", "1.0", "1e3", "+1", "-", "--1", "9223372036854775808"};
	double real = 42;
	int64_t whole = 42;
	for (size_t i = 0; i < sizeof bad_reals / sizeof *bad_reals; i++)
		CHECK(t, mn_parse_real(bad_reals[i], -INFINITY, INFINITY, &real) != 0 && real == 42, "'%s' is no real number",
		      bad_reals[i]);
	for (size_t i = 0; i < sizeof bad_ints / sizeof *bad_ints; i++)
		CHECK(t, mn_parse_int(bad_ints[i], INT64_MIN, INT64_MAX, &whole) != 0 && whole == 42, "'%s' is no whole number",
		      bad_ints[i]);
	CHECK(t, mn_parse_real("-12.5e-1", -2, 2, &real) == 0 && real == -1.25, "-12.5e-1 is -1.25");
	CHECK(t, mn_parse_real("1", 0, 1, &real) == 0 && mn_parse_real("0", 0, 1, &real) == 0, "both ends of a range are in it");
	CHECK(t, mn_parse_real("1.0000000000000002", 0, 1, &real) != 0, "the next double is not");
	CHECK(t, mn_parse_real("-0", 0, 1, &real) == 0 && !signbit(real), "-0 is 0");
	CHECK(t, mn_parse_real("4.9e-324", 0, 1, &real) == 0 && real > 0, "the smallest double is a number");
	CHECK(t, mn_parse_int("-9223372036854775808", INT64_MIN, 0, &whole) == 0 && whole == INT64_MIN, "the smallest whole number");
	CHECK(t, mn_parse_int("7", -5, 7, &whole) == 0 && mn_parse_int("8", -5, 7, &whole) != 0, "7 is in -5..7, 8 is not");

	char text[MN_NUMBER_SIZE];
	static const double values[] = {0.1, 1e-5, 1.0 / 3, 5e-324, 1.7976931348623157e308, -2.5, 100000, 123456789.125};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		mn_format_shortest(text, values[i]);
		CHECK(t, mn_parse_real(text, -INFINITY, INFINITY, &real) == 0 && real == values[i], "%s is read as it was written", text);
	}
	mn_format_shortest(text, 0.1);
	CHECK(t, strcmp(text, "0.1") == 0, "0.1 is written 0.1");

	if (!set_comma_locale()) {
		printf("skip - numbers in a locale with a decimal comma: no de_DE.UTF-8 here\n");
		return;
	}
	mn_format_real(text, 9, 1.5);
	CHECK(t,
	      strcmp(text, "1.5") == 0 && mn_parse_real("2.5", 0, 9, &real) == 0 && real == 2.5 && mn_parse_real("2,5", 0, 9, &real) != 0,
	      "a locale with a decimal comma changes no number");
	char print[8];
	snprintf(print, sizeof print, "%.1f", 1.5);
	CHECK(t, strcmp(print, "1,5") == 0, "and that locale is back afterwards");
	setlocale(LC_ALL, "C");
}

static void test_refusals(struct test *t)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
	        {"--rate 3x2", "--rate: '3x2' is not a number between 0 and 1"},
	        {"--rate=1e999", "--rate: '1e999' is not a number between 0 and 1"},
	        {"--rate -0.1", "--rate: '-0.1' is not a number between 0 and 1"},
	        {"--count 8", "--count: '8' is not a whole number between -5 and 7"},
	        {"--seed -1", "--seed: '-1' is not a whole number between 0 and 9223372036854775807"},
	        {"--seed 9223372036854775808", "--seed: '9223372036854775808' is not a whole number between 0 and 9223372036854775807"},
	        {"--threads 0", "--threads: '0' is not a whole number between 1 and 1024"},
	        {"--kind unif", "--kind: 'unif' is not one of uniform|wrong|permute"},
	        {"--kind uniform|wrong", "--kind: 'uniform|wrong' is not one of uniform|wrong|permute"},
	        {"--range 5", "--range: '5' is not a range A:B of rows A <= i < B"},
	        {"--range 5:5", "--range: '5:5' is not a range A:B of rows A <= i < B"},
	        {"--range -1:5", "--range: '-1:5' is not a range A:B of rows A <= i < B"},
	        {"--range 1:2:3", "--range: '1:2:3' is not a range A:B of rows A <= i < B"},
	        {"--bogus", "unknown option '--bogus'; see mn-test --help"},
	        {"--bogus=3", "unknown option '--bogus'; see mn-test --help"},
	        {"--cou 3", "unknown option '--cou'; see mn-test --help"},
	        {"--cou=3", "unknown option '--cou'; see mn-test --help"},
	        {"--hel", "unknown option '--hel'; see mn-test --help"},
	        {"-x", "unknown option '-x'; see mn-test --help"},
	        {"-fx", "unknown option '-x'; see mn-test --help"},
	        {"--flag=1", "--flag: takes no value"},
	        {"--count", "--count: needs a value N"},
	        {"-o", "-o: needs a value FILE"},
	};
	char room[400], left[400], *text = NULL;
	struct mn_error err;
	struct settings s;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		set_up(&s, false);
		int first = parse(&s, cases[i].line, room, left, &text, &err);
		CHECK(t, first == -1 && err.status == MN_EXIT_MISUSED && strcmp(err.text, cases[i].message) == 0, "%s: %s", cases[i].line,
		      err.text);
	}
	set_up(&s, true);
	CHECK(t, parse(&s, "", room, left, &text, &err) == -1 && strcmp(err.text, "--net NET is required") == 0, "required: %s", err.text);
	CHECK(t, parse(&s, "--describe x.st", room, left, &text, &err) == 3, "--describe alone is enough");
}

static void test_accepted(struct test *t)
{
	char room[400], left[400], *text = NULL;
	struct mn_error err;
	struct settings s;
	set_up(&s, true);
	int first = parse(&s,
	                  "a -fqo out --count=-5 --net mlp:8 - --rate .25 --kind wrong --range 10:20 --item x --seed 9223372036854775807 b "
	                  "--item=y -- --count -z",
	                  room, left, &text, &err);
	CHECK(t, first > 0 && strcmp(left, "a - b --count -z") == 0, "operands come last, in order, '-' and all after '--' among them: %s",
	      left);
	CHECK(t, s.flag && s.common.quiet && !s.common.gzip && strcmp(s.common.output, "out") == 0, "short options in a cluster");
	CHECK(t, s.count == -5 && s.rate == 0.25 && s.common.seed == INT64_MAX, "numbers");
	CHECK(t, strcmp(s.net, "mlp:8") == 0 && strcmp(s.kind, "wrong") == 0 && s.range.from == 10 && s.range.to == 20,
	      "texts, choices and ranges");
	CHECK(t, s.list.count == 2 && strcmp(s.list.item[0], "x") == 0 && strcmp(s.list.item[1], "y") == 0, "a list collects its items");
	free(s.list.item);
	set_up(&s, false);
	parse(&s, "--count 1 --count 2", room, left, &text, &err);
	CHECK(t, s.count == 2, "of an option given twice the last counts");
}

static void test_texts(struct test *t)
{
	char room[400], left[400], *text = NULL;
	struct mn_error err;
	struct settings s;
	set_up(&s, true);
	s.rate = 0.0005;
	CHECK(t, parse(&s, "--rate 1 --help", room, left, &text, &err) == -2 && text, "--help is asked for");
	CHECK(t, strstr(text, "Usage: mn-test [OPTION]... [DATA]\nTests the options.\n") == text, "help begins with synopsis and purpose");
	CHECK(t, strstr(text, "  --rate RATE             a rate (default: 0.0005)\n"),
	      "help shows the default in force, not what was given");
	CHECK(t, strstr(text, "  -f, --flag              a flag\n"), "help shows letter and name");
	CHECK(t, strstr(text, "the network (required)\n"), "help marks what is required");
	CHECK(t, strstr(text, "  --kind uniform|wrong|permute\n                          a kind (default: uniform)\n"),
	      "long ones take two lines");
	s.program.synopsis = "[--first ONE] [--second TWO] [--third THREE] [--fourth FOUR] [OPTION ...] DATASET";
	free(text);
	parse(&s, "--help", room, left, &text, &err);
	CHECK(t, strstr(text, " [--fourth FOUR]\n               [OPTION ...] DATASET\n"), "a long synopsis takes two lines");
	int longest = 0, at = 0;
	for (const char *c = text; *c; c++) {
		at = *c == '\n' ? 0 : at + 1;
		longest = at > longest ? at : longest;
	}
	CHECK(t, longest <= 80, "help fits 80 columns: the longest line has %d", longest);
	free(text);
	int first = parse(&s, "--version", room, left, &text, &err);
	CHECK(t, first == -2 && strstr(text, "mn-test " MN_VERSION "\n") == text, "--version: %.*s", (int)strcspn(text, "\n"), text);
	free(text);
}

/* The words that a shell makes of a line, apart by NULs; returns how many. */
static int shell_words(const char *line, char *words, size_t size)
{
	char command[2000];
	int count = 0;
	snprintf(command, sizeof command, "set -- %s; for w; do printf '%%s\\0' \"$w\"; done", line);
	FILE *shell = popen(command, "r");
	if (!shell)
		return 0;
	size_t length = fread(words, 1, size - 1, shell);
	pclose(shell);
	for (size_t i = 0; i < length; i++)
		count += words[i] == '\0';
	return count;
}

static void test_canonical(struct test *t)
{
	struct settings s;
	set_up(&s, false);
	char *line = mn_options_canonical(&s.program);
	CHECK(t, strcmp(line, "mn-test --count 3 --rate 0.1 --kind uniform --seed 0") == 0, "defaults are filled in: %s", line);
	free(line);

	static const char *const hostile[] = {"mlp:512,512", "a b",    "it's",     "$HOME `id` \"x\" \\", "",   "~",
	                                      "new\nline",   "*?[x]!", "\303\251", "a;b&c|d<e>f(g)#h",    "-x", "loss<0.01:m.st"};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		const char *item[2] = {hostile[i], "second"};
		set_up(&s, false);
		s.net = hostile[i];
		s.flag = true;
		s.rate = 1.0 / 3;
		s.range = (struct mn_range){5, 9};
		s.list = (struct mn_list){item, 2};
		s.common.threads = 4;
		s.common.output = "elsewhere";
		line = mn_options_canonical(&s.program);

		char words[2000], *argv[WORDS + 1] = {0}, *text = NULL, *word = words;
		int count = shell_words(line, words, sizeof words);
		for (int j = 0; j < count && j < WORDS; j++, word += strlen(word) + 1)
			argv[j] = word;
		struct settings again;
		struct mn_error err = {0};
		set_up(&again, false);
		int first = mn_options_parse(&again.program, count, argv, &text, &err);
		char *line_again = mn_options_canonical(&again.program);
		CHECK(t, first == count && strcmp(line_again, line) == 0 && strcmp(again.net, hostile[i]) == 0 && again.rate == s.rate,
		      "value %zu goes through a shell and comes back %s", i, err.text);
		CHECK(t, again.common.threads == 1 && !again.common.output, "what cannot change the result is left out (%zu)", i);
		free(line);
		free(line_again);
		free(again.list.item);
	}
}

static void write_line(void *arg, const char *name, const char *value)
{
	fprintf(arg, "%s=%s\n", name, value);
}

static void test_each(struct test *t)
{
	struct settings s;
	char *text = NULL;
	size_t size;
	const char *item[2] = {"a b", "c"};
	set_up(&s, false);
	s.flag = true;
	s.list = (struct mn_list){item, 2};
	s.common.threads = 4;
	FILE *to = open_memstream(&text, &size);
	mn_options_each(&s.program, write_line, to);
	fclose(to);
	CHECK(t, strstr(text, "rate=0.1\n") && strstr(text, "flag=yes\n") && strstr(text, "=a b\n") && strstr(text, "=c\n"),
	      "options come one by one, unquoted, flags as yes");
	CHECK(t, !strstr(text, "threads"), "without those that cannot change the result");
	free(text);
}

int main(void)
{
	struct test t = {0};
	test_numbers(&t);
	test_refusals(&t);
	test_accepted(&t);
	test_texts(&t);
	test_canonical(&t);
	test_each(&t);
	return test_end(&t);
}
