#include "box.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 10, HALVINGS = 20 }; /* values that the nonmonotone line search compares with; its longest backtracking */

struct ascent {
	mn_box_fn *f;
	void *self;
	const struct mn_vectors *vec;
	mn_real *u, *g; /* present point and gradient */
	mn_real *next, *g_next;
	mn_real *direction;
	double step, past[MEMORY];
	struct mn_box *result;
};

static int evaluate(struct ascent *a, const mn_real *u, double *value, mn_real *gradient, struct mn_error *err)
{
	if (a->f(a->self, u, value, gradient, err))
		return -1;
	a->result->evaluations++;
	if (!isfinite(*value))
		return mn_fail(err, "the loss is not finite inside the box");
	a->result->highest = fmax(a->result->highest, *value);
	return 0;
}

/* direction = P(u + step g) - u. */
static void project(struct ascent *a)
{
	for (size_t i = 0; i < a->vec->n; i++) {
		double u = (double)a->u[i], to = u + a->step * (double)a->g[i];
		a->direction[i] = (mn_real)(fmin(fmax(to, -1), 1) - u);
	}
}

/* Steps along the direction, shortened until the value exceeds the least of the last ones by a share of what the slope promises. Returns 1
 * where it moved, 0 where no step was good, -1 on failure. */
static int search_line(struct ascent *a, double slope, double *value, struct mn_error *err)
{
	double lowest = a->past[0], length = 1;
	for (int i = 1; i < MEMORY; i++)
		lowest = fmin(lowest, a->past[i]);
	for (int i = 0; i < HALVINGS; i++, length /= 2) {
		memcpy(a->next, a->u, a->vec->n * sizeof *a->u);
		mn_vectors_combine(a->vec, a->direction, 1, &length, 1, a->next);
		if (evaluate(a, a->next, value, a->g_next, err))
			return -1;
		if (*value >= lowest + 1e-4 * length * slope)
			return 1;
	}
	return 0;
}

/* The spectral step <s,s> / -<s,y>; where the function curves upwards along s, all the way. */
static double spectral_step(const struct ascent *a)
{
	double moved = 0, curved = 0;
	for (size_t i = 0; i < a->vec->n; i++) {
		double s = (double)a->next[i] - (double)a->u[i];
		moved += s * s;
		curved += s * ((double)a->g_next[i] - (double)a->g[i]);
	}
	return curved < 0 ? fmin(fmax(moved / -curved, 1e-30), 1e30) : 1e30;
}

static int climb(struct ascent *a, int iterations, double value, struct mn_error *err)
{
	for (int i = 0; i < MEMORY; i++)
		a->past[i] = value;
	/* At first the step that moves a typical coordinate from the centre to the border. */
	a->step = sqrt((double)a->vec->n) / mn_vectors_norm(a->vec, a->g);
	while (a->result->iterations < iterations) {
		project(a);
		double slope = mn_vectors_dot(a->vec, a->g, a->direction);
		if (!(slope > 0))
			break;
		int moved = search_line(a, slope, &value, err);
		if (moved <= 0)
			return moved;
		a->past[a->result->iterations++ % MEMORY] = value;
		a->step = spectral_step(a);
		mn_real *u = a->u, *g = a->g;
		a->u = a->next;
		a->g = a->g_next;
		a->next = u;
		a->g_next = g;
	}
	return 0;
}

int mn_box_maximize(mn_box_fn *f, void *self, const struct mn_vectors *vec, int iterations, struct mn_key key, struct mn_box *result,
                    struct mn_error *err)
{
	size_t n = vec->n;
	mn_real *memory = calloc(5 * n, sizeof *memory);
	if (!memory)
		return mn_fail_memory(err, "maximization", 5 * n * sizeof *memory);
	struct ascent a = {.f = f,
	                   .self = self,
	                   .vec = vec,
	                   .u = memory,
	                   .g = memory + n,
	                   .next = memory + 2 * n,
	                   .g_next = memory + 3 * n,
	                   .direction = memory + 4 * n,
	                   .result = result};
	*result = (struct mn_box){.highest = -INFINITY};
	double value;
	int status = evaluate(&a, a.u, &value, a.g, err);
	result->first = value;
	if (!status && mn_vectors_norm(vec, a.g) == 0) {
		mn_vectors_signs(vec, key, 0, a.u);
		mn_vectors_scale(vec, 0.1, a.u);
		status = evaluate(&a, a.u, &value, a.g, err);
	}
	if (!status && mn_vectors_norm(vec, a.g) > 0)
		status = climb(&a, iterations, value, err);
	free(memory);
	return status;
}
