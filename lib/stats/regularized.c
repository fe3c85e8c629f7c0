#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/regularizers.h"

enum { LABEL_NOISE, SEED, OWN_KEYS };
static const char *const own_key[OWN_KEYS] = {"label_noise", "seed"};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct mn_regularized *r = arg;
	int *column = r->column + r->by->count + r->name->count;
	if (mn_rows_columns(header, r->by, r->column, err) != 0 || mn_rows_columns(header, r->name, r->column + r->by->count, err) != 0)
		return -1;
	for (int i = 0; i < OWN_KEYS; i++) {
		if ((column[i] = mn_rows_column(header, own_key[i], err)) < 0)
			return -1;
	}
	if ((r->epoch = mn_rows_column(header, "epoch", err)) < 0 || (r->noisy = mn_rows_column(header, "noisy_accuracy", err)) < 0)
		return -1;
	r->input_noise = mn_rows_optional(header, "input_noise");
	r->validation = mn_rows_optional(header, "validation_accuracy");
	r->loss = mn_rows_optional(header, "train_loss");
	r->status = mn_rows_optional(header, "status");
	return 0;
}

/* The kind of run that a row is of: 1 random labels, 0 real ones, -1 with err. */
static int kind_of(const struct mn_regularized *r, char **field, const struct mn_place *place, struct mn_error *err)
{
	const int *reg = r->column + r->by->count;
	double noise = 0, value;
	int above = 0;
	if (r->input_noise >= 0 && mn_rows_number(field[r->input_noise], "input_noise", place, &noise, err) != 0)
		return -1;
	if (noise != 0)
		return mn_fail(err, "%s: line %lld: noise in inputs; regularizers are compared on real and on random labels", place->path,
		               (long long)place->line);
	if (mn_rows_number(field[reg[r->name->count + LABEL_NOISE]], own_key[LABEL_NOISE], place, &noise, err) != 0)
		return -1;
	if (noise != 0 && noise != 1)
		return mn_fail(err, "%s: line %lld: label noise %g, neither 0 nor 1; choose with --where", place->path,
		               (long long)place->line, noise);
	for (int i = 0; i < r->name->count; i++) {
		if (mn_rows_number(field[reg[i]], r->name->name[i], place, &value, err) != 0)
			return -1;
		above += value != 0;
	}
	if (above > 1)
		return mn_fail(err, "%s: line %lld: more than one regularizer in a run; choose with --where", place->path,
		               (long long)place->line);
	return noise == 1;
}

/* An optional number: NAN where the file has no such column or the field is empty. */
static int number(char **field, int column, const char *name, const struct mn_place *place, double *value, struct mn_error *err)
{
	*value = NAN;
	return column < 0 || !field[column][0] ? 0 : mn_rows_number(field[column], name, place, value, err);
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct mn_regularized *r = arg;
	double epoch, noisy, validation;
	int random = kind_of(r, field, place, err);
	if (random < 0 || mn_rows_number(field[r->epoch], "epoch", place, &epoch, err) != 0 ||
	    number(field, r->noisy, "noisy_accuracy", place, &noisy, err) != 0 ||
	    number(field, r->validation, "validation_accuracy", place, &validation, err) != 0)
		return -1;
	bool diverged =
	        (r->status >= 0 && strcmp(field[r->status], "diverged") == 0) || (r->loss >= 0 && strcmp(field[r->loss], "nan") == 0);
	/* A row of mn-eval on other data than the run's own random labels. */
	if (r->validation < 0 && !field[r->noisy][0])
		return 0;
	struct mn_group *run = mn_groups_of(&r->runs, field, r->column, err);
	if (!run)
		return -1;
	if (run->value[0].count == 0) {
		const double none[MN_REGULARIZED_VECTORS] = {-1, NAN, NAN, NAN, 0};
		for (int i = 0; i < MN_REGULARIZED_VECTORS; i++) {
			if (mn_vector_append(&run->value[i], none[i], err) != 0)
				return -1;
		}
	}
	double *last = run->value[MN_REGULARIZED_EPOCH].at;
	if (!(epoch > *last))
		return mn_fail(err,
		               "%s: line %lld: epoch %g after epoch %g of a run with the same regularizer and seed; choose with --where",
		               place->path, (long long)place->line, epoch, *last);
	*last = epoch;
	if (diverged)
		*run->value[MN_REGULARIZED_DIVERGED].at = 1;
	else if (random)
		*run->value[MN_REGULARIZED_RANDOM].at = noisy;
	else {
		double *best = run->value[MN_REGULARIZED_BEST].at;
		*best = fmax(*best, validation);
		*run->value[MN_REGULARIZED_FINAL].at = validation;
	}
	return 0;
}

int mn_regularized_read(struct mn_regularized *r, const struct mn_names *by, const struct mn_names *name, const struct mn_source *source,
                        struct mn_error *err)
{
	struct mn_source mixed = *source;
	mixed.mixed = true;
	*r = (struct mn_regularized){.by = by, .name = name};
	int keys = by->count + name->count + OWN_KEYS;
	mn_groups_init(&r->runs, keys, MN_REGULARIZED_VECTORS);
	r->column = calloc((size_t)keys, sizeof(*r->column));
	if (!r->column)
		return mn_fail_memory(err, "columns", (size_t)keys * sizeof(*r->column));
	if (mn_rows_read(&mixed, begin, row, r, err) != 0 || mn_groups_sort(&r->runs, err) != 0)
		return -1;
	return r->runs.count ? 0 : mn_fail(err, "no row has a validation accuracy, or an accuracy on random labels");
}

void mn_regularized_free(struct mn_regularized *r)
{
	mn_groups_free(&r->runs);
	free(r->column);
	*r = (struct mn_regularized){0};
}

static double key_number(const struct mn_group *run, int key)
{
	double value = 0;
	mn_rows_parse(mn_group_key(run, key), &value); /* was read as a number before */
	return value;
}

const char *mn_regularized_value(const struct mn_regularized *r, const struct mn_group *run, int i)
{
	for (int j = 0; j < r->name->count; j++) {
		if (j != i && key_number(run, r->by->count + j) != 0)
			return NULL;
	}
	return mn_group_key(run, r->by->count + i);
}

int mn_regularized_random(const struct mn_regularized *r, const struct mn_group *run)
{
	return key_number(run, r->by->count + r->name->count + LABEL_NOISE) == 1;
}
