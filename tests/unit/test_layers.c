/* Layers against slow references and closed forms; regularizers; presets. (Gradients: test_gradients.c.) */
#include <string.h>

#include "nets.h"
#include "test.h"

static double tolerance(void)
{
	return sizeof(mn_real) == sizeof(double) ? 1e-12 : 1e-5;
}

/* Input of a layer in a small net's workspace, and its output, after a forward pass. */
static mn_real *layer_in(const struct small_net *s, int i)
{
	return s->ws.y[i];
}

static bool build(struct test *t, struct small_net *s, const char *text, struct mn_shape image, int classes, int rows)
{
	struct mn_error err = {0};
	return CHECK(t, small_net_new(s, text, image, classes, rows, NULL, &err) == 0, "%s is built %s", text, err.text);
}

/* One window of a slow pooling: SAME padding total = max((ceil(in / s) - 1) s + k - in, 0), the smaller half above and to the left. */
static double slow_largest(const mn_real *map, struct mn_shape shape, int kernel, int stride, int y, int x, int c)
{
	int out[2] = {(shape.height + stride - 1) / stride, (shape.width + stride - 1) / stride}, in[2] = {shape.height, shape.width},
	    first[2];
	for (int axis = 0; axis < 2; axis++) {
		int total = (out[axis] - 1) * stride + kernel - in[axis];
		first[axis] = (axis ? x : y) * stride - (total > 0 ? total / 2 : 0);
	}
	double best = -INFINITY;
	for (int i = first[0]; i < first[0] + kernel; i++)
		for (int j = first[1]; j < first[1] + kernel; j++)
			if (i >= 0 && i < shape.height && j >= 0 && j < shape.width)
				best = fmax(best, (double)map[(i * shape.width + j) * shape.channels + c]);
	return best;
}

static void test_pool(struct test *t)
{
	static const struct {
		const char *text;
		int kernel, stride;
	} nets[] = {{"pool3s2/fc2", 3, 2}, {"pool2/fc2", 2, 2}, {"pool3s1/fc2", 3, 1}, {"pool5s3/fc2", 5, 3}, {"pool2s3/fc2", 2, 3}};
	for (size_t n = 0; n < sizeof nets / sizeof *nets; n++)
		for (int side = 5; side <= 8; side++) {
			struct mn_shape image = {3, side, 13 - side};
			struct small_net s;
			if (!build(t, &s, nets[n].text, image, 2, 3))
				return;
			small_net_loss(&s, s.w, NULL);
			struct mn_shape out = s.net.layer[0].out;
			const mn_real *y = layer_in(&s, 1);
			double worst = 0;
			for (int row = 0; row < 3; row++)
				for (int i = 0; i < out.height; i++)
					for (int j = 0; j < out.width; j++)
						for (int c = 0; c < out.channels; c++, y++)
							worst = fmax(worst,
							             fabs((double)*y -
							                  slow_largest(s.x + (size_t)row * mn_shape_size(image), image,
							                               nets[n].kernel, nets[n].stride, i, j, c)));
			CHECK(t, worst == 0 && out.height == (image.height + nets[n].stride - 1) / nets[n].stride,
			      "%s of %d x %d is the slow one", nets[n].text, image.height, image.width);
			small_net_free(&s);
		}
}

static void test_ties(struct test *t)
{
	struct small_net s;
	if (!build(t, &s, "pool3s2/fc2", (struct mn_shape){1, 4, 4}, 2, 1))
		return;
	for (int i = 0; i < 16; i++)
		s.x[i] = -1;
	small_net_loss(&s, s.w, NULL);
	CHECK(t, (double)layer_in(&s, 1)[3] == -1, "padding counts as minus infinity");
	const unsigned char *winner = (const unsigned char *)s.ws.state[0];
	CHECK(t, winner[0] == 0 && winner[3] == 0, "of equal elements the first wins");
	small_net_free(&s);
}

/* A slow convolution: y[i][j][o] = b[o] + sum of w[o][c][k][l] x[i s + k - pad][j s + l - pad][c]. */
static double slow_conv(const struct small_net *s, int row, int i, int j, int o)
{
	const struct mn_layer *layer = &s->net.layer[0];
	struct mn_shape in = layer->in;
	const mn_real *w = s->w + layer->offset[0], *x = s->x + (size_t)row * mn_shape_size(in);
	double sum = (double)s->w[layer->offset[1] + (size_t)o];
	int side = layer->kernel;
	for (int c = 0; c < in.channels; c++)
		for (int k = 0; k < side; k++)
			for (int l = 0; l < side; l++) {
				int y = i * layer->stride + k - layer->pad_top, z = j * layer->stride + l - layer->pad_left;
				if (y >= 0 && y < in.height && z >= 0 && z < in.width)
					sum += (double)w[((o * in.channels + c) * side + k) * side + l] *
					       (double)x[(y * in.width + z) * in.channels + c];
			}
	return sum;
}

static void test_conv(struct test *t)
{
	static const char *const nets[] = {"conv4k5/fc2",    "conv4k5/relu/fc2", "conv19k3s2/fc2", "conv33k4s3/fc2", "conv3k2s3/fc2",
	                                   "conv16k3p0/fc2", "conv5k3p2s2/fc2",  "conv7k1/fc2",    "conv64k3/fc2"};
	for (size_t n = 0; n < sizeof nets / sizeof *nets; n++)
		for (int channels = 1; channels <= 9; channels += 4) {
			struct mn_shape image = {channels, 7, 8};
			struct small_net s;
			if (!build(t, &s, nets[n], image, 2, 3))
				return;
			small_net_loss(&s, s.w, NULL);
			struct mn_shape out = s.net.layer[0].out;
			const mn_real *y = layer_in(&s, 1);
			double worst = 0;
			for (int row = 0; row < 3; row++)
				for (int i = 0; i < out.height; i++)
					for (int j = 0; j < out.width; j++)
						for (int o = 0; o < out.channels; o++, y++) {
							double want = slow_conv(&s, row, i, j, o);
							if (s.net.layer[0].relu_follows)
								want = fmax(want, 0);
							worst = fmax(worst, fabs((double)*y - want));
						}
			CHECK(t, worst < tolerance(), "%s of %d channels is the slow one within %.2g", nets[n], channels, worst);
			small_net_free(&s);
		}
}

