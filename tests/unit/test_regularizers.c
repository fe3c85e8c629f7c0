/* Dropout, noise, where mn_network_new puts them, and the presets. */
#include <string.h>

#include "nets.h"
#include "test.h"

enum { ROWS = 64 };

static int64_t example[ROWS];

static bool build(struct test *t, struct mn_network *net, const char *text, struct mn_shape image, const struct mn_regularizers *r)
{
	struct mn_error err = {0};
	return CHECK(t, mn_network_new(net, text, image, 10, r, &err) == 0, "%s is built %s", text, err.text);
}

/* The layers' names, separated by blanks. */
static const char *layer_names(const struct mn_network *net, char *text, size_t size)
{
	size_t used = 0;
	*text = 0;
	for (int i = 0; i < net->layers && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "", net->layer[i].name);
	return text;
}

static void check_plan(struct test *t, const char *text, struct mn_regularizers r, const char *want)
{
	char names[512];
	struct mn_network plain, training;
	struct mn_shape image = {3, 8, 8};
	if (!build(t, &plain, text, image, NULL) || !build(t, &training, text, image, &r))
		return;
	layer_names(&training, names, sizeof names);
	CHECK(t, strcmp(names, want) == 0, "%s becomes %s", text, names);
	bool same = plain.size == training.size && plain.parameters == training.parameters && plain.buffer_size == training.buffer_size &&
	            plain.width == training.width && strcmp(plain.text, training.text) == 0;
	for (int i = 0; same && i < plain.parameters; i++)
		same = plain.parameter[i].offset == training.parameter[i].offset &&
		       strcmp(plain.parameter[i].name, training.parameter[i].name) == 0 &&
		       plain.parameter[i].sd == training.parameter[i].sd;
	CHECK(t, same, "with the parameters of the plain net");
	mn_network_free(&plain);
	mn_network_free(&training);
}

static void test_plans(struct test *t)
{
	struct mn_regularizers all = {.dropout = 0.5, .dropout_on_conv = true, .input_dropout = 0.2, .gaussian_noise = 1};
	struct mn_regularizers hidden = {.dropout = 0.5};
	check_plan(t, "mlp:20,12", hidden, "fc1 relu1 dropout1 fc2 relu2 dropout2 fc3");
	check_plan(t, "mlp:20,12", all, "noise1 dropout1 fc1 relu1 dropout2 fc2 relu2 dropout3 fc3");
	check_plan(t, "fc10", all, "noise1 dropout1 fc1");
	check_plan(t, "conv4k3/relu/pool2/lrn/fc20/bn/relu/fc10", hidden, "conv1 relu1 pool1 lrn1 fc1 bn1 relu2 dropout1 fc2");
	check_plan(t, "conv4k3/relu/pool2/conv4k3/relu/pool2/lrn/fc20/relu/fc10", all,
	           "noise1 dropout1 conv1 relu1 pool1 dropout2 conv2 relu2 pool2 lrn1 dropout3 fc1 relu3 dropout4 fc2");
}

static void check_refused(struct test *t, const char *text, struct mn_regularizers r)
{
	struct mn_network net;
	struct mn_error err = {0};
	bool refused = mn_network_new(&net, text, (struct mn_shape){3, 8, 8}, 10, &r, &err) != 0;
	CHECK(t, refused && err.text[0], "refused: %s", err.text);
	if (!refused)
		mn_network_free(&net);
}

