/* mn-hessian - curvature of the training loss at a model: eigenvalues, trace, density, sharpness; see mn-hessian(1). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/gemm.h"
#include "mn/hessian.h"
#include "mn/history.h"
#include "mn/options.h"
#include "mn/output.h"
#include "mn/progress.h"

static const char name[] = "mn-hessian";

struct arguments {
	struct mn_common common;
	struct mn_hessian_options hessian;
	const char *data, *method, *which, *rows, *product;
	int64_t mebibytes;
	const char *density, *vectors;
	double density_width;
};

static void set_defaults(struct arguments *a)
{
	*a = (struct arguments){
	        .hessian = {.top = 1,
	                    .tolerance = 1e-3,
	                    .max_iterations = 200,
	                    .alpha = 0.01,
	                    .gamma = 0.1,
	                    .batch = 32,
	                    .probes = 10,
	                    .steps = 50},
	        .method = "lanczos",
	        .which = "largest",
	        .rows = "all",
	        .product = "",
	        .mebibytes = 2048,
	};
}

enum { OWN_ROWS = 22, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct arguments *a)
{
	struct mn_hessian_options *h = &a->hessian;
	const struct mn_option own[OWN_ROWS] = {
	        {"data", 0, MN_OPTION_TEXT, &a->data, "DATA", 0, 0, MN_OPTION_REQUIRED | MN_OPTION_CANNOT_CHANGE_RESULT,
	         "data set that the loss is taken on"},
	        {"method", 0, MN_OPTION_CHOICE, &a->method, "lanczos|power|online", 0, 0, 0, "how to find eigenvalues"},
	        {"which", 0, MN_OPTION_CHOICE, &a->which, "largest|smallest|both", 0, 0, 0, "which end of the spectrum (lanczos)"},
	        {"top", 0, MN_OPTION_INT, &h->top, "K", 0, 10000, 0, "how many eigenvalues of an end; 0: none"},
	        {"tolerance", 0, MN_OPTION_REAL, &h->tolerance, "T", 0, 1, 0, "stop where the residual is at most this"},
	        {"max-iterations", 0, MN_OPTION_INT, &h->max_iterations, "N", 1, 1e15, 0, "stop after so many steps"},
	        {"rows", 0, MN_OPTION_CHOICE, &a->rows, "all|clean|noisy", 0, 0, 0, "which rows of the data the loss is over"},
	        {"memory", 0, MN_OPTION_INT, &a->mebibytes, "MIB", 1, 1 << 30, 0, "for basis vectors and kept activations"},
	        {"product", 0, MN_OPTION_TEXT, &a->product, "KIND", 0, 0, 0,
	         "Hessian products: exact or difference (exact; online: difference)"},
	        {"alpha", 0, MN_OPTION_REAL, &h->alpha, "A", 1e-12, 1e6, 0, "step of finite differences"},
	        {"gamma", 0, MN_OPTION_REAL, &h->gamma, "G", 1e-9, 1, 0, "online: weight of a new product in the running average"},
	        {"anneal", 0, MN_OPTION_REAL, &h->anneal, "G", 0, 1, 0, "online: let gamma fall to this (0: it stays)"},
	        {"batch", 0, MN_OPTION_INT, &h->batch, "N", 1, 1e15, 0, "online: rows a product"},
	        {"no-weight-decay", 0, MN_OPTION_FLAG, &h->no_decay, NULL, 0, 0, 0, "leave the model's weight-decay term out"},
	        {"trace", 0, MN_OPTION_FLAG, &h->trace, NULL, 0, 0, 0, "estimate the trace"},
	        {"probes", 0, MN_OPTION_INT, &h->probes, "N", 1, 1e9, 0, "random vectors for trace and density"},
	        {"density", 0, MN_OPTION_TEXT, &a->density, "FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "write the spectral density as CSV"},
	        {"density-steps", 0, MN_OPTION_INT, &h->steps, "N", 1, 10000, 0, "Lanczos steps a probe of the density"},
	        {"density-width", 0, MN_OPTION_REAL, &a->density_width, "SD", 0, 1e30, 0, "blur the density by a Gaussian (0: raw points)"},
	        {"sharpness", 0, MN_OPTION_REAL, &h->sharpness, "EPS", 0, 1, 0, "largest rise of the loss in a box of this size (0: none)"},
	        {"vectors", 0, MN_OPTION_TEXT, &a->vectors, "FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "write the eigenvectors as safetensors"},
	};
	int rows = 0;
	while (own[rows].name) {
		table[rows] = own[rows];
		rows++;
	}
	mn_options_common(table + rows, &a->common, "o seed threads q progress z no-history describe");
}

/* Where a choice's word stands among its words, which end with NULL. */
static int position(const char *word, const char *const *words)
{
	int i = 0;
	while (words[i] && strcmp(word, words[i]) != 0)
		i++;
	return i;
}

