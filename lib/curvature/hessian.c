#include "mn/hessian.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mn/vectors.h"

/* Lanczos seldom needs more than this beyond the vectors that it is to find. */
enum { VECTORS_BASE = 25 };

/* One model's measurement on its way. */
struct measurement {
	const struct mn_hessian_options *options;
	struct mn_objective objective;
	struct mn_difference difference;
	struct mn_operator op;    /* of the products that were asked for */
	struct mn_operator exact; /* of exact ones */
	size_t vectors;           /* bytes that remain for vectors */
	struct mn_hessian *result;
};

/* How many vectors the asked methods are to have before activations are kept. */
static size_t vectors_wanted(const struct mn_hessian_options *options, size_t n)
{
	size_t most = 4; /* of the check */
	size_t ends = options->which == MN_BOTH ? 2 : 1;
	if (options->top > 0 && options->method == MN_METHOD_LANCZOS && most < (size_t)options->top * ends + VECTORS_BASE)
		most = (size_t)options->top * ends + VECTORS_BASE;
	if (options->density && most < (size_t)options->steps + 1)
		most = (size_t)options->steps + 1;
	if (options->sharpness > 0 && most < 6)
		most = 6;
	most = most < n + 4 ? most : n + 4;
	return most + (options->difference ? 2 : 0);
}

static int prepare(struct measurement *m, struct mn_error *err)
{
	const struct mn_hessian_options *options = m->options;
	struct mn_objective *o = &m->objective;
	size_t n = o->net->size, vectors = vectors_wanted(options, n) * n * sizeof(mn_real), kept;
	m->exact = m->op = (struct mn_operator){.n = n, .apply = mn_objective_product, .self = o};
	if (options->no_decay)
		o->weight_decay = 0;
	if (mn_objective_keep(o, options->memory > vectors ? options->memory - vectors : 0, &kept, err))
		return -1;
	m->vectors = options->memory - kept;
	if (options->difference && options->method == MN_METHOD_POWER) {
		if (mn_difference_new(&m->difference, o, options->alpha, err))
			return -1;
		m->op.apply = mn_difference_product;
		m->op.self = &m->difference;
	}
	return 0;
}

static void begin(const struct measurement *m, const char *part, int64_t total)
{
	if (m->options->begin)
		m->options->begin(m->options->arg, part, total);
}

static int find_eigenvalues(struct measurement *m, struct mn_error *err)
{
	const struct mn_hessian_options *options = m->options;
	begin(m, "eigenvalues", options->max_iterations);
	struct mn_eigen_options eigen = {.which = options->which,
	                                 .top = (int)options->top,
	                                 .tolerance = options->tolerance,
	                                 .max_iterations = options->max_iterations,
	                                 .memory = m->vectors,
	                                 .seed = options->seed,
	                                 .pool = options->pool,
	                                 .report = options->report,
	                                 .report_arg = options->arg};
	if (options->method == MN_METHOD_LANCZOS)
		return mn_lanczos(&m->op, &eigen, &m->result->eigen, err);
	return mn_power(&m->op, &eigen, &m->result->eigen, err);
}

static int run_online(struct measurement *m, struct mn_error *err)
{
	const struct mn_hessian_options *options = m->options;
	begin(m, "on-line estimate", options->max_iterations);
	struct mn_online_options online = {.gamma = options->gamma,
	                                   .last_gamma = options->anneal > 0 ? options->anneal : options->gamma,
	                                   .iterations = options->max_iterations,
	                                   .seed = options->seed,
	                                   .pool = options->pool,
	                                   .report = options->report,
	                                   .report_arg = options->arg};
	struct mn_patterns patterns;
	if (mn_patterns_new(&patterns, &m->objective, options->batch, options->difference ? options->alpha : 0, options->seed, err))
		return -1;
	int status = mn_online(m->exact.n, mn_patterns_product, &patterns, &m->exact, &online, &m->result->online, err);
	mn_patterns_free(&patterns);
	return status;
}

static int find_sharpness(struct measurement *m, bool subspace, struct mn_sharpness *sharpness, struct mn_error *err)
{
	const struct mn_hessian_options *options = m->options;
	begin(m, subspace ? "sharpness in a subspace" : "sharpness", 0);
	return mn_sharpness(mn_objective_gradient, &m->objective, m->exact.n, m->objective.w, options->sharpness, subspace, options->seed,
	                    options->pool, sharpness, err);
}

