/* nets.h - small networks on random inputs, for the tests of passes and products. */
#ifndef TEST_NETS_H
#define TEST_NETS_H

#include <stdlib.h>

#include "mn/loss.h"
#include "mn/network.h"

struct small_net {
	struct mn_network net;
	struct mn_workspace ws;
	mn_real *w, *g, *buffers;
	mn_real *x; /* the batch, kept apart: layers may work in place on their input */
	uint8_t *label;
	int rows;
	const struct mn_draw *draw;
	enum mn_loss_kind loss;
};

/* Random parameters (biases too), inputs and labels. 0, or -1 with err. */
static inline int small_net_new(struct small_net *s, const char *text, struct mn_shape image, int classes, int rows,
                                const struct mn_regularizers *regularizers, struct mn_error *err)
{
	*s = (struct small_net){.rows = rows};
	if (mn_network_new(&s->net, text, image, classes, regularizers, err) ||
	    mn_workspace_new(&s->ws, &s->net, NULL, rows, MN_WORKSPACE_BACKWARD, err))
		return -1;
	size_t pixels = (size_t)rows * mn_shape_size(s->net.input);
	s->w = calloc(s->net.size, sizeof *s->w);
	s->g = calloc(s->net.size, sizeof *s->g);
	s->buffers = calloc(s->net.buffer_size + 1, sizeof *s->buffers);
	s->x = calloc(pixels, sizeof *s->x);
	s->label = calloc((size_t)rows, 1);
	double *normal = calloc(pixels + s->net.size, sizeof *normal);
	mn_random_normals((struct mn_key){7, MN_PURPOSE_CHECK}, (struct mn_counter){0}, normal, pixels + s->net.size);
	if (mn_network_init(&s->net, "glorot", 3, s->w, s->buffers, err))
		return -1;
	for (size_t i = 0; i < s->net.size; i++)
		s->w[i] += (mn_real)(0.1 * normal[pixels + i]);
	for (size_t i = 0; i < pixels; i++)
		s->x[i] = (mn_real)normal[i];
	for (int i = 0; i < rows; i++)
		s->label[i] = (uint8_t)(i * 7 % classes);
	free(normal);
	return 0;
}

static inline void small_net_free(struct small_net *s)
{
	mn_workspace_free(&s->ws);
	mn_network_free(&s->net);
	free(s->w);
	free(s->g);
	free(s->buffers);
	free(s->x);
	free(s->label);
}

/* The mean loss at w; with gradient, g too (and the deltas in ws). */
static inline double small_net_loss(struct small_net *s, const mn_real *w, mn_real *g)
{
	size_t pixels = (size_t)s->rows * mn_shape_size(s->net.input);
	for (size_t i = 0; i < pixels; i++)
		s->ws.y[0][i] = s->x[i];
	mn_network_forward(&s->ws, w, s->buffers, s->rows, s->draw);
	mn_real scale = (mn_real)1 / (mn_real)s->rows;
	double loss = mn_loss(s->loss, mn_workspace_logits(&s->ws), s->label, s->rows, s->net.classes, scale,
	                      g ? mn_workspace_dlogits(&s->ws) : NULL, NULL, NULL);
	if (g)
		mn_network_backward(&s->ws, w, s->buffers, s->rows, s->draw, (struct mn_into){.to = g, .scale = 1});
	return loss / s->rows;
}

#endif