/* y_i = x_i (k + alpha sum of x_j^2 over the window)^-beta at every channel, edges and inside alike. */
static void check_lrn(struct test *t, const char *text, int radius, double alpha, double beta, double k)
{
	enum { CHANNELS = 23 };
	struct small_net s;
	if (!build(t, &s, text, (struct mn_shape){CHANNELS, 2, 3}, 2, 3))
		return;
	small_net_loss(&s, s.w, NULL);
	double worst = 0;
	for (int pixel = 0; pixel < 3 * 6; pixel++) {
		const mn_real *x = s.x + pixel * CHANNELS, *y = layer_in(&s, 1) + pixel * CHANNELS;
		for (int i = 0; i < CHANNELS; i++) {
			double sum = 0;
			for (int j = i - radius; j <= i + radius; j++)
				sum += j >= 0 && j < CHANNELS ? (double)x[j] * (double)x[j] : 0;
			worst = fmax(worst, fabs((double)y[i] - (double)x[i] * pow(k + alpha * sum, -beta)));
		}
	}
	CHECK(t, worst < tolerance(), "%s is the closed form within %.2g", text, worst);
	small_net_free(&s);
}

static void test_lrn(struct test *t)
{
	check_lrn(t, "lrn/fc2", 4, 0.001 / 9, 0.75, 1);
	check_lrn(t, "lrn2a500k2/fc2", 2, 1e-4, 0.75, 2);
	check_lrn(t, "lrn3a700000b50/fc2", 3, 0.1, 0.5, 1);
	check_lrn(t, "lrn0a1000000/fc2", 0, 1, 0.75, 1);
	struct small_net s;
	if (!build(t, &s, "lrn/fc2", (struct mn_shape){64, 1, 1}, 2, 1))
		return;
	for (int i = 0; i < 64; i++)
		s.x[i] = 1;
	small_net_loss(&s, s.w, NULL);
	CHECK_NEAR(t, layer_in(&s, 1)[30], pow(1.001, -0.75), tolerance(), "all ones, inside");
	CHECK_NEAR(t, layer_in(&s, 1)[0], pow(1 + 5 * 0.001 / 9, -0.75), tolerance(), "all ones, first channel");
	CHECK_NEAR(t, layer_in(&s, 1)[62], pow(1 + 6 * 0.001 / 9, -0.75), tolerance(), "all ones, last channel but one");
	small_net_free(&s);
}

static void test_bn(struct test *t)
{
	enum { ROWS = 5, CHANNELS = 3, AREA = 4 };
	static const int64_t example[ROWS] = {0, 1, 2, 3, 4};
	const struct mn_draw draw = {.seed = 1, .epoch = 1, .example = example};
	struct small_net s;
	if (!build(t, &s, "bn/fc2", (struct mn_shape){CHANNELS, 2, 2}, 2, ROWS))
		return;
	CHECK(t,
	      strcmp(s.net.parameter[0].name, "bn1.weight") == 0 && strcmp(s.net.parameter[1].name, "bn1.bias") == 0 &&
	              strcmp(s.net.buffer[0].name, "bn1.running_mean") == 0 && strcmp(s.net.buffer[1].name, "bn1.running_var") == 0,
	      "batch norm's tensors have PyTorch's names");
	s.w[0] = 2;
	s.w[CHANNELS] = (mn_real)0.5;
	double mean = 0, squares = 0, n = ROWS * AREA;
	for (int i = 0; i < ROWS * AREA; i++)
		mean += (double)s.x[i * CHANNELS] / n;
	for (int i = 0; i < ROWS * AREA; i++)
		squares += ((double)s.x[i * CHANNELS] - mean) * ((double)s.x[i * CHANNELS] - mean);
	s.draw = &draw;
	small_net_loss(&s, s.w, NULL);
	double training = (double)layer_in(&s, 1)[CHANNELS], running_mean = 0.1 * mean, running_var = 0.9 + 0.1 * squares / (n - 1);
	double x = (double)s.x[CHANNELS];
	CHECK_NEAR(t, training, 2 * (x - mean) / sqrt(squares / n + 1e-5) + 0.5, tolerance(),
	           "training: the batch's mean, biased variance");
	CHECK_NEAR(t, s.buffers[0], running_mean, tolerance(), "the running mean moves a tenth");
	CHECK_NEAR(t, s.buffers[CHANNELS], running_var, tolerance(), "the running variance moves a tenth to the unbiased one");
	s.draw = NULL;
	small_net_loss(&s, s.w, NULL);
	CHECK_NEAR(t, layer_in(&s, 1)[CHANNELS], 2 * (x - running_mean) / sqrt(running_var + 1e-5) + 0.5, tolerance(),
	           "evaluation: the running statistics");
	CHECK_NEAR(t, s.buffers[0], running_mean, tolerance(), "which evaluation leaves alone");
	small_net_free(&s);
}

int main(void)
{
	struct test t = {0};
	test_pool(&t);
	test_ties(&t);
	test_conv(&t);
	test_lrn(&t);
	test_bn(&t);
	return test_end(&t);
}
