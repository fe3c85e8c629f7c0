#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mn/groups.h"
#include "mn/numbers.h"
#include "mn/survival.h"

int mn_condition_parse(struct mn_condition *condition, const char *text, struct mn_error *err)
{
	static const char *const compare[] = {">=", "<=", ">", "<", "="};
	size_t length = strcspn(text, "<>=");
	*condition = (struct mn_condition){0};
	if (length > 0 && length < sizeof(condition->column)) {
		memcpy(condition->column, text, length);
		for (size_t i = 0; i < sizeof(compare) / sizeof(compare[0]); i++) {
			size_t size = strlen(compare[i]);
			if (strncmp(text + length, compare[i], size) != 0)
				continue;
			memcpy(condition->compare, compare[i], size);
			if (mn_parse_real(text + length + size, -DBL_MAX, DBL_MAX, &condition->number) == 0)
				return 0;
			break;
		}
	}
	return mn_misuse(err, "--first '%s': not of the form COLUMN>=NUMBER (or <=, >, <, =)", text);
}

static bool condition_holds(const struct mn_condition *condition, double value)
{
	double number = condition->number;
	switch (condition->compare[0]) {
	case '>':
		return condition->compare[1] ? value >= number : value > number;
	case '<':
		return condition->compare[1] ? value <= number : value < number;
	default:
		return value == number;
	}
}

/* A run's vectors, one number each: the last epoch seen, the first that met the condition (0: none did), whether it diverged. */
enum { LAST, FIRST, DIVERGED, VALUES };

struct logs {
	const struct mn_names *by;
	bool need_all;
	const struct mn_condition *condition;
	int *by_column, epoch_column, condition_column, loss_column; /* of the last -1 where there is none */
	struct mn_names found;                                       /* of by, those that the table has; the texts are by's */
	struct mn_groups runs;
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct logs *logs = arg;
	for (int i = 0; i < logs->by->count; i++) {
		int column = logs->need_all ? mn_rows_column(header, logs->by->name[i], err) : mn_rows_optional(header, logs->by->name[i]);
		if (column < 0 && logs->need_all)
			return -1;
		if (column < 0)
			continue;
		logs->found.name[logs->found.count] = logs->by->name[i];
		logs->by_column[logs->found.count++] = column;
	}
	mn_groups_init(&logs->runs, logs->found.count, VALUES);
	logs->epoch_column = mn_rows_column(header, "epoch", err);
	if (logs->epoch_column < 0)
		return -1;
	logs->loss_column = mn_rows_optional(header, "train_loss");
	logs->condition_column = mn_rows_column(header, logs->condition->column, err);
	return logs->condition_column < 0 ? -1 : 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct logs *logs = arg;
	struct mn_group *run = mn_groups_of(&logs->runs, field, logs->by_column, err);
	double epoch, value;
	if (!run || mn_rows_number(field[logs->epoch_column], "epoch", place, &epoch, err) != 0)
		return -1;
	if (run->value[LAST].count == 0) {
		for (int i = 0; i < VALUES; i++) {
			if (mn_vector_append(&run->value[i], i == LAST ? epoch : 0, err) != 0)
				return -1;
		}
	} else if (!(epoch > run->value[LAST].at[0])) {
		return mn_fail(err, "%s: line %lld: epoch %g after epoch %g of a run with the same parameters", place->path,
		               (long long)place->line, epoch, run->value[LAST].at[0]);
	}
	run->value[LAST].at[0] = epoch;
	if (logs->loss_column >= 0 && strcmp(field[logs->loss_column], "nan") == 0)
		run->value[DIVERGED].at[0] = 1;
	/* An evaluation that was cut short leaves the field empty: the condition is not met. */
	const char *text = field[logs->condition_column];
	if (run->value[FIRST].at[0] != 0 || *text == '\0')
		return 0;
	if (mn_rows_number(text, logs->condition->column, place, &value, err) != 0)
		return -1;
	if (condition_holds(logs->condition, value))
		run->value[FIRST].at[0] = epoch;
	return 0;
}

static void write_runs(const struct logs *logs, struct mn_csv *csv)
{
	for (int i = 0; i < logs->found.count; i++)
		mn_csv_text(csv, logs->found.name[i]);
	mn_csv_text(csv, "time");
	mn_csv_text(csv, "censored");
	mn_csv_end(csv);
	for (size_t g = 0; g < logs->runs.count; g++) {
		const struct mn_group *run = logs->runs.group[g];
		for (int i = 0; i < logs->found.count; i++)
			mn_csv_text(csv, mn_group_key(run, i));
		double first = run->value[FIRST].at[0], never = run->value[DIVERGED].at[0] != 0 ? INFINITY : run->value[LAST].at[0];
		mn_csv_real(csv, first != 0 ? first : never);
		mn_csv_int(csv, first == 0);
		mn_csv_end(csv);
	}
}

int mn_first_write(const struct mn_source *source, const struct mn_names *by, int need_all, const struct mn_condition *condition,
                   struct mn_csv *csv, struct mn_error *err)
{
	struct logs logs = {.by = by, .need_all = need_all, .condition = condition};
	logs.by_column = calloc((size_t)by->count + 1, sizeof(*logs.by_column));
	logs.found.name = calloc((size_t)by->count + 1, sizeof(*logs.found.name));
	int status = logs.by_column && logs.found.name ? 0 : mn_fail_memory(err, "columns", sizeof(char *));
	if (status == 0)
		status = mn_rows_read(source, begin, row, &logs, err);
	if (status == 0)
		status = mn_groups_sort(&logs.runs, err);
	if (status == 0)
		write_runs(&logs, csv);
	mn_groups_free(&logs.runs);
	free(logs.found.name);
	free(logs.by_column);
	return status;
}
