#include "noise.h"

#include <stdlib.h>
#include <string.h>

#include "mn/numbers.h"
#include "mn/random.h"
#include "moments.h"

enum { ROWS_A_PIECE = 64 };

/* One job over the chosen rows, in pieces of ROWS_A_PIECE. */
struct job {
	struct mn_dataset *data;
	struct mn_key key;
	const int64_t *row;
	int64_t count;
	const struct mn_moment_table *moments; /* Gaussian */
	const int64_t *shuffle;                /* [H*W]: the one permutation, or NULL: one for each row */
	unsigned char *scratch;                /* scratch_bytes for each worker */
	size_t scratch_bytes;
	int64_t *changed; /* for each piece */
};

static void gaussian_piece(void *arg, int piece, int worker)
{
	struct job *job = arg;
	size_t pixels = mn_dataset_pixels(job->data);
	double *normal = (double *)(void *)(job->scratch + (size_t)worker * job->scratch_bytes);
	int64_t first = (int64_t)piece * ROWS_A_PIECE;
	for (int64_t i = first; i < job->count && i < first + ROWS_A_PIECE; i++) {
		float *image = (float *)job->data->images + (size_t)job->row[i] * pixels;
		mn_random_normals(job->key, (struct mn_counter){.example = (uint64_t)job->row[i]}, normal, pixels);
		bool differs = false;
		for (size_t j = 0; j < pixels; j++) {
			size_t group = j / job->moments->pixels_each;
			float x = (float)(job->moments->mean[group] + job->moments->sd[group] * normal[j]);
			differs |= x != image[j];
			image[j] = x;
		}
		job->changed[piece] += differs;
	}
}

/* to[p] = from[order[p]] in each channel, pixels of `size` bytes. */
static void move_pixels(unsigned char *to, const unsigned char *from, const int64_t *order, size_t channels, size_t places, size_t size)
{
	for (size_t c = 0; c < channels; c++)
		for (size_t p = 0; p < places; p++)
			memcpy(to + (c * places + p) * size, from + (c * places + (size_t)order[p]) * size, size);
}

static void permute_piece(void *arg, int piece, int worker)
{
	struct job *job = arg;
	const struct mn_dataset *data = job->data;
	size_t places = (size_t)data->height * (size_t)data->width, size = mn_dtype_size(data->dtype);
	size_t bytes = mn_dataset_pixels(data) * size;
	int64_t *own = (int64_t *)(void *)(job->scratch + (size_t)worker * job->scratch_bytes);
	unsigned char *old = (unsigned char *)(own + places);
	int64_t first = (int64_t)piece * ROWS_A_PIECE;
	for (int64_t i = first; i < job->count && i < first + ROWS_A_PIECE; i++) {
		unsigned char *image = (unsigned char *)data->images + (size_t)job->row[i] * bytes;
		if (!job->shuffle)
			mn_random_permutation(job->key, (struct mn_counter){.example = (uint64_t)job->row[i]}, own, (int64_t)places);
		memcpy(old, image, bytes);
		move_pixels(image, old, job->shuffle ? job->shuffle : own, (size_t)data->channels, places, size);
		job->changed[piece] += memcmp(old, image, bytes) != 0;
	}
}

/* The images as F32 on the [0, 1] scale, in memory of their own. */
static int make_float(struct mn_dataset *data, struct mn_error *err)
{
	if (data->dtype == MN_F32)
		return 0;
	size_t pixels = mn_dataset_pixels(data), bytes = (size_t)data->rows * pixels * sizeof(float);
	float *image = malloc(bytes);
	if (!image)
		return mn_fail_memory(err, data->stream.name, bytes);
	for (int64_t i = 0; i < data->rows; i++)
		mn_dataset_row(data, i, image + (size_t)i * pixels);
	struct mn_tensor *tensor = mn_stream_find(&data->stream, "images");
	if (!tensor->inside)
		free(tensor->data);
	tensor->data = image;
	tensor->inside = false;
	tensor->dtype = MN_F32;
	tensor->bytes = bytes;
	data->images = image;
	data->dtype = MN_F32;
	return 0;
}

