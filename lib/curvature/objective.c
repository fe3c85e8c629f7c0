#include "mn/objective.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/evaluate.h"

/* Rows a chunk: enough for the matrix products to run at speed, halved while the workspace is larger than a few caches. */
enum { CHUNK_MOST = 512, CHUNK_LEAST = 16, CHUNK_BYTES = 32 << 20 };

static int chunk_rows(const struct mn_network *net)
{
	int rows = CHUNK_MOST;
	while (rows > CHUNK_LEAST && mn_workspace_bytes(net, 1, rows, MN_WORKSPACE_BACKWARD) > CHUNK_BYTES)
		rows /= 2;
	return rows;
}

static int select_rows(struct mn_objective *o, enum mn_rows rows, struct mn_error *err)
{
	o->row = malloc((size_t)(o->data->rows + 1) * sizeof *o->row);
	if (!o->row)
		return mn_fail_memory(err, "rows", (size_t)o->data->rows * sizeof *o->row);
	for (int64_t i = 0; i < o->data->rows; i++)
		if (rows == MN_ROWS_ALL || mn_row_is_noisy(o->data, i) == (rows == MN_ROWS_NOISY))
			o->row[o->rows++] = i;
	return 0;
}

static int make(struct mn_objective *o, const struct mn_model *model, enum mn_rows rows, struct mn_error *err)
{
	if (mn_stream_get_real(&model->stream, "weight_decay", 0, &o->weight_decay, err) || select_rows(o, rows, err))
		return -1;
	o->decay_biases = strcmp(mn_stream_get(&model->stream, "decay_biases", "no"), "yes") == 0;
	o->chunk = chunk_rows(o->net);
	o->label = malloc((size_t)o->chunk);
	if (!o->label)
		return mn_fail_memory(err, "labels", CHUNK_MOST);
	if (mn_workspace_new(&o->ws, o->net, o->pool, o->chunk, MN_WORKSPACE_BACKWARD, err))
		return -1;
	return mn_workspace_new(&o->r, o->net, o->pool, o->chunk, MN_WORKSPACE_BACKWARD, err);
}

int mn_objective_new(struct mn_objective *o, const struct mn_model *model, const struct mn_dataset *data, enum mn_rows rows,
                     struct mn_pool *pool, struct mn_error *err)
{
	*o = (struct mn_objective){.net = &model->net,
	                           .input = &model->input,
	                           .data = data,
	                           .w = model->w,
	                           .buffers = model->buffers,
	                           .pool = pool,
	                           .loss = MN_CROSS_ENTROPY};
	int status = make(o, model, rows, err);
	if (status)
		mn_objective_free(o);
	return status;
}

static void forget(struct mn_objective *o)
{
	for (int i = 0; i < o->keeps; i++)
		mn_workspace_free(&o->kept[i]);
	free(o->kept);
	o->kept = NULL;
	o->keeps = 0;
}

void mn_objective_free(struct mn_objective *o)
{
	forget(o);
	mn_workspace_free(&o->ws);
	mn_workspace_free(&o->r);
	free(o->row);
	free(o->label);
	*o = (struct mn_objective){0};
}

/* Forward through one chunk of rows; leaves their labels in o->label. */
static void run_forward(struct mn_objective *o, const struct mn_workspace *ws, const int64_t *row, int count, const mn_real *w)
{
	struct mn_images images = mn_model_images(o->data);
	for (int i = 0; i < count; i++)
		o->label[i] = o->data->labels[row[i]];
	mn_input_fill(o->input, &images, row, 0, count, o->net->flat_input, o->pool, ws->y[0]);
	mn_network_forward(ws, w, o->buffers, count, NULL);
}

/* Forward and backward; returns the sum of the rows' losses. scale: of each row's derivative. */
static double run_both(struct mn_objective *o, const struct mn_workspace *ws, const int64_t *row, int count, const mn_real *w,
                       mn_real scale, struct mn_into into)
{
	run_forward(o, ws, row, count, w);
	double loss =
	        mn_loss(o->loss, mn_workspace_logits(ws), o->label, count, o->net->classes, scale, mn_workspace_dlogits(ws), NULL, NULL);
	mn_network_backward(ws, w, o->buffers, count, NULL, into);
	return loss;
}

static int chunk_length(const struct mn_objective *o, int64_t first, int64_t rows)
{
	return (int)(rows - first < o->chunk ? rows - first : o->chunk);
}