static int measure(struct measurement *m, struct mn_error *err)
{
	const struct mn_hessian_options *options = m->options;
	struct mn_hessian *result = m->result;
	if (prepare(m, err))
		return -1;
	begin(m, "check", 0);
	if (mn_operator_check(&m->op, m->op.apply == mn_objective_product, options->seed, options->pool, err))
		return -1;
	if (options->top > 0 && (options->method == MN_METHOD_ONLINE ? run_online(m, err) : find_eigenvalues(m, err)))
		return -1;
	begin(m, "trace", options->trace ? options->probes : 0);
	if (options->trace &&
	    mn_trace(&m->exact, options->probes, options->seed, options->pool, options->report, options->arg, &result->trace, err))
		return -1;
	begin(m, "density", options->density ? options->probes : 0);
	if (options->density && mn_density(&m->exact, (int)options->steps, options->probes, m->vectors, options->seed, options->pool,
	                                   options->report, options->arg, &result->density, err))
		return -1;
	if (options->sharpness > 0)
		return find_sharpness(m, false, &result->full, err) || find_sharpness(m, true, &result->subspace, err) ? -1 : 0;
	return 0;
}

int mn_hessian_measure(struct mn_hessian *result, const struct mn_model *model, const struct mn_dataset *data,
                       const struct mn_hessian_options *options, struct mn_error *err)
{
	struct measurement m = {.options = options, .result = result};
	struct mn_vectors vec;
	*result = (struct mn_hessian){.loss = NAN, .accuracy = NAN};
	if (mn_objective_new(&m.objective, model, data, options->rows, options->pool, err))
		return -1;
	int status = mn_vectors_new(&vec, model->net.size, 1, options->pool, err);
	if (!status) {
		result->size = m.objective.rows;
		result->weight_norm = mn_vectors_norm(&vec, model->w);
		mn_vectors_free(&vec);
		if (result->size)
			mn_objective_evaluate(&m.objective, &result->loss, &result->accuracy);
		/* A run that diverged has no curvature worth the name, but a sweep goes on. */
		result->measured = result->size && strcmp(mn_stream_get(&model->stream, "status", ""), "diverged") != 0;
		status = result->measured ? measure(&m, err) : 0;
	}
	mn_difference_free(&m.difference);
	mn_objective_free(&m.objective);
	if (status)
		mn_hessian_free(result);
	return status;
}

void mn_hessian_free(struct mn_hessian *result)
{
	mn_eigenpairs_free(&result->eigen);
	free(result->online.vector);
	mn_density_free(&result->density);
	*result = (struct mn_hessian){0};
}

static int unconverged(const struct mn_eigenpairs *eigen)
{
	int count = 0;
	for (int i = 0; i < eigen->count; i++)
		count += !eigen->pair[i].converged;
	return count;
}

void mn_hessian_note(const struct mn_hessian *result, const struct mn_hessian_options *options, char *text, size_t size)
{
	*text = '\0';
	if (!result->measured || options->top == 0)
		return;
	const struct mn_eigenpairs *eigen = &result->eigen;
	const struct mn_online *online = &result->online;
	int64_t asked = options->which == MN_BOTH ? 2 * options->top : options->top;
	if (options->method == MN_METHOD_ONLINE)
		snprintf(text, size, "on-line reading %.6g, noise floor %.6g%s; on all rows: Rayleigh quotient %.6g, residual %.3g",
		         online->norm, online->floor,
		         online->norm <= 1.2 * online->floor ? " (the reading is noise: lower --gamma or raise --batch)" : "",
		         online->rayleigh, online->residual);
	else if (eigen->count < asked && !eigen->complete)
		snprintf(text, size,
		         "%d of the %lld eigenvalues asked for were found after %lld iterations, %d of them not converged: see column "
		         "residual, raise --max-iterations",
		         eigen->count, (long long)asked, (long long)eigen->iterations, unconverged(eigen));
	else if (unconverged(eigen))
		snprintf(text, size,
		         "%d of %d eigenvalues have not converged after %lld iterations: see column residual, raise --max-iterations",
		         unconverged(eigen), eigen->count, (long long)eigen->iterations);
	else if (!eigen->complete)
		snprintf(text, size,
		         "stopped after %lld iterations before it was sure that no eigenvalue beyond these was missed: raise "
		         "--max-iterations",
		         (long long)eigen->iterations);
}
