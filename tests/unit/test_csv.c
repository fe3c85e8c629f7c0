#include "mn/csv.h"

#include <stdlib.h>
#include <string.h>

#include "comma.h"
#include "test.h"

enum { MOST = 64 };

struct seen {
	char *field[MOST];
	int64_t line[MOST]; /* of the record the field stands in */
	int fields, records, stop_at;
};

static int take(void *arg, char **fields, int count, int64_t line, struct mn_error *err)
{
	struct seen *seen = arg;
	if (++seen->records == seen->stop_at)
		return mn_fail(err, "stopped at line %lld", (long long)line);
	for (int i = 0; i < count && seen->fields < MOST; i++) {
		seen->field[seen->fields] = strdup(fields[i]);
		seen->line[seen->fields++] = line;
	}
	return 0;
}

static void forget(struct seen *seen)
{
	for (int i = 0; i < seen->fields; i++)
		free(seen->field[i]);
	*seen = (struct seen){0};
}

static int read_text(const char *text, size_t length, struct seen *seen, struct mn_error *err)
{
	FILE *file = tmpfile();
	*err = (struct mn_error){0};
	fwrite(text, 1, length, file);
	rewind(file);
	int failed = mn_csv_read(file, "t.csv", take, seen, err);
	fclose(file);
	return failed;
}

static void test_quoting(struct test *t)
{
	static const char *const hostile[] = {"plain",        "a,b",       "say \"so\"", "two\nlines", "cr\rhere", " blank before",
	                                      "blank after ", "\"",        "",           "\"\"",       ",",        "\303\251t\303\251",
	                                      "\ttab",        "a\r\nb\n\n"};
	enum { N = sizeof hostile / sizeof *hostile };
	char *text = NULL;
	size_t size = 0;
	struct mn_csv csv = {.file = open_memstream(&text, &size)};
	struct seen seen = {0};
	struct mn_error err;
	for (int i = 0; i < N; i++) /* once in one row ... */
		mn_csv_text(&csv, hostile[i]);
	mn_csv_end(&csv);
	for (int i = 0; i < N; i++) { /* ... and once each alone */
		mn_csv_text(&csv, hostile[i]);
		mn_csv_end(&csv);
	}
	fclose(csv.file);
	int failed = read_text(text, size, &seen, &err);
	CHECK(t, !failed && seen.records == 1 + N && seen.fields == 2 * N, "%d rows of %d fields come back %s", seen.records, seen.fields,
	      err.text);
	for (int i = 0; i < seen.fields && i < 2 * N; i++)
		CHECK(t, strcmp(seen.field[i], hostile[i % N]) == 0, "field %d comes back as it was", i);
	CHECK(t, strstr(text, "plain,\"a,b\",\"say \"\"so\"\"\",") == text, "only what needs quotes is quoted");
	forget(&seen);
	free(text);
}

static void test_numbers(struct test *t)
{
	char *text = NULL;
	size_t size = 0;
	bool comma = set_comma_locale();
	struct mn_csv csv = {.file = open_memstream(&text, &size)};
	mn_csv_real(&csv, 0.1);
	mn_csv_real(&csv, 1.0 / 3);
	mn_csv_real(&csv, -1e-10);
	mn_csv_real(&csv, NAN);
	mn_csv_real(&csv, -NAN);
	mn_csv_real(&csv, INFINITY);
	mn_csv_real(&csv, -INFINITY);
	mn_csv_int(&csv, INT64_MIN);
	mn_csv_int(&csv, 60000);
	mn_csv_ratio(&csv, 3, 4);
	mn_csv_ratio(&csv, 0, 0);
	mn_csv_empty(&csv);
	mn_csv_text(&csv, NULL);
	mn_csv_end(&csv);
	mn_csv_text(&csv, "x");
	struct mn_error err = {0};
	CHECK(t, mn_csv_flush(&csv, "m.csv", &err) == 0, "a row is ended and flushed");
	const char *want = "0.1,0.333333333,-1e-10,nan,nan,inf,-inf,-9223372036854775808,60000,0.75,,,\nx\n";
	CHECK(t, strcmp(text, want) == 0, "numbers: %.*s", (int)strcspn(text, "\n"), text);
	fclose(csv.file);
	free(text);
	printf(comma ? "ok - that was in a locale with a decimal comma\n" : "skip - a decimal comma: no de_DE.UTF-8 here\n");
	setlocale(LC_ALL, "C");

	FILE *full = fopen("/dev/full", "w");
	csv = (struct mn_csv){.file = full};
	mn_csv_text(&csv, "x");
	CHECK(t, mn_csv_flush(&csv, "log.csv", &err) == -1 && strcmp(err.text, "log.csv: No space left on device") == 0, "full disk: %s",
	      err.text);
	fclose(full);
}