int mn_objective_keep(struct mn_objective *o, size_t memory, size_t *used, struct mn_error *err)
{
	size_t bytes = mn_workspace_bytes(o->net, mn_pool_threads(o->pool), o->chunk, MN_WORKSPACE_BACKWARD);
	int64_t chunks = (o->rows + o->chunk - 1) / o->chunk, held = (int64_t)(memory / bytes);
	chunks = chunks < held ? chunks : held;
	forget(o);
	*used = 0;
	o->kept = calloc((size_t)chunks + 1, sizeof *o->kept);
	if (!o->kept)
		return mn_fail_memory(err, "activations", (size_t)chunks * sizeof *o->kept);
	mn_real scale = (mn_real)(1 / (double)o->rows);
	while (o->keeps < chunks) {
		struct mn_workspace *ws = &o->kept[o->keeps];
		if (mn_workspace_new(ws, o->net, o->pool, o->chunk, MN_WORKSPACE_BACKWARD, err))
			return -1;
		int64_t first = (int64_t)o->keeps++ * o->chunk;
		run_both(o, ws, o->row + first, chunk_length(o, first, o->rows), o->w, scale, (struct mn_into){0});
		*used += bytes;
	}
	return 0;
}

void mn_objective_evaluate(struct mn_objective *o, double *loss, double *accuracy)
{
	int prediction[CHUNK_MOST];
	int64_t right = 0;
	*loss = 0;
	for (int64_t first = 0; first < o->rows; first += o->chunk) {
		int count = chunk_length(o, first, o->rows);
		run_forward(o, &o->ws, o->row + first, count, o->w);
		*loss += mn_loss(o->loss, mn_workspace_logits(&o->ws), o->label, count, o->net->classes, 0, NULL, NULL, prediction);
		for (int i = 0; i < count; i++)
			right += prediction[i] == o->label[i];
	}
	*loss /= (double)o->rows;
	*accuracy = (double)right / (double)o->rows;
}

/* out = decay * x where a parameter decays, else 0. Returns decay * |x|^2 / 2 over those. */
static double decay_term(const struct mn_objective *o, const mn_real *x, mn_real *out)
{
	double squares = 0;
	for (int p = 0; p < o->net->parameters; p++) {
		const struct mn_parameter *tensor = &o->net->parameter[p];
		double decay = tensor->weight || o->decay_biases ? o->weight_decay : 0;
		for (size_t i = tensor->offset; i < tensor->offset + tensor->count; i++) {
			out[i] = (mn_real)(decay * (double)x[i]);
			squares += decay > 0 ? (double)x[i] * (double)x[i] : 0;
		}
	}
	return o->weight_decay * squares / 2;
}

/* The Hessian product of one chunk, added to hv. ws holds its activations and deltas. */
static void add_product(struct mn_objective *o, const struct mn_workspace *ws, int count, mn_real scale, const mn_real *v, mn_real *hv)
{
	mn_network_r_forward(ws, &o->r, o->w, v, o->buffers, count);
	mn_loss_r(o->loss, mn_workspace_logits(ws), count, o->net->classes, scale, mn_workspace_logits(&o->r), mn_workspace_dlogits(&o->r));
	struct mn_into into = {.to = hv, .scale = 1, .keep_weights = 1, .keep_others = 1};
	mn_network_r_backward(ws, &o->r, o->w, v, o->buffers, count, into);
}

static void product(struct mn_objective *o, const int64_t *row, int64_t rows, int64_t keeps, const mn_real *v, mn_real *hv)
{
	mn_real scale = (mn_real)(1 / (double)rows);
	decay_term(o, v, hv);
	for (int64_t first = 0, chunk = 0; first < rows; first += o->chunk, chunk++) {
		int count = chunk_length(o, first, rows);
		const struct mn_workspace *ws = chunk < keeps ? &o->kept[chunk] : &o->ws;
		if (chunk >= keeps)
			run_both(o, ws, row + first, count, o->w, scale, (struct mn_into){0});
		add_product(o, ws, count, scale, v, hv);
	}
}

int mn_objective_product(void *self, const mn_real *v, mn_real *hv, struct mn_error *err)
{
	(void)err;
	struct mn_objective *o = self;
	product(o, o->row, o->rows, o->keeps, v, hv);
	return 0;
}

void mn_objective_product_on(struct mn_objective *o, const int64_t *row, int64_t rows, const mn_real *v, mn_real *hv)
{
	product(o, row, rows, 0, v, hv);
}

double mn_objective_gradient_on(struct mn_objective *o, const int64_t *row, int64_t rows, const mn_real *w, mn_real *gradient)
{
	mn_real scale = (mn_real)(1 / (double)rows);
	struct mn_into into = {.to = gradient, .scale = 1, .keep_weights = 1, .keep_others = 1};
	double decay = decay_term(o, w, gradient), loss = 0;
	for (int64_t first = 0; first < rows; first += o->chunk)
		loss += run_both(o, &o->ws, row + first, chunk_length(o, first, rows), w, scale, into);
	return loss / (double)rows + decay;
}

int mn_objective_gradient(void *self, const mn_real *w, double *value, mn_real *gradient, struct mn_error *err)
{
	(void)err;
	struct mn_objective *o = self;
	*value = mn_objective_gradient_on(o, o->row, o->rows, w, gradient);
	return 0;
}
