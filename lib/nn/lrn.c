/* Local response normalization across channels, as TensorFlow defines it:
 *     y_i = x_i s_i^-beta,   s_i = bias + alpha * sum of x_j^2 over the channels j with |j - i| <= radius
 * (the window is clipped at the first and last channel; alpha is not divided by its width). With g = dL/dy,
 *     dL/dx_i = g_i s_i^-beta - 2 alpha beta x_i * sum over the same j of h_j,   h_j = g_j x_j s_j^(-beta - 1).
 * `lrn` alone has the constants of TensorFlow's CIFAR-10 tutorial. Its number is the radius (4); its letters: a, alpha times the window's
 * width in millionths (1000: alpha = 0.001 / 9); b, beta in hundredths (75); k, the bias (1). AlexNet's own (Krizhevsky et al. 2012) is
 * lrn2a500k2. Like PyTorch's LocalResponseNorm(2 radius + 1, a / 10^6, b / 100, k). */
#include <tgmath.h>

#include "clones.h"
#include "mn/network.h"

static int letter(const struct mn_word *word, char name, int otherwise)
{
	return word->letter[name - 'a'] < 0 ? otherwise : word->letter[name - 'a'];
}

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	(void)net;
	layer->out = layer->in;
	layer->radius = word->number < 0 ? 4 : word->number;
	layer->alpha = letter(word, 'a', 1000) * 1e-6 / (2 * layer->radius + 1);
	layer->beta = letter(word, 'b', 75) / 100.0;
	layer->bias = letter(word, 'k', 1);
	if (layer->radius > layer->in.channels)
		return mn_misuse(err, "--net: '%s': the radius is larger than the %d channels", word->text, layer->in.channels);
	if (layer->bias <= 0)
		return mn_misuse(err, "--net: '%s': k must be at least 1", word->text);
	layer->state = 2 * mn_shape_size(layer->in);                           /* s^-beta and 1 / s */
	layer->scratch = 4 * (size_t)(layer->in.channels + 2 * layer->radius); /* see struct line */
	return 0;
}

/* Work on one pixel: its channels in all the arrays, and four lines of scratch memory with a radius of room on both sides. */
struct line {
	const struct mn_layer *layer;
	int channels;
	mn_real alpha, beta;
	mn_real *spread, *total, *spread2, *total2;
};

static struct line line_of(const struct mn_pass *pass, int worker)
{
	const struct mn_layer *layer = pass->layer;
	size_t length = (size_t)(layer->in.channels + 2 * layer->radius);
	struct line line = {layer, layer->in.channels, (mn_real)layer->alpha, (mn_real)layer->beta, pass->scratch[worker], NULL, NULL,
	                    NULL};
	line.total = line.spread + length;
	line.spread2 = line.total + length;
	line.total2 = line.spread2 + length;
	for (size_t i = 0; i < 4 * length; i++)
		line.spread[i] = 0;
	return line;
}

/* total[i] = sum over |j - i| <= radius of the channels in spread + radius, which has zeros on both sides. */
MN_CLONES static void sum_windows(const struct line *line, const mn_real *spread, mn_real *total)
{
	for (int i = 0; i < line->channels; i++)
		total[i] = spread[i];
	for (int shift = 1; shift <= 2 * line->layer->radius; shift++)
		for (int i = 0; i < line->channels; i++)
			total[i] += spread[i + shift];
}

MN_CLONES static void raise(const struct line *line, const mn_real *s, mn_real *power)
{
	if (line->layer->beta == 0.75) {
		for (int i = 0; i < line->channels; i++)
			power[i] = 1 / (sqrt(s[i]) * sqrt(sqrt(s[i])));
		return;
	}
	for (int i = 0; i < line->channels; i++)
		power[i] = pow(s[i], -line->beta);
}

/* Runs fn over all pixels of the batch, a row a piece. */
struct lines {
	const struct mn_pass *pass;
	void (*fn)(const struct line *line, const struct mn_pass *pass, size_t at);
};

static void run_row(void *arg, int row, int worker)
{
	const struct lines *lines = arg;
	struct line line = line_of(lines->pass, worker);
	size_t size = mn_shape_size(lines->pass->layer->in), first = (size_t)row * size;
	for (size_t at = first; at < first + size; at += (size_t)line.channels)
		lines->fn(&line, lines->pass, at);
}

static void run(const struct mn_pass *pass, void (*fn)(const struct line *line, const struct mn_pass *pass, size_t at))
{
	struct lines lines = {pass, fn};
	mn_pool_run(pass->pool, pass->rows, run_row, &lines);
}

static mn_real *powers(const struct mn_pass *pass, size_t at)
{
	return pass->state + at;
}