/* key = a number, or several with commas between, such that they read back to the same doubles. */
static int set_numbers(struct mn_stream *stream, const char *key, const double *value, size_t count, struct mn_error *err)
{
	char *text = malloc(count * MN_NUMBER_SIZE);
	if (!text)
		return mn_fail_memory(err, key, count * MN_NUMBER_SIZE);
	char *end = text;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*end++ = ',';
		end += mn_format_shortest(end, value[i]);
	}
	int status = mn_stream_set(stream, key, text, err);
	free(text);
	return status;
}

static int run(struct job *job, mn_piece_fn *fn, struct mn_pool *pool, int64_t *changed, struct mn_error *err)
{
	int pieces = (int)((job->count + ROWS_A_PIECE - 1) / ROWS_A_PIECE);
	size_t scratch = (size_t)mn_pool_threads(pool) * job->scratch_bytes;
	job->scratch = malloc(scratch);
	job->changed = calloc((size_t)pieces, sizeof *job->changed);
	int status = 0;
	if (!job->scratch || !job->changed) {
		status = mn_fail_memory(err, job->data->stream.name, scratch + (size_t)pieces * sizeof *job->changed);
	} else {
		mn_pool_run(pool, pieces, fn, job);
		for (int i = 0; i < pieces; i++)
			*changed += job->changed[i];
	}
	free(job->scratch);
	free(job->changed);
	return status;
}

static int add_gaussian(struct job *job, enum mn_moments over, struct mn_pool *pool, int64_t *changed, struct mn_error *err)
{
	struct mn_dataset *data = job->data;
	struct mn_moment_table moments;
	if (mn_moment_table_make(&moments, data, over, err))
		return -1;
	job->moments = &moments;
	job->scratch_bytes = mn_dataset_pixels(data) * sizeof(double);
	int status = -1;
	if (!make_float(data, err) && !set_numbers(&data->stream, "noise_mean", moments.mean, moments.groups, err) &&
	    !set_numbers(&data->stream, "noise_sd", moments.sd, moments.groups, err))
		status = run(job, gaussian_piece, pool, changed, err);
	mn_moment_table_free(&moments);
	return status;
}

static int permute_pixels(struct job *job, bool same_for_all, struct mn_pool *pool, int64_t *changed, struct mn_error *err)
{
	const struct mn_dataset *data = job->data;
	size_t places = (size_t)data->height * (size_t)data->width;
	/* A row's old pixels after its permutation, rounded up so that the next worker's part is aligned. */
	size_t bytes = mn_dataset_pixels(data) * mn_dtype_size(data->dtype);
	job->scratch_bytes = (places + bytes / sizeof(int64_t) + 1) * sizeof(int64_t);
	int64_t *shuffle = NULL;
	if (same_for_all) {
		shuffle = malloc(places * sizeof *shuffle);
		if (!shuffle)
			return mn_fail_memory(err, data->stream.name, places * sizeof *shuffle);
		mn_random_permutation(job->key, (struct mn_counter){0}, shuffle, (int64_t)places);
	}
	job->shuffle = shuffle;
	int status = run(job, permute_piece, pool, changed, err);
	free(shuffle);
	return status;
}

int mn_noise_inputs(struct mn_dataset *data, const struct mn_corruption *how, const int64_t *row, int64_t count, struct mn_pool *pool,
                    int64_t *changed, struct mn_error *err)
{
	*changed = 0;
	if (count == 0)
		return 0;
	struct job job = {.data = data, .key = {how->seed, MN_PURPOSE_INPUT_CONTENT}, .row = row, .count = count};
	if (how->input_kind == MN_INPUTS_GAUSSIAN)
		return add_gaussian(&job, how->moments, pool, changed, err);
	return permute_pixels(&job, how->input_kind == MN_INPUTS_SHUFFLE, pool, changed, err);
}
