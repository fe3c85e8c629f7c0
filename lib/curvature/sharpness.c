#include "mn/sharpness.h"

#include <math.h>
#include <stdlib.h>

#include "box.h"
#include "subspace.h"

/* Seen from the box: u in [-1, 1]^d, w + A (half * u). */
struct view {
	mn_loss_gradient_fn *evaluate;
	void *self;
	size_t n;
	const mn_real *w;
	mn_real *moved, *gradient; /* [n] */
	double epsilon;
	struct mn_subspace subspace;
	double half[MN_SUBSPACE_MOST], z[MN_SUBSPACE_MOST]; /* of the subspace's box: half its widths; its coordinates */
};

static double half_width(const struct view *view, double at)
{
	return view->epsilon * (fabs(at) + 1);
}

static int evaluate_full(void *self, const mn_real *u, double *value, mn_real *gradient, struct mn_error *err)
{
	struct view *view = self;
	for (size_t i = 0; i < view->n; i++)
		view->moved[i] = (mn_real)((double)view->w[i] + half_width(view, (double)view->w[i]) * (double)u[i]);
	if (view->evaluate(view->self, view->moved, value, gradient, err))
		return -1;
	for (size_t i = 0; i < view->n; i++)
		gradient[i] = (mn_real)(half_width(view, (double)view->w[i]) * (double)gradient[i]);
	return 0;
}

static int evaluate_subspace(void *self, const mn_real *u, double *value, mn_real *gradient, struct mn_error *err)
{
	struct view *view = self;
	for (int j = 0; j < view->subspace.columns; j++)
		view->z[j] = view->half[j] * (double)u[j];
	mn_subspace_expand(&view->subspace, view->w, view->z, view->moved);
	if (view->evaluate(view->self, view->moved, value, view->gradient, err))
		return -1;
	mn_subspace_project(&view->subspace, view->gradient, view->z);
	for (int j = 0; j < view->subspace.columns; j++)
		gradient[j] = (mn_real)(view->half[j] * view->z[j]);
	return 0;
}

static int maximize(struct view *view, bool subspace, uint64_t seed, struct mn_pool *pool, struct mn_box *box, struct mn_error *err)
{
	struct mn_vectors vec;
	size_t n = view->n, dimension = n;
	if (subspace) {
		int columns = n < MN_SHARPNESS_SUBSPACE ? (int)n : MN_SHARPNESS_SUBSPACE;
		if (mn_subspace_new(&view->subspace, n, columns, seed, pool, err) ||
		    mn_subspace_pseudoinverse(&view->subspace, view->w, view->half, err))
			return -1;
		for (int j = 0; j < columns; j++)
			view->half[j] = half_width(view, view->half[j]);
		dimension = (size_t)columns;
	}
	if (mn_vectors_new(&vec, dimension, 1, pool, err))
		return -1;
	struct mn_key key = {seed, MN_PURPOSE_SHARPNESS};
	int status = mn_box_maximize(subspace ? evaluate_subspace : evaluate_full, view, &vec, MN_SHARPNESS_ITERATIONS, key, box, err);
	mn_vectors_free(&vec);
	return status;
}

int mn_sharpness(mn_loss_gradient_fn *evaluate, void *self, size_t n, const mn_real *w, double epsilon, bool subspace, uint64_t seed,
                 struct mn_pool *pool, struct mn_sharpness *result, struct mn_error *err)
{
	struct view view = {.evaluate = evaluate, .self = self, .n = n, .w = w, .epsilon = epsilon};
	struct mn_box box;
	view.moved = malloc(n * sizeof *view.moved);
	view.gradient = subspace ? malloc(n * sizeof *view.gradient) : NULL;
	int status = view.moved && (view.gradient || !subspace) ? maximize(&view, subspace, seed, pool, &box, err)
	                                                        : mn_fail_memory(err, "sharpness", 2 * n * sizeof *view.moved);
	if (!status)
		*result = (struct mn_sharpness){.value = 100 * (box.highest - box.first) / (1 + box.first),
		                                .loss = box.first,
		                                .highest = box.highest,
		                                .iterations = box.iterations,
		                                .evaluations = box.evaluations};
	mn_subspace_free(&view.subspace);
	free(view.moved);
	free(view.gradient);
	return status;
}