static void test_reading(struct test *t)
{
	struct seen seen = {0};
	struct mn_error err;
	const char *text = "a,b\r\n\r\n\n 1 ,\"x\ny\"\n3,\n";
	int failed = read_text(text, strlen(text), &seen, &err);
	CHECK(t, !failed && seen.records == 3 && seen.fields == 6, "CRLF and blank lines are no rows of their own");
	if (seen.fields == 6) {
		CHECK(t, seen.line[0] == 1 && seen.line[2] == 4 && seen.line[4] == 6, "rows know their first line: %d %d %d",
		      (int)seen.line[0], (int)seen.line[2], (int)seen.line[4]);
		CHECK(t, strcmp(seen.field[2], "1") == 0 && strcmp(seen.field[3], "x\ny") == 0 && strcmp(seen.field[5], "") == 0,
		      "blanks go, quoted line ends stay, empty is empty");
	}
	forget(&seen);
	CHECK(t, read_text("", 0, &seen, &err) == 0 && seen.records == 0, "an empty file has no rows");

	/* Longer than any buffer, and a record across the border of two reads. */
	enum { LONG = 200000 };
	char *big = malloc(LONG + 8);
	memset(big, 'x', LONG);
	big[70000] = '\n';
	big[70001] = '"';
	memcpy(big + LONG, "\",end\n", 7);
	failed = read_text(big, LONG + 6, &seen, &err);
	CHECK(t,
	      !failed && seen.records == 2 && seen.fields == 3 && strlen(seen.field[0]) == 70000 && strlen(seen.field[1]) == LONG - 70002 &&
	              strcmp(seen.field[2], "end") == 0,
	      "fields of any length");
	forget(&seen);
	free(big);

	seen.stop_at = 2;
	failed = read_text("a\nb\nc\n", 6, &seen, &err);
	CHECK(t, failed && seen.records == 2 && strcmp(err.text, "stopped at line 2") == 0, "the reader stops when told: %s", err.text);
	forget(&seen);

	static const struct {
		const char *text;
		size_t length;
		const char *message;
	} bad[] = {
	        {"a,b\n1,\"x\"y\n", 11, "t.csv: line 2: a quote in the wrong place"},
	        {"a,b\n1,x\"y\n", 10, "t.csv: line 2: a quote in the wrong place"},
	        {"a,b\n1,\"x\n3\n", 11, "t.csv: line 2: the file ends inside quotes"},
	        {"a,b\n1,2\n3,4", 11, "t.csv: line 3: the last line does not end; is the file whole?"},
	        {"a,b\n1,\0002\n", 9, "t.csv: line 2: a NUL byte; this is not CSV"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		failed = read_text(bad[i].text, bad[i].length, &seen, &err);
		CHECK(t, failed && err.status == MN_EXIT_FAILED && strcmp(err.text, bad[i].message) == 0, "%s", err.text);
		forget(&seen);
	}
	FILE *folder = fopen("/", "r");
	CHECK(t, folder && mn_csv_read(folder, "/", take, &seen, &err) == -1 && strcmp(err.text, "/: Is a directory") == 0, "%s", err.text);
	fclose(folder);
}

int main(void)
{
	struct test t = {0};
	test_quoting(&t);
	test_numbers(&t);
	test_reading(&t);
	return test_end(&t);
}
