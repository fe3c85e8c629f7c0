/* Hessian products by finite differences of gradients: on all rows, and on the pattern sets of the on-line method. */
#include <stdlib.h>
#include <string.h>

#include "mn/objective.h"
#include "mn/vectors.h"

/* moved = w + factor * v */
static void move(size_t n, const mn_real *w, double factor, const mn_real *v, mn_real *moved)
{
	for (size_t i = 0; i < n; i++)
		moved[i] = (mn_real)((double)w[i] + factor * (double)v[i]);
}

/* hv = factor * (hv - gradient) */
static void subtract(size_t n, double factor, const mn_real *gradient, mn_real *hv)
{
	for (size_t i = 0; i < n; i++)
		hv[i] = (mn_real)(factor * ((double)hv[i] - (double)gradient[i]));
}

int mn_difference_new(struct mn_difference *d, struct mn_objective *objective, double alpha, struct mn_error *err)
{
	size_t n = objective->net->size;
	*d = (struct mn_difference){.objective = objective, .alpha = alpha};
	d->gradient = malloc(2 * n * sizeof *d->gradient);
	if (!d->gradient)
		return mn_fail_memory(err, "finite differences", 2 * n * sizeof *d->gradient);
	d->moved = d->gradient + n;
	mn_objective_gradient_on(objective, objective->row, objective->rows, objective->w, d->gradient);
	return 0;
}

void mn_difference_free(struct mn_difference *d)
{
	free(d->gradient);
	*d = (struct mn_difference){0};
}

int mn_difference_product(void *self, const mn_real *v, mn_real *hv, struct mn_error *err)
{
	const struct mn_difference *d = self;
	struct mn_objective *o = d->objective;
	struct mn_vectors vec;
	if (mn_vectors_new(&vec, o->net->size, 1, o->pool, err))
		return -1;
	double length = mn_vectors_norm(&vec, v), step = length > 0 ? d->alpha / length : 0;
	mn_vectors_free(&vec);
	move(vec.n, o->w, step, v, d->moved);
	mn_objective_gradient_on(o, o->row, o->rows, d->moved, hv);
	subtract(vec.n, length / d->alpha, d->gradient, hv);
	return 0;
}

int mn_patterns_new(struct mn_patterns *p, struct mn_objective *objective, int64_t batch, double alpha, uint64_t seed, struct mn_error *err)
{
	size_t n = objective->net->size;
	*p = (struct mn_patterns){.objective = objective, .alpha = alpha, .seed = seed, .pass = -1};
	p->batch = batch < objective->rows ? batch : objective->rows;
	p->order = malloc((size_t)(objective->rows + p->batch) * sizeof *p->order);
	p->gradient = alpha > 0 ? malloc(2 * n * sizeof *p->gradient) : NULL;
	if (!p->order || (alpha > 0 && !p->gradient)) {
		mn_patterns_free(p);
		return mn_fail_memory(err, "pattern sets", 2 * n * sizeof *p->gradient);
	}
	p->row = p->order + objective->rows;
	p->moved = alpha > 0 ? p->gradient + n : NULL;
	return 0;
}

void mn_patterns_free(struct mn_patterns *p)
{
	free(p->order);
	free(p->gradient);
	*p = (struct mn_patterns){0};
}

static void choose_rows(struct mn_patterns *p, int64_t step)
{
	struct mn_objective *o = p->objective;
	int64_t sets = o->rows / p->batch, pass = step / sets;
	if (pass != p->pass) {
		/* Number 0 of the purpose is the first direction. */
		struct mn_counter at = {.epoch = (uint64_t)pass + 1};
		mn_random_permutation((struct mn_key){p->seed, MN_PURPOSE_ONLINE}, at, p->order, o->rows);
		p->pass = pass;
	}
	for (int64_t i = 0; i < p->batch; i++)
		p->row[i] = o->row[p->order[step % sets * p->batch + i]];
}

int mn_patterns_product(void *self, int64_t step, const mn_real *u, mn_real *hu, struct mn_error *err)
{
	(void)err;
	struct mn_patterns *p = self;
	struct mn_objective *o = p->objective;
	choose_rows(p, step);
	if (p->alpha == 0) {
		mn_objective_product_on(o, p->row, p->batch, u, hu);
		return 0;
	}
	mn_objective_gradient_on(o, p->row, p->batch, o->w, p->gradient);
	move(o->net->size, o->w, p->alpha, u, p->moved);
	mn_objective_gradient_on(o, p->row, p->batch, p->moved, hu);
	subtract(o->net->size, 1 / p->alpha, p->gradient, hu);
	return 0;
}
