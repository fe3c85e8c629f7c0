#include "sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/survival.h"

const char *const noise_kind_name[NOISE_KINDS] = {"inputs", "labels"};

struct reading {
	struct sweep *sweep;
	const struct sweep_columns *columns;
	int dataset, label_noise, input_noise, x, seed, value, censored;
	int sorting[SWEEP_SORTING], sortings;
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct reading *r = arg;
	const struct {
		const char *name;
		int *column;
	} wanted[] = {
	        {"dataset", &r->dataset},       {"label_noise", &r->label_noise}, {"input_noise", &r->input_noise},    {"seed", &r->seed},
	        {r->columns->value, &r->value}, {r->columns->x, &r->x},           {r->columns->censored, &r->censored}};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (wanted[i].name && (*wanted[i].column = mn_rows_column(header, wanted[i].name, err)) < 0)
			return -1;
	}
	for (r->sortings = 0; r->columns->sorting[r->sortings]; r->sortings++) {
		if ((r->sorting[r->sortings] = mn_rows_column(header, r->columns->sorting[r->sortings], err)) < 0)
			return -1;
	}
	return 0;
}

int sweep_add(struct sweep *sweep, const struct sweep_cell *cell, struct mn_error *err)
{
	if (sweep->cells == sweep->room) {
		size_t room = 2 * sweep->room + 64;
		struct sweep_cell *grown = realloc(sweep->cell, room * sizeof(*grown));
		if (!grown)
			return mn_fail_memory(err, "runs", room * sizeof(*grown));
		sweep->cell = grown;
		sweep->room = room;
	}
	sweep->cell[sweep->cells++] = *cell;
	return 0;
}

int sweep_of_dataset(struct sweep *sweep, const char *dataset, const struct mn_place *place, struct mn_error *err)
{
	if (!sweep->dataset && !(sweep->dataset = strdup(dataset)))
		return mn_fail_memory(err, "data set", strlen(dataset));
	if (strcmp(sweep->dataset, dataset) != 0)
		return mn_fail(err, "%s: line %lld: data set '%s' after '%s'; claims are about one", place->path, (long long)place->line,
		               dataset, sweep->dataset);
	return 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct reading *r = arg;
	const struct sweep_columns *c = r->columns;
	struct sweep_cell cell = {0};
	double censored = 0;
	char *sorting[SWEEP_SORTING];
	for (int i = 0; i < r->sortings; i++)
		sorting[i] = field[r->sorting[i]];
	if (c->part && (cell.part = c->part(sorting)) < 0)
		return 0;
	if (sweep_of_dataset(r->sweep, field[r->dataset], place, err) != 0)
		return -1;
	if (mn_rows_number(field[r->label_noise], "label_noise", place, &cell.label_noise, err) != 0 ||
	    mn_rows_number(field[r->input_noise], "input_noise", place, &cell.input_noise, err) != 0 ||
	    mn_rows_number(field[r->seed], "seed", place, &cell.seed, err) != 0 ||
	    (c->x && mn_rows_number(field[r->x], c->x, place, &cell.x, err) != 0))
		return -1;
	if (cell.label_noise > 0 && cell.input_noise > 0)
		return mn_fail(err, "%s: line %lld: noise in labels and inputs; claims are about one of them", place->path,
		               (long long)place->line);
	if (field[r->value][0] == '\0')
		return 0;
	if (mn_rows_number(field[r->value], c->value, place, &cell.value, err) != 0 ||
	    (c->censored && mn_rows_number(field[r->censored], c->censored, place, &censored, err) != 0))
		return -1;
	cell.censored = censored != 0;
	bool never = cell.censored && cell.value > 0 && isinf(cell.value);
	return isfinite(cell.value) || never ? sweep_add(r->sweep, &cell, err) : 0;
}

int sweep_read(struct sweep *sweep, const struct mn_source *source, const struct sweep_columns *columns, struct mn_error *err)
{
	struct reading r = {.sweep = sweep, .columns = columns};
	*sweep = (struct sweep){0};
	return mn_rows_read(source, begin, row, &r, err);
}

void sweep_free(struct sweep *sweep)
{
	free(sweep->dataset);
	free(sweep->cell);
	*sweep = (struct sweep){0};
}

int sweep_has(const struct sweep *sweep, enum noise_kind kind)
{
	for (size_t i = 0; i < sweep->cells; i++) {
		const struct sweep_cell *cell = &sweep->cell[i];
		if ((kind == NOISE_LABELS ? cell->label_noise : cell->input_noise) > 0)
			return 1;
	}
	return 0;
}
