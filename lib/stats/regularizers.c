#include "mn/regularizers.h"

#include <math.h>
#include <stdlib.h>

#include "mn/summary.h"

/* A row's vectors. */
enum { RANDOM, BEST, FINAL, ACCURACIES, RANDOM_DIVERGED = ACCURACIES, REAL_DIVERGED, VECTORS };
static const char *const vector_name[VECTORS] = {"random_train_accuracy", "best_validation_accuracy", "final_validation_accuracy",
                                                 "random_diverged", "real_diverged"};
static const int run_vector[ACCURACIES] = {MN_REGULARIZED_RANDOM, MN_REGULARIZED_BEST, MN_REGULARIZED_FINAL};

static int add(struct mn_group *row, const struct mn_group *run, int random, struct mn_error *err)
{
	if (*run->value[MN_REGULARIZED_DIVERGED].at != 0)
		return mn_vector_append(&row->value[random ? RANDOM_DIVERGED : REAL_DIVERGED], 1, err);
	for (int i = 0; i < ACCURACIES; i++) {
		double value = *run->value[run_vector[i]].at;
		if (!isnan(value) && mn_vector_append(&row->value[i], value, err) != 0)
			return -1;
	}
	return 0;
}

/* Adds each run to the rows of the regularizers that it belongs to. field, column: room for by->count + 2. */
static int collect(struct mn_groups *rows, const struct mn_regularized *r, char **field, int *column, struct mn_error *err)
{
	int keys = r->by->count + 2;
	for (int i = 0; i < keys; i++)
		column[i] = i;
	for (size_t g = 0; g < r->runs.count; g++) {
		const struct mn_group *run = r->runs.group[g];
		for (int i = 0; i < r->by->count; i++)
			field[i] = (char *)mn_group_key(run, i);
		for (int i = 0; i < r->name->count; i++) {
			field[keys - 2] = r->name->name[i];
			field[keys - 1] = (char *)mn_regularized_value(r, run, i);
			if (!field[keys - 1])
				continue;
			struct mn_group *row = mn_groups_of(rows, field, column, err);
			if (!row || add(row, run, mn_regularized_random(r, run), err) != 0)
				return -1;
		}
	}
	return mn_groups_sort(rows, err);
}

static void write_rows(const struct mn_groups *rows, const struct mn_names *by, struct mn_csv *csv)
{
	const struct mn_stats stats = {{MN_STAT_N, MN_STAT_MEAN, MN_STAT_CI95}, 3};
	for (int i = 0; i < by->count; i++)
		mn_csv_text(csv, by->name[i]);
	mn_csv_text(csv, "regularizer");
	mn_csv_text(csv, "value");
	for (int i = 0; i < VECTORS; i++) {
		if (i < ACCURACIES)
			mn_stats_header(csv, &stats, vector_name[i]);
		else
			mn_csv_text(csv, vector_name[i]);
	}
	mn_csv_end(csv);
	for (size_t g = 0; g < rows->count; g++) {
		const struct mn_group *row = rows->group[g];
		for (int i = 0; i < rows->keys; i++)
			mn_csv_text(csv, mn_group_key(row, i));
		for (int i = 0; i < VECTORS; i++) {
			struct mn_summary summary;
			mn_summarize(row->value[i].at, row->value[i].count, &summary);
			if (i < ACCURACIES)
				mn_stats_row(csv, &stats, &summary);
			else
				mn_csv_int(csv, (int64_t)summary.n);
		}
		mn_csv_end(csv);
	}
}

int mn_regularizers_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *name, struct mn_csv *csv,
                          struct mn_error *err)
{
	struct mn_regularized regularized;
	struct mn_groups rows;
	size_t keys = (size_t)by->count + 2;
	mn_groups_init(&rows, (int)keys, VECTORS);
	int *column = calloc(keys, sizeof(*column));
	char **field = calloc(keys, sizeof(*field));
	int status = mn_regularized_read(&regularized, by, name, source, err);
	if (status == 0)
		status = column && field ? collect(&rows, &regularized, field, column, err) : mn_fail_memory(err, "columns", keys);
	if (status == 0)
		write_rows(&rows, by, csv);
	mn_regularized_free(&regularized);
	mn_groups_free(&rows);
	free(column);
	free(field);
	return status;
}
