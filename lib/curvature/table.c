/* The CSV rows of mn-hessian, and its other outputs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/columns.h"
#include "mn/hessian.h"

enum { CELLS = 1000 };

void mn_hessian_header(struct mn_csv *csv)
{
	static const char *const own[] = {"status",     "condition", "data",      "rows",  "size",      "method",
	                                  "statistic",  "which",     "rank",      "value", "std_error", "residual",
	                                  "iterations", "products",  "converged", "loss",  "accuracy",  "weight_norm"};
	mn_columns_header(csv);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		mn_csv_text(csv, own[i]);
	mn_csv_end(csv);
}

/* The fields that differ from row to row. NAN and -1: empty. */
struct row {
	const char *method, *statistic, *which;
	int rank;
	double value, std_error, residual;
	int64_t iterations, products;
	int converged;
};

struct table {
	struct mn_csv *csv;
	const struct mn_hessian *result;
	const struct mn_hessian_options *options;
	const struct mn_model *model;
	const struct mn_dataset *data;
};

static void write_real(struct mn_csv *csv, double value)
{
	if (isnan(value))
		mn_csv_empty(csv);
	else
		mn_csv_real(csv, value);
}

static void write_int(struct mn_csv *csv, int64_t value)
{
	if (value < 0)
		mn_csv_empty(csv);
	else
		mn_csv_int(csv, value);
}

static void write_row(const struct table *t, const struct row *row)
{
	static const char *const rows[] = {"all", "clean", "noisy"};
	struct mn_csv *csv = t->csv;
	mn_columns_write(csv, &t->model->stream);
	mn_csv_text(csv, mn_stream_get(&t->model->stream, "status", ""));
	mn_csv_text(csv, mn_stream_get(&t->model->stream, "condition", ""));
	mn_csv_text(csv, mn_stream_get(&t->data->stream, "dataset", ""));
	mn_csv_text(csv, rows[t->options->rows]);
	mn_csv_int(csv, t->result->size);
	mn_csv_text(csv, row->method);
	mn_csv_text(csv, row->statistic);
	mn_csv_text(csv, row->which);
	write_int(csv, row->rank);
	write_real(csv, row->value);
	write_real(csv, row->std_error);
	write_real(csv, row->residual);
	write_int(csv, row->iterations);
	write_int(csv, row->products);
	write_int(csv, row->converged);
	if (t->result->size)
		mn_csv_real(csv, t->result->loss);
	else
		mn_csv_empty(csv);
	write_real(csv, t->result->accuracy);
	mn_csv_real(csv, t->result->weight_norm);
	mn_csv_end(csv);
}

static const char *which_name(enum mn_which which)
{
	static const char *const names[] = {"largest", "smallest", "both"};
	return names[which];
}

static const char *method_name(enum mn_method method)
{
	static const char *const names[] = {"lanczos", "power", "online"};
	return names[method];
}

static void write_eigenvalues(const struct table *t)
{
	const struct mn_eigenpairs *eigen = &t->result->eigen;
	enum mn_method method = t->options->method;
	for (int i = 0; i < eigen->count; i++) {
		const struct mn_eigenpair *pair = &eigen->pair[i];
		write_row(t,
		          &(struct row){method_name(method), "eigenvalue", method == MN_METHOD_POWER ? "magnitude" : which_name(pair->end),
		                        pair->rank, pair->value, NAN, pair->residual, eigen->iterations, eigen->products, pair->converged});
	}
}

/* Two rows: the reading, its floor as standard error; and the closing Rayleigh quotient on all rows. Both carry the residual of the latter.
 */
static void write_online(const struct table *t)
{
	const struct mn_online *online = &t->result->online;
	int converged = online->residual <= t->options->tolerance;
	int64_t iterations = t->options->max_iterations;
	write_row(t, &(struct row){"online", "eigenvalue", "magnitude", 1, online->norm, online->floor, online->residual, iterations,
	                           online->products, converged});
	write_row(t, &(struct row){"online", "eigenvalue", "rayleigh", 1, online->rayleigh, NAN, online->residual, iterations,
	                           online->products + 1, converged});
}

