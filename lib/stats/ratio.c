#include "mn/ratio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

int mn_relative_parse(struct mn_relative *relative, const char *text, const struct mn_names *by, struct mn_error *err)
{
	const char *equals = strchr(text, '=');
	if (!equals || equals == text || equals[1] == '\0')
		return mn_misuse(err, "--relative-to '%s': not of the form COLUMN=max, COLUMN=min or COLUMN=VALUE", text);
	size_t length = (size_t)(equals - text);
	relative->value = equals + 1;
	relative->kind = strcmp(relative->value, "max") == 0   ? MN_RELATIVE_MAX
	                 : strcmp(relative->value, "min") == 0 ? MN_RELATIVE_MIN
	                                                       : MN_RELATIVE_VALUE;
	for (relative->column = 0; relative->column < by->count; relative->column++) {
		const char *name = by->name[relative->column];
		if (strlen(name) == length && strncmp(name, text, length) == 0)
			return 0;
	}
	return mn_misuse(err, "--relative-to '%s': its column must be one of --by", text);
}

/* Do the keys agree in all columns but one? */
static bool agree(const struct mn_group *a, const struct mn_group *b, int keys, int but)
{
	for (int i = 0; i < keys; i++) {
		if (i != but && strcmp(mn_group_key(a, i), mn_group_key(b, i)) != 0)
			return false;
	}
	return true;
}

struct mn_group *mn_relative_base(struct mn_groups *groups, const struct mn_group *group, const struct mn_relative *relative,
                                  struct mn_error *err)
{
	struct mn_group *base = NULL;
	double best = 0, number, wanted;
	bool numeric = mn_rows_parse(relative->value, &wanted);
	for (size_t g = 0; g < groups->count; g++) {
		struct mn_group *other = groups->group[g];
		const char *text = mn_group_key(other, relative->column);
		if (!agree(group, other, groups->keys, relative->column))
			continue;
		bool is_number = mn_rows_parse(text, &number);
		if (relative->kind == MN_RELATIVE_VALUE) {
			if (strcmp(text, relative->value) == 0 || (numeric && is_number && number == wanted))
				return other;
			continue;
		}
		if (!is_number) {
			mn_fail(err, "--relative-to: '%s' is not a number, so none is the largest or smallest", text);
			return NULL;
		}
		if (!base || (relative->kind == MN_RELATIVE_MAX ? number > best : number < best)) {
			base = other;
			best = number;
		}
	}
	return base;
}

/* On a grid whose x is 0 for the base and 1 for the group. */
static struct mn_bound log_ratio(const int *unit, int n, const void *arg)
{
	const struct grid *grid = arg;
	return mn_bound_add(grid_log_median(grid, 0, 1, unit, n), -1, grid_log_median(grid, 0, 0, unit, n));
}

int mn_ratio_of_medians(const struct mn_group *group, const struct mn_group *base, const struct mn_resampling *how,
                        struct mn_estimate *ratio, struct mn_error *err)
{
	const struct mn_group *side[2] = {base, group};
	size_t rows = base->value[0].count + group->value[0].count;
	struct sweep sweep = {.cell = calloc(rows + 1, sizeof(*sweep.cell))};
	struct grid grid = {0};
	*ratio = (struct mn_estimate){NAN, NAN, NAN};
	if (!sweep.cell)
		return mn_fail_memory(err, "runs", rows * sizeof(*sweep.cell));
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < side[s]->value[0].count; i++)
			sweep.cell[sweep.cells++] = (struct sweep_cell){.x = s,
			                                                .value = side[s]->value[0].at[i],
			                                                .censored = side[s]->value[1].at[i] != 0,
			                                                .seed = side[s]->value[2].at[i]};
	}
	int status = 0;
	if (base->value[0].count > 0 && group->value[0].count > 0) {
		status = grid_make(&grid, &sweep, NOISE_INPUTS, 0, err);
		if (status == 0)
			status = mn_bootstrap(log_ratio, &grid, grid.seeds, how, ratio, err);
		*ratio = (struct mn_estimate){exp(ratio->estimate), exp(ratio->low), exp(ratio->high)};
	}
	grid_free(&grid);
	sweep_free(&sweep);
	return status;
}
