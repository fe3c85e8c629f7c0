/* hessian.h - what mn-hessian measures of one model on one data set, and the CSV rows that say it. */
#ifndef MN_HESSIAN_H
#define MN_HESSIAN_H

#include "mn/csv.h"
#include "mn/eigen.h"
#include "mn/objective.h"
#include "mn/online.h"
#include "mn/sharpness.h"
#include "mn/trace.h"

enum mn_method { MN_METHOD_LANCZOS, MN_METHOD_POWER, MN_METHOD_ONLINE };

struct mn_hessian_options {
	enum mn_method method;
	enum mn_which which; /* Lanczos */
	int64_t top;         /* 0: no eigenvalues. Power and online know one only */
	double tolerance;
	int64_t max_iterations;
	enum mn_rows rows;
	size_t memory;   /* bytes for vectors and for activations that are kept from product to product; vectors come first */
	bool difference; /* products by finite differences (power, online), not exact */
	double alpha;    /* their step */
	double gamma;    /* online; and where anneal > 0 its last value */
	double anneal;
	int64_t batch; /* online: rows a pattern set */
	bool no_decay; /* leave the weight-decay term out */
	bool trace, density;
	int64_t probes;   /* of trace and density */
	int64_t steps;    /* Lanczos steps of the density */
	double sharpness; /* epsilon; 0: none */
	uint64_t seed;
	struct mn_pool *pool;
	/* Called before each part with its name ("trace") and the number of iterations it may take; then with each estimate. May be NULL.
	 */
	void (*begin)(void *arg, const char *part, int64_t total);
	mn_estimate_fn *report;
	void *arg;
};

struct mn_hessian {
	int64_t size; /* rows of the asked kind */
	double loss;  /* over them: mean cross-entropy without the decay term */
	double accuracy, weight_norm;
	bool measured;              /* false: there are no such rows, or the model is marked as diverged; then nothing below is set */
	struct mn_eigenpairs eigen; /* lanczos, power */
	struct mn_online online;
	struct mn_trace trace;
	struct mn_density density;
	struct mn_sharpness full, subspace;
};

/* Checks the operator, then measures what is asked for. data must fit the model. 0, or -1 with err and an empty result. */
int mn_hessian_measure(struct mn_hessian *result, const struct mn_model *model, const struct mn_dataset *data,
                       const struct mn_hessian_options *options, struct mn_error *err);
void mn_hessian_free(struct mn_hessian *result);

/* One line for the user about what the numbers alone do not say (a search cut short, a reading under its noise floor); empty where there is
 * nothing to say. */
void mn_hessian_note(const struct mn_hessian *result, const struct mn_hessian_options *options, char *text, size_t size);

void mn_hessian_header(struct mn_csv *csv);
void mn_hessian_rows(struct mn_csv *csv, const struct mn_hessian *result, const struct mn_hessian_options *options,
                     const struct mn_model *model, const struct mn_dataset *data);

/* The density as CSV eigenvalue,density: the points and their weights, which sum to 1, or with width > 0 the density blurred by a Gaussian
 * of that standard deviation in 1000 cells. */
int mn_hessian_write_density(FILE *file, const struct mn_density *density, double width, struct mn_error *err);

/* Adds the eigenvectors to a stream: for each parameter a tensor of its name, [pairs, its shape], and `values` and `residuals` [pairs]. */
int mn_hessian_add_vectors(struct mn_stream *stream, const struct mn_eigenpairs *eigen, const struct mn_network *net, struct mn_error *err);

#endif