static void write_sharpness(const struct table *t, const char *which, const struct mn_sharpness *s)
{
	write_row(t, &(struct row){"gradient", "sharpness", which, -1, s->value, NAN, NAN, s->iterations, s->evaluations, -1});
}

void mn_hessian_rows(struct mn_csv *csv, const struct mn_hessian *result, const struct mn_hessian_options *options,
                     const struct mn_model *model, const struct mn_dataset *data)
{
	struct table t = {csv, result, options, model, data};
	if (!result->measured) {
		write_row(&t, &(struct row){method_name(options->method), "eigenvalue",
		                            options->method == MN_METHOD_LANCZOS ? which_name(options->which) : "magnitude", -1, NAN, NAN,
		                            NAN, -1, -1, -1});
		return;
	}
	if (options->top > 0 && options->method == MN_METHOD_ONLINE)
		write_online(&t);
	else
		write_eigenvalues(&t);
	const struct mn_trace *trace = &result->trace;
	if (options->trace)
		write_row(&t, &(struct row){"hutchinson", "trace", "", -1, trace->value, trace->std_error, NAN, trace->probes,
		                            trace->probes, -1});
	if (options->sharpness > 0) {
		write_sharpness(&t, "full", &result->full);
		write_sharpness(&t, "subspace", &result->subspace);
	}
}

int mn_hessian_write_density(FILE *file, const struct mn_density *density, double width, struct mn_error *err)
{
	struct mn_csv csv = {.file = file};
	mn_csv_text(&csv, "eigenvalue");
	mn_csv_text(&csv, "density");
	mn_csv_end(&csv);
	const double *at = density->value, *value = density->weight;
	int64_t count = density->count;
	double *smooth = NULL;
	if (width > 0 && count > 0) {
		smooth = malloc(2 * CELLS * sizeof *smooth);
		if (!smooth)
			return mn_fail_memory(err, "density", 2 * CELLS * sizeof *smooth);
		mn_density_smooth(density, width, CELLS, smooth, smooth + CELLS);
		at = smooth;
		value = smooth + CELLS;
		count = CELLS;
	}
	for (int64_t i = 0; i < count; i++) {
		mn_csv_real(&csv, at[i]);
		mn_csv_real(&csv, value[i]);
		mn_csv_end(&csv);
	}
	free(smooth);
	return 0;
}

static int add_parameter(struct mn_stream *stream, const struct mn_eigenpairs *eigen, const struct mn_parameter *p, struct mn_error *err)
{
	int64_t shape[MN_RANK_MAX] = {eigen->count};
	memcpy(shape + 1, p->shape, (size_t)p->rank * sizeof *shape);
	struct mn_tensor *tensor = mn_stream_add(stream, p->name, MN_F32, p->rank + 1, shape, err);
	if (!tensor)
		return -1;
	float *to = tensor->data;
	for (int i = 0; i < eigen->count; i++)
		for (size_t j = 0; j < p->count; j++)
			*to++ = (float)eigen->pair[i].vector[p->offset + j];
	return 0;
}

int mn_hessian_add_vectors(struct mn_stream *stream, const struct mn_eigenpairs *eigen, const struct mn_network *net, struct mn_error *err)
{
	int64_t shape[1] = {eigen->count};
	struct mn_tensor *tensor = mn_stream_add(stream, "values", MN_F64, 1, shape, err);
	if (!tensor)
		return -1;
	for (int i = 0; i < eigen->count; i++)
		((double *)tensor->data)[i] = eigen->pair[i].value;
	tensor = mn_stream_add(stream, "residuals", MN_F64, 1, shape, err);
	if (!tensor)
		return -1;
	for (int i = 0; i < eigen->count; i++)
		((double *)tensor->data)[i] = eigen->pair[i].residual;
	for (int p = 0; p < net->parameters; p++)
		if (add_parameter(stream, eigen, &net->parameter[p], err))
			return -1;
	return 0;
}