/* Of the table, the density and the vectors one at most may go to standard output. */
static int check_outputs(const struct arguments *a, struct mn_error *err)
{
	const char *outputs[] = {a->common.output ? a->common.output : "-", a->density, a->vectors};
	int standard = 0;
	for (int i = 0; i < 3; i++)
		standard += outputs[i] && strcmp(outputs[i], "-") == 0;
	if (standard > 1)
		return mn_misuse(err, "only one of the table, the density and the vectors can go to standard output");
	if ((a->density && mn_output_check(a->density, false, err)) || (a->vectors && mn_output_check(a->vectors, true, err)))
		return -1;
	return 0;
}

/* From words to what the library takes; and what does not go together. */
static int check(struct arguments *a, char **models, int model_count, struct mn_error *err)
{
	struct mn_hessian_options *h = &a->hessian;
	h->method = (enum mn_method)position(a->method, (const char *const[]){"lanczos", "power", "online", NULL});
	h->which = (enum mn_which)position(a->which, (const char *const[]){"largest", "smallest", "both", NULL});
	h->rows = (enum mn_rows)position(a->rows, (const char *const[]){"all", "clean", "noisy", NULL});
	h->memory = (size_t)a->mebibytes << 20;
	h->seed = (uint64_t)a->common.seed;
	h->density = a->density != NULL;
	if (!*a->product)
		a->product = h->method == MN_METHOD_ONLINE ? "difference" : "exact";
	h->difference = strcmp(a->product, "difference") == 0;
	if (!h->difference && strcmp(a->product, "exact") != 0)
		return mn_misuse(err, "--product: '%s' is not one of exact|difference", a->product);
	if (h->difference && h->method == MN_METHOD_LANCZOS)
		return mn_misuse(err, "--product difference: finite differences are not symmetric enough for lanczos; use power or online");
	if (h->top > 1 && h->method != MN_METHOD_LANCZOS)
		return mn_misuse(err, "--top %lld: %s finds one eigenvalue; use lanczos", (long long)h->top, a->method);
	if (h->which != MN_LARGEST && h->method != MN_METHOD_LANCZOS)
		return mn_misuse(err, "--which %s: %s finds the largest magnitude; use lanczos", a->which, a->method);
	if (h->anneal > h->gamma)
		return mn_misuse(err, "--anneal: %g is more than gamma, %g", h->anneal, h->gamma);
	if ((a->density || a->vectors) && model_count > 1)
		return mn_misuse(err, "--%s: one model at a time", a->density ? "density" : "vectors");
	if (a->vectors && (h->top == 0 || h->method == MN_METHOD_ONLINE))
		return mn_misuse(err, "--vectors: no eigenvectors are computed with --%s", h->top == 0 ? "top 0" : "method online");
	if (h->top == 0 && !h->trace && !h->density && h->sharpness == 0)
		return mn_misuse(err, "--top 0: nothing is asked for; add --trace, --density or --sharpness");
	int standard = strcmp(a->data, "-") == 0;
	for (int i = 0; i < model_count; i++)
		standard += strcmp(models[i], "-") == 0;
	return standard > 1 ? mn_misuse(err, "only one of the data set and the models can be standard input") : check_outputs(a, err);
}

/* The progress line: one for each part of the work. */
struct display {
	struct mn_progress progress;
	const struct mn_common *common;
	int64_t total;
};

static void begin_part(void *arg, const char *part, int64_t total)
{
	struct display *d = arg;
	mn_progress_end(&d->progress);
	mn_progress_start(&d->progress, d->common->progress, d->common->quiet, part, "products");
	d->total = total;
}

static void show_estimate(void *arg, int64_t iterations, double value, double residual)
{
	struct display *d = arg;
	char note[64];
	if (isnan(residual))
		snprintf(note, sizeof note, "estimate %.6g", value);
	else
		snprintf(note, sizeof note, "estimate %.6g, residual %.2g", value, residual);
	mn_progress_update(&d->progress, (double)iterations, (double)d->total, note);
}

static int write_density(const struct arguments *a, const struct mn_hessian *result, struct mn_error *err)
{
	struct mn_output output;
	if (mn_output_open(&output, a->density, false, err))
		return -1;
	int status = mn_hessian_write_density(output.file, &result->density, a->density_width, err);
	if (status == 0)
		status = mn_output_commit(&output, err);
	mn_output_discard(&output);
	return status;
}