static mn_real *inverses(const struct mn_pass *pass, size_t at)
{
	return pass->state + (size_t)pass->rows * mn_shape_size(pass->layer->in) + at;
}

MN_CLONES static void forward_line(const struct line *line, const struct mn_pass *pass, size_t at)
{
	const mn_real *x = pass->x + at;
	mn_real *y = pass->y + at, *power = powers(pass, at), *inverse = inverses(pass, at);
	mn_real *squares = line->spread + line->layer->radius, *s = line->total, bias = (mn_real)line->layer->bias;
	for (int i = 0; i < line->channels; i++)
		squares[i] = x[i] * x[i];
	sum_windows(line, line->spread, s);
	for (int i = 0; i < line->channels; i++)
		s[i] = bias + line->alpha * s[i];
	raise(line, s, power);
	for (int i = 0; i < line->channels; i++) {
		inverse[i] = 1 / s[i];
		y[i] = x[i] * power[i];
	}
}

static void forward(const struct mn_pass *pass)
{
	run(pass, forward_line);
}

MN_CLONES static void backward_line(const struct line *line, const struct mn_pass *pass, size_t at)
{
	const mn_real *x = pass->x + at, *g = pass->dy + at, *power = powers(pass, at), *inverse = inverses(pass, at);
	mn_real *dx = pass->dx + at, *h = line->spread + line->layer->radius, factor = 2 * line->alpha * line->beta;
	for (int i = 0; i < line->channels; i++)
		h[i] = g[i] * x[i] * power[i] * inverse[i];
	sum_windows(line, line->spread, line->total);
	for (int i = 0; i < line->channels; i++)
		dx[i] = g[i] * power[i] - factor * x[i] * line->total[i];
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		run(pass, backward_line);
}

/* rs = R{s_i} = 2 alpha * sum of x_j R{x_j}; R{s^-beta} = -beta s^-beta R{s} / s. */
MN_CLONES static void r_sums(const struct line *line, const mn_real *x, const mn_real *rx, mn_real *spread, mn_real *rs)
{
	for (int i = 0; i < line->channels; i++)
		spread[line->layer->radius + i] = 2 * line->alpha * x[i] * rx[i];
	sum_windows(line, spread, rs);
}

MN_CLONES static void r_forward_line(const struct line *line, const struct mn_pass *pass, size_t at)
{
	const mn_real *x = pass->x + at, *rx = pass->rx + at, *power = powers(pass, at), *inverse = inverses(pass, at);
	mn_real *ry = pass->ry + at, *rs = line->total;
	r_sums(line, x, rx, line->spread, rs);
	for (int i = 0; i < line->channels; i++)
		ry[i] = (rx[i] - line->beta * x[i] * inverse[i] * rs[i]) * power[i];
}

static void r_forward(const struct mn_pass *pass)
{
	run(pass, r_forward_line);
}

/* With p = s^-beta and q = 1 / s:
 *     R{h} = p q (R{g} x + g R{x}) - (beta + 1) g x p q^2 R{s}
 *     R{dx_i} = R{g_i} p_i - beta g_i p_i q_i R{s_i} - 2 alpha beta (R{x_i} sum h_j + x_i sum R{h_j}) */
MN_CLONES static void r_backward_line(const struct line *line, const struct mn_pass *pass, size_t at)
{
	const mn_real *x = pass->x + at, *rx = pass->rx + at, *g = pass->dy + at, *rg = pass->rdy + at;
	const mn_real *p = powers(pass, at), *q = inverses(pass, at);
	mn_real *rdx = pass->rdx + at, beta = line->beta, factor = 2 * line->alpha * beta;
	mn_real *rs = line->total2, *h = line->spread + line->layer->radius, *rh = line->spread2 + line->layer->radius;
	r_sums(line, x, rx, line->spread, rs);
	for (int i = 0; i < line->channels; i++) {
		h[i] = g[i] * x[i] * p[i] * q[i];
		rh[i] = p[i] * q[i] * (rg[i] * x[i] + g[i] * rx[i]) - (beta + 1) * h[i] * q[i] * rs[i];
		rdx[i] = rg[i] * p[i] - beta * g[i] * p[i] * q[i] * rs[i];
	}
	sum_windows(line, line->spread, line->total);
	for (int i = 0; i < line->channels; i++)
		rdx[i] -= factor * rx[i] * line->total[i];
	sum_windows(line, line->spread2, line->total);
	for (int i = 0; i < line->channels; i++)
		rdx[i] -= factor * x[i] * line->total[i];
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		run(pass, r_backward_line);
}

const struct mn_layer_kind mn_layer_lrn = {
        .name = "lrn",
        .letters = "abk",
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
