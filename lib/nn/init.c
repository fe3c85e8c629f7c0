/* Initial parameters. */
#include <math.h>
#include <string.h>

#include "mn/network.h"

/* Element i of tensor t is drawn at counter (0, draw, i, t): it depends on nothing but the seed and its place. */
static uint64_t word_at(struct mn_key key, uint64_t draw, size_t i, int tensor)
{
	uint64_t out[4];
	mn_random_block(key, (struct mn_counter){.example = draw, .element = i / 4, .layer = (uint64_t)tensor}, out);
	return out[i % 4];
}

/* Uniform on +-sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010). */
static void glorot(const struct mn_parameter *p, struct mn_key key, int tensor, mn_real *w)
{
	double limit = sqrt(6.0 / (p->fan_in + p->fan_out));
	for (size_t i = 0; i < p->count; i++)
		w[i] = (mn_real)(limit * (2 * mn_random_unit(word_at(key, 0, i, tensor)) - 1));
}

/* Normal with standard deviation sd, drawn again beyond two of them. */
static void truncated(const struct mn_parameter *p, struct mn_key key, int tensor, mn_real *w)
{
	for (size_t i = 0; i < p->count; i++) {
		double normal = 3;
		for (uint64_t draw = 0; fabs(normal) > 2; draw++)
			mn_random_normals(key, (struct mn_counter){.epoch = 1, .example = draw, .element = i, .layer = (uint64_t)tensor},
			                  &normal, 1);
		w[i] = (mn_real)(p->sd * normal);
	}
}

static void constant(const struct mn_parameter *p, double value, mn_real *w)
{
	for (size_t i = 0; i < p->count; i++)
		w[i] = (mn_real)value;
}

int mn_network_init(const struct mn_network *net, const char *kind, uint64_t seed, mn_real *w, mn_real *buffers, struct mn_error *err)
{
	struct mn_key key = {seed, MN_PURPOSE_INIT};
	bool is_truncated = strcmp(kind, "truncated") == 0;
	if (!is_truncated && strcmp(kind, "glorot") != 0)
		return mn_misuse(err, "--init: '%s' is neither glorot nor truncated", kind);
	for (int i = 0; i < net->parameters; i++) {
		const struct mn_parameter *p = &net->parameter[i];
		if (p->fan_in == 0)
			constant(p, is_truncated ? p->truncated_start : p->start, w + p->offset);
		else if (is_truncated)
			truncated(p, key, i, w + p->offset);
		else
			glorot(p, key, i, w + p->offset);
	}
	for (int i = 0; i < net->buffers; i++)
		constant(&net->buffer[i], net->buffer[i].start, buffers + net->buffer[i].offset);
	return 0;
}