static int fill_vectors(struct mn_stream *stream, const struct arguments *a, const struct mn_program *program,
                        const struct mn_hessian *result, const struct mn_model *model, const struct mn_dataset *data, struct mn_error *err)
{
	const struct mn_stream *inputs[] = {&data->stream, &model->stream};
	char blas[128], *command = mn_options_canonical(program);
	mn_blas_name(blas, sizeof blas);
	int status = command ? 0 : mn_fail_memory(err, "history", 0);
	if (status == 0)
		status = mn_stream_set(stream, "kind", "eigenvectors", err);
	if (status == 0 && !a->common.no_history)
		status = mn_history_append(stream, name, command, a->common.seed, inputs, 2, blas, err);
	if (status == 0)
		status = mn_hessian_add_vectors(stream, &result->eigen, &model->net, err);
	free(command);
	return status;
}

static int write_vectors(const struct arguments *a, const struct mn_program *program, const struct mn_hessian *result,
                         const struct mn_model *model, const struct mn_dataset *data, struct mn_error *err)
{
	struct mn_stream stream;
	int status = mn_stream_new(&stream, a->vectors, err);
	if (status == 0)
		status = fill_vectors(&stream, a, program, result, model, data, err);
	if (status == 0)
		status = mn_stream_save(&stream, a->vectors, a->common.gzip, err);
	mn_stream_free(&stream);
	return status;
}

static int measure_model(const struct arguments *a, const struct mn_program *program, const struct mn_model *model,
                         const struct mn_dataset *data, struct display *display, struct mn_hessian *result, struct mn_error *err)
{
	char note[256];
	if (mn_model_fits(model, data, err) || mn_hessian_measure(result, model, data, &a->hessian, err))
		return -1;
	mn_progress_end(&display->progress);
	mn_hessian_note(result, &a->hessian, note, sizeof note);
	if (*note && !a->common.quiet)
		fprintf(stderr, "%s: %s: %s\n", name, model->stream.name, note);
	if (a->density && write_density(a, result, err))
		return -1;
	return a->vectors ? write_vectors(a, program, result, model, data, err) : 0;
}

static int measure_all(const struct arguments *a, const struct mn_program *program, char **models, int model_count,
                       const struct mn_dataset *data, struct display *display, FILE *table, struct mn_error *err)
{
	struct mn_csv csv = {.file = table};
	for (int i = 0; i < model_count; i++) {
		struct mn_model model;
		struct mn_hessian result = {0};
		if (mn_model_read(&model, models[i], err))
			return -1;
		int status = measure_model(a, program, &model, data, display, &result, err);
		if (status == 0 && i == 0) /* not before: nothing comes out where nothing could be measured */
			mn_hessian_header(&csv);
		if (status == 0)
			mn_hessian_rows(&csv, &result, &a->hessian, &model, data);
		mn_hessian_free(&result);
		mn_model_free(&model);
		if (status)
			return -1;
	}
	return 0;
}

static int run(struct arguments *a, const struct mn_program *program, char **models, int model_count, struct mn_error *err)
{
	struct mn_output output;
	struct mn_dataset data = {0};
	struct display display = {.common = &a->common};
	a->hessian.begin = begin_part;
	a->hessian.report = show_estimate;
	a->hessian.arg = &display;
	if (mn_output_open(&output, a->common.output, false, err))
		return -1;
	int status = mn_dataset_read(&data, a->data, err);
	if (status == 0 && !(a->hessian.pool = mn_pool_new((int)a->common.threads, err)))
		status = -1;
	if (status == 0)
		status = measure_all(a, program, models, model_count, &data, &display, output.file, err);
	mn_progress_end(&display.progress);
	if (status == 0)
		status = mn_output_commit(&output, err);
	mn_output_discard(&output);
	mn_pool_free(a->hessian.pool);
	mn_dataset_free(&data);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments a;
	struct mn_option table[ROWS] = {0};
	mn_start_without_helpers(argv);
	set_defaults(&a);
	make_table(table, &a);
	struct mn_program program = {name, "--data DATA [OPTION ...] [MODEL ...]",
	                             "curvature of the training loss at a model: eigenvalues, trace, density, sharpness, as CSV", table};
	struct mn_error err = {0};
	char *text, *standard_input[] = {"-"};
	int first = mn_options_parse(&program, argc, argv, &text, &err);
	if (first == -2)
		return mn_print_and_close(name, text);
	if (first >= 0 && a.common.describe)
		return mn_describe_and_close(name, a.common.describe);
	char **models = first < argc ? argv + first : standard_input;
	int model_count = first < argc ? argc - first : 1;
	int status = first < 0 || check(&a, models, model_count, &err) || mn_blas_start((int)a.common.threads, &err) ||
	             run(&a, &program, models, model_count, &err);
	return mn_close_stdout(name, status ? mn_report(name, &err) : 0);
}