static void test_refusals(struct test *t)
{
	static const char *const texts[] = {"fc20/dropout/fc10", "fc20/dropout100/fc10", "fc20/noise/fc10", "conv4/fc10",  "convk3/fc10",
	                                    "conv4k3p3/fc10",    "conv4k0/fc10",         "conv4k65/fc10",   "pool/fc10",   "pool17/fc10",
	                                    "pool3p2/fc10",      "conv4k9p0/fc10",       "lrn4/fc10",       "lrn2k0/fc10", "bn3/fc10",
	                                    "conv4k3s0/fc10",    "pool3x2/fc10",         "conv4k3/relu"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_refused(t, texts[i], (struct mn_regularizers){0});
	check_refused(t, "mlp:20", (struct mn_regularizers){.dropout = 1});
	check_refused(t, "mlp:20", (struct mn_regularizers){.input_dropout = 1});
	check_refused(t, "mlp:20", (struct mn_regularizers){.gaussian_noise = -1});
	check_refused(t, "mlp:20", (struct mn_regularizers){.dropout = NAN});
}

/* Runs the first layer of text on s.x, and returns its output. */
static const mn_real *first_layer(struct small_net *s, const struct mn_draw *draw)
{
	s->draw = draw;
	small_net_loss(s, s->w, NULL);
	return s->ws.y[1];
}

/* Mean and mean square of the network's input after the first layer. */
static void moments(const mn_real *y, size_t n, double *mean, double *square)
{
	*mean = *square = 0;
	for (size_t i = 0; i < n; i++) {
		*mean += (double)y[i] / (double)n;
		*square += (double)y[i] * (double)y[i] / (double)n;
	}
}

static void test_dropout(struct test *t)
{
	struct small_net s;
	struct mn_error err = {0};
	struct mn_draw draw = {.seed = 4, .epoch = 1, .example = example};
	if (!CHECK(t, small_net_new(&s, "dropout30/fc2", (struct mn_shape){1, 30, 30}, 2, ROWS, NULL, &err) == 0, "built %s", err.text))
		return;
	size_t n = ROWS * 900, zeros = 0, others = 0;
	for (size_t i = 0; i < n; i++)
		s.x[i] = 1;
	const mn_real *y = first_layer(&s, &draw);
	double mean, square, p = 0.3;
	moments(y, n, &mean, &square);
	for (size_t i = 0; i < n; i++) {
		zeros += (double)y[i] == 0;
		others += (double)y[i] != 0 && fabs((double)y[i] - 1 / 0.7) > 1e-6;
	}
	double error = sqrt(p * (1 - p) / (double)n);
	CHECK(t, fabs((double)zeros / (double)n - p) < 4 * error, "dropout drops 0.3: %.5f", (double)zeros / (double)n);
	CHECK(t, fabs(mean - 1) < 4 * error / 0.7, "and keeps the mean: %.5f", mean);
	CHECK(t, others == 0, "the rest is divided by 0.7");
	mn_real *first = calloc(n, sizeof *first);
	memcpy(first, y, n * sizeof *y);
	draw.epoch = 2;
	y = first_layer(&s, &draw);
	size_t equal = 0;
	for (size_t i = 0; i < n; i++)
		equal += (double)y[i] == (double)first[i];
	CHECK(t, fabs((double)equal / (double)n - 0.58) < 0.02, "the next epoch's mask is another: %.4f equal", (double)equal / (double)n);
	y = first_layer(&s, NULL);
	moments(y, n, &mean, &square);
	CHECK(t, fabs(mean - 1) < 1e-9 && fabs(square - 1) < 1e-9, "in evaluation it is the identity");
	free(first);
	small_net_free(&s);
}

static void test_noise(struct test *t)
{
	struct small_net s;
	struct mn_error err = {0};
	struct mn_draw draw = {.seed = 4, .epoch = 1, .example = example};
	if (!CHECK(t, small_net_new(&s, "noise250/fc2", (struct mn_shape){1, 30, 31}, 2, ROWS, NULL, &err) == 0, "built %s", err.text))
		return;
	size_t n = ROWS * 930;
	for (size_t i = 0; i < n; i++)
		s.x[i] = 1;
	double mean, square;
	moments(first_layer(&s, &draw), n, &mean, &square);
	CHECK(t, fabs(mean - 1) < 4 * 2.5 / sqrt((double)n), "noise keeps the mean: %.4f", mean);
	double sd = sqrt(square - mean * mean);
	CHECK(t, fabs(sd - 2.5) < 4 * 2.5 / sqrt(2 * (double)n), "and has standard deviation 2.5: %.4f", sd);
	moments(first_layer(&s, NULL), n, &mean, &square);
	CHECK(t, fabs(mean - 1) < 1e-9 && fabs(square - 1) < 1e-9, "in evaluation it is the identity");
	small_net_free(&s);
}

/* The gradient of one batch by that many threads, its rows in an order given by a step through them. */
static mn_real *gradient(struct test *t, const char *text, int threads, int step, size_t *size)
{
	struct small_net s;
	struct mn_error err = {0};
	struct mn_regularizers r = {.dropout = 0.3, .dropout_on_conv = true, .input_dropout = 0.2, .gaussian_noise = 0.5};
	struct mn_shape image = {3, 9, 9};
	struct mn_pool *pool = mn_pool_new(threads, &err);
	if (!CHECK(t, pool && small_net_new(&s, text, image, 10, ROWS, &r, &err) == 0, "%s is built %s", text, err.text))
		return NULL;
	s.ws.pool = NULL;
	mn_workspace_free(&s.ws);
	mn_workspace_new(&s.ws, &s.net, pool, ROWS, MN_WORKSPACE_BACKWARD, &err);
	size_t pixels = mn_shape_size(s.net.input);
	mn_real *x = calloc(ROWS * pixels, sizeof *x);
	uint8_t label[ROWS];
	int64_t order[ROWS];
	for (int i = 0; i < ROWS; i++) {
		order[i] = example[i * step % ROWS];
		label[i] = s.label[i * step % ROWS];
		memcpy(x + (size_t)i * pixels, s.x + (size_t)(i * step % ROWS) * pixels, pixels * sizeof *x);
	}
	memcpy(s.x, x, ROWS * pixels * sizeof *x);
	memcpy(s.label, label, sizeof label);
	struct mn_draw draw = {.seed = 4, .epoch = 3, .example = order};
	s.draw = &draw;
	small_net_loss(&s, s.w, s.g);
	*size = s.net.size;
	mn_real *g = s.g;
	s.g = NULL;
	free(x);
	small_net_free(&s);
	mn_pool_free(pool);
	return g;
}

static void test_independence(struct test *t, const char *text)
{
	size_t size = 0;
	mn_real *one = gradient(t, text, 1, 1, &size), *three = gradient(t, text, 3, 1, &size), *turned = gradient(t, text, 2, 5, &size);
	if (!one || !three || !turned)
		return;
	double error = 0, norm = 0;
	for (size_t i = 0; i < size; i++) {
		error += ((double)one[i] - (double)turned[i]) * ((double)one[i] - (double)turned[i]);
		norm += (double)one[i] * (double)one[i];
	}
	CHECK(t, memcmp(one, three, size * sizeof *one) == 0, "%s: the same bits with 1 thread and with 3", text);
	CHECK(t, error <= 1e-8 * norm && norm > 0, "%s: masks and noise belong to the examples, whatever their order in the batch", text);
	free(one);
	free(three);
	free(turned);
}

static void check_count(struct test *t, const char *text, struct mn_shape image, size_t want)
{
	struct mn_network net;
	if (!build(t, &net, text, image, NULL))
		return;
	CHECK(t, net.size == want, "%s has %zu parameters, want %zu", text, net.size, want);
	mn_network_free(&net);
}

/* The largest magnitude and the standard deviation of each tensor of alexnet under --init truncated. */
static void test_init(struct test *t)
{
	static const struct {
		const char *name;
		double sd, start;
	} tensors[] = {{"conv1.weight", 0.05, 0},    {"conv1.bias", 0, 0}, {"conv2.weight", 0.05, 0}, {"conv2.bias", 0, 0.1},
	               {"fc1.weight", 0.04, 0},      {"fc1.bias", 0, 0.1}, {"fc2.weight", 0.04, 0},   {"fc2.bias", 0, 0.1},
	               {"fc3.weight", 1 / 192.0, 0}, {"fc3.bias", 0, 0}};
	struct mn_network net;
	struct mn_error err = {0};
	if (!build(t, &net, "alexnet", (struct mn_shape){3, 28, 28}, NULL))
		return;
	mn_real *w = calloc(net.size, sizeof *w), none[1];
	CHECK(t, mn_network_init(&net, "truncated", 5, w, none, &err) == 0, "initialized %s", err.text);
	for (int i = 0; i < net.parameters; i++) {
		const struct mn_parameter *p = &net.parameter[i];
		double mean, square, largest = 0, n = (double)p->count;
		moments(w + p->offset, p->count, &mean, &square);
		for (size_t k = 0; k < p->count; k++)
			largest = fmax(largest, fabs((double)w[p->offset + k]));
		CHECK(t, strcmp(p->name, tensors[i].name) == 0, "tensor %d is %s", i, tensors[i].name);
		if (tensors[i].sd <= 0) {
			CHECK(t, fabs(mean - tensors[i].start) < 1e-6 && fabs(largest - tensors[i].start) < 1e-6, "%s is %g", p->name,
			      tensors[i].start);
			continue;
		}
		/* A normal cut at two standard deviations has 0.8796 of its deviation left. */
		double sd = 0.87962566 * tensors[i].sd;
		CHECK(t, largest <= 2.000001 * tensors[i].sd && largest > 1.9 * tensors[i].sd, "%s is cut at two deviations", p->name);
		CHECK(t, fabs(mean) < 4 * sd / sqrt(n) && fabs(sqrt(square) - sd) < 4 * sd / sqrt(2 * n),
		      "%s has mean 0 and deviation %.5f: %.5f", p->name, sd, sqrt(square));
	}
	free(w);
	mn_network_free(&net);
}

int main(void)
{
	struct test t = {0};
	for (int i = 0; i < ROWS; i++)
		example[i] = 1000 - 7 * i;
	test_plans(&t);
	test_refusals(&t);
	test_dropout(&t);
	test_noise(&t);
	test_independence(&t, "conv6k3/relu/pool3s2/lrn/conv6k3/relu/pool3s2/lrn/fc20/relu/fc10");
	test_independence(&t, "conv6k3/bn/relu/pool3s2/fc20/bn/relu/fc10");
	test_independence(&t, "mlp:20,20");
	check_count(&t, "alexnet", (struct mn_shape){3, 28, 28}, 1387786);
	check_count(&t, "mlp:512", (struct mn_shape){3, 28, 28}, 1209866);
	check_count(&t, "mlp:512,512,512", (struct mn_shape){3, 28, 28}, 1735178);
	test_init(&t);
	CHECK(&t,
	      strcmp(mn_net_default_input("alexnet"), "crop28,whiten") == 0 &&
	              strcmp(mn_net_default_input("alexnet-bn"), "crop28,whiten") == 0 &&
	              strcmp(mn_net_default_input("mlp:20"), "unit") == 0,
	      "alexnet implies crop28,whiten");
	return test_end(&t);
}
