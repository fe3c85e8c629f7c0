#include "mn/online.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/vectors.h"

struct state {
	struct mn_vectors vec;
	mn_real *psi, *u, *hu;
	mn_online_product_fn *product;
	void *self;
	const struct mn_online_options *options;
};

static double gamma_at(const struct mn_online_options *options, int64_t step)
{
	if (options->iterations < 2)
		return options->gamma;
	double part = (double)step / (double)(options->iterations - 1);
	return options->gamma * pow(options->last_gamma / options->gamma, part);
}

static int normalize(struct state *s, double length, struct mn_error *err)
{
	if (!isfinite(length))
		return mn_fail(err, "the running average is not finite");
	memcpy(s->u, s->psi, s->vec.n * sizeof *s->u);
	/* Psi = 0 (gamma 1 and H u = 0) has no direction; u = 0 then stays and the reading is 0. */
	mn_vectors_scale(&s->vec, length > 0 ? 1 / length : 0, s->u);
	return 0;
}

/* The steps of the method; leaves the last direction in u. */
static int iterate(struct state *s, double *length, struct mn_error *err)
{
	const struct mn_online_options *options = s->options;
	mn_vectors_direction(&s->vec, (struct mn_key){options->seed, MN_PURPOSE_ONLINE}, 0, s->psi);
	*length = 1;
	for (int64_t step = 0; step < options->iterations; step++) {
		double gamma = gamma_at(options, step);
		if (normalize(s, *length, err) || s->product(s->self, step, s->u, s->hu, err))
			return -1;
		if (options->report && step > 0)
			options->report(options->report_arg, step, *length, mn_vectors_distance(&s->vec, s->hu, *length, s->u) / *length);
		mn_vectors_combine(&s->vec, s->hu, 1, &gamma, 1 - gamma, s->psi);
		*length = mn_vectors_norm(&s->vec, s->psi);
	}
	return normalize(s, *length, err);
}

/* The total variance of products at the present u (Welford 1962, over vectors); psi is overwritten by their mean. */
static int measure_variance(struct state *s, double *variance, struct mn_error *err)
{
	double squares = 0;
	memset(s->psi, 0, s->vec.n * sizeof *s->psi);
	for (int i = 0; i < MN_ONLINE_NOISE_PRODUCTS; i++) {
		if (s->product(s->self, s->options->iterations + i, s->u, s->hu, err))
			return -1;
		double distance = mn_vectors_distance(&s->vec, s->hu, 1, s->psi), share = 1.0 / (i + 1);
		squares += distance * distance * (1 - share);
		mn_vectors_combine(&s->vec, s->hu, 1, &share, 1 - share, s->psi);
	}
	*variance = squares / (MN_ONLINE_NOISE_PRODUCTS - 1);
	return 0;
}

static int close_with_full_product(struct state *s, struct mn_operator *full, struct mn_online *result, struct mn_error *err)
{
	if (mn_operator_apply(full, s->u, s->hu, err))
		return -1;
	result->rayleigh = mn_vectors_dot(&s->vec, s->u, s->hu);
	double distance = mn_vectors_distance(&s->vec, s->hu, result->rayleigh, s->u);
	result->residual = distance > 0 ? distance / fabs(result->rayleigh) : 0;
	return 0;
}

int mn_online(size_t n, mn_online_product_fn *product, void *self, struct mn_operator *full, const struct mn_online_options *options,
              struct mn_online *result, struct mn_error *err)
{
	struct state s = {.product = product, .self = self, .options = options};
	*result = (struct mn_online){0};
	if (mn_vectors_new(&s.vec, n, 1, options->pool, err))
		return -1;
	s.psi = malloc(2 * n * sizeof *s.psi);
	s.u = malloc(n * sizeof *s.u);
	int status = s.psi && s.u ? 0 : mn_fail_memory(err, "running average", 3 * n * sizeof *s.u);
	if (!status) {
		s.hu = s.psi + n;
		status = iterate(&s, &result->norm, err) || measure_variance(&s, &result->variance, err) ||
		         close_with_full_product(&s, full, result, err);
		double last = gamma_at(options, options->iterations - 1);
		result->floor = sqrt(result->variance * last / (2 - last));
		result->products = options->iterations + MN_ONLINE_NOISE_PRODUCTS;
	}
	free(s.psi);
	mn_vectors_free(&s.vec);
	if (status) {
		free(s.u);
		return -1;
	}
	result->vector = s.u;
	return 0;
}
