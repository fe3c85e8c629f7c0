/* Gradients against central differences, and directional derivatives against differences of gradients. In the double build
 * alone do the differences mean something; in float this program only checks that everything runs and stays finite. */
#include <string.h>

#include "nets.h"
#include "test.h"

struct net_case {
	const char *text;
	struct mn_shape image;
	int classes, rows;
	bool smooth;   /* no kinks: second derivatives can be held against differences */
	bool training; /* masks, noise and batch statistics are on */
};

static const struct net_case cases[] = {
        {"fc3", {1, 2, 3}, 3, 5, true, false},
        {"fc7/tanh/fc5/tanh/fc4", {1, 4, 4}, 4, 9, true, false},
        {"tanh/fc5", {2, 3, 2}, 5, 4, true, false},
        {"mlp:20,12", {1, 5, 5}, 10, 17, false, false},
        {"relu/fc6/tanh/relu/fc3", {1, 3, 3}, 3, 8, false, false},
        {"tanh/fc6/relu/fc3", {3, 2, 2}, 3, 8, false, false},
        {"conv3k3/tanh/fc3", {2, 5, 4}, 3, 6, true, false},
        {"conv3k3/tanh/conv2k2/tanh/fc4", {1, 4, 5}, 4, 11, true, false},
        {"conv4k3s2/tanh/conv3k5s2p1/tanh/fc3", {2, 9, 8}, 3, 5, true, false},
        {"conv4k4s3/tanh/conv3k2s3p1/tanh/fc3", {2, 8, 9}, 3, 3, true, false},
        {"tanh/conv3k1/tanh/conv2k3p0/fc3", {3, 5, 4}, 3, 4, true, false},
        {"conv4k3/relu/conv3k3/relu/fc3", {2, 5, 5}, 3, 6, false, false},
        {"conv4k3/tanh/pool3s2/fc3", {2, 6, 6}, 3, 4, true, false},
        {"conv4k3/pool2/tanh/conv3k3/tanh/pool3s2p1/fc3", {2, 8, 7}, 3, 4, true, false},
        {"conv16k3/tanh/pool2/conv5k3/tanh/pool3/fc3", {2, 8, 7}, 3, 4, true, false},
        {"conv12k3/tanh/conv5k3s2p1/pool2s3/fc3", {2, 9, 8}, 3, 4, true, false},
        {"conv13k4/tanh/conv3k3s3p0/pool2s3/fc3", {1, 10, 11}, 3, 4, true, false},
        {"conv12k3/tanh/lrn/fc3", {2, 4, 4}, 3, 4, true, false},
        {"conv5k3/lrn2a500000b60k2/tanh/conv7k3/lrn3a900000/fc3", {2, 4, 4}, 3, 4, true, false},
        {"conv16k3/tanh/conv16k5/tanh/fc3", {2, 5, 7}, 3, 4, true, false},
        {"conv4k3/bn/tanh/fc6/bn/tanh/fc3", {2, 4, 4}, 3, 7, true, false},
        {"bn/conv4k3/tanh/fc3", {2, 4, 4}, 3, 7, true, false},
        {"conv4k3/bn/tanh/fc6/bn/tanh/fc3", {2, 4, 4}, 3, 7, true, true},
        {"conv8k3/relu/pool3s2/lrn/conv8k3/relu/pool3s2/lrn/fc12/relu/fc8/relu/fc4", {3, 8, 8}, 4, 5, false, false},
        {"conv8k3/bn/relu/pool3s2/conv8k3/bn/relu/pool3s2/fc12/bn/relu/fc4", {3, 8, 8}, 4, 5, false, true},
        {"noise50/dropout20/conv4k3/tanh/dropout50/fc8/tanh/dropout50/fc4", {2, 4, 4}, 4, 9, true, true},
        {"noise50/conv4k3/relu/dropout50/fc8/relu/dropout50/fc4", {2, 4, 4}, 4, 9, false, true},
        {"dropout20/fc8/tanh/dropout50/fc4", {1, 4, 4}, 4, 9, true, false},
};

static bool close_enough(double error, double norm)
{
	return sizeof(mn_real) == sizeof(double) ? sqrt(error) <= 1e-7 * sqrt(norm) + 1e-10 : isfinite(error);
}

/* Central differences are blind where a ReLU or a maximum changes sides inside the step: there the two one-sided slopes differ. */
static int check_gradient(struct test *t, struct small_net *s, const struct net_case *c, const char *what)
{
	double at = small_net_loss(s, s->w, s->g), step = sizeof(mn_real) == 8 ? 1e-5 : 1e-2;
	for (int p = 0; p < s->net.parameters; p++) {
		const struct mn_parameter *tensor = &s->net.parameter[p];
		double error = 0, norm = 0;
		size_t skipped = 0;
		for (size_t i = tensor->offset; i < tensor->offset + tensor->count; i++) {
			mn_real kept = s->w[i];
			s->w[i] = (mn_real)(kept + step);
			double above = small_net_loss(s, s->w, NULL);
			s->w[i] = (mn_real)(kept - step);
			double below = small_net_loss(s, s->w, NULL);
			s->w[i] = kept;
			double kink = fabs((above - at) - (at - below)) / step;
			if (!c->smooth && kink > 1e3 * step) {
				skipped++;
				continue;
			}
			double difference = (above - below) / (2 * step);
			error += (s->g[i] - difference) * (s->g[i] - difference);
			norm += difference * difference;
		}
		CHECK(t, skipped * 20 <= tensor->count || sizeof(mn_real) == 4, "%s: at most 5%% of %s at a kink (%zu of %zu)", what,
		      tensor->name, skipped, tensor->count);
		CHECK(t, close_enough(error, norm), "%s: gradient of %s, relative error %.2g", what, tensor->name,
		      norm > 0 ? sqrt(error / norm) : 0);
	}
	return 0;
}

/* hv by the R-operator against (g(w + rv) - g(w - rv)) / 2r. */
static int check_product(struct test *t, struct small_net *s, const char *what, struct mn_error *err)
{
	size_t n = s->net.size;
	struct mn_workspace r;
	mn_real *v = calloc(n, sizeof *v), *hv = calloc(n, sizeof *hv), *w = calloc(n, sizeof *w);
	mn_real *above = calloc(n, sizeof *w), *below = calloc(n, sizeof *w);
	double *normal = calloc(n, sizeof *normal);
	if (!v || !hv || !w || !above || !below || !normal || mn_workspace_new(&r, &s->net, NULL, s->rows, MN_WORKSPACE_BACKWARD, err))
		return -1;
	mn_random_normals((struct mn_key){11, MN_PURPOSE_CHECK}, (struct mn_counter){0}, normal, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (mn_real)normal[i];
	double step = sizeof(mn_real) == 8 ? 1e-5 : 1e-3;
	for (size_t i = 0; i < n; i++)
		w[i] = (mn_real)(s->w[i] + step * v[i]);
	small_net_loss(s, w, above);
	for (size_t i = 0; i < n; i++)
		w[i] = (mn_real)(s->w[i] - step * v[i]);
	small_net_loss(s, w, below);
	small_net_loss(s, s->w, s->g);
	mn_network_r_forward(&s->ws, &r, s->w, v, s->buffers, s->rows);
	mn_loss_r(s->loss, mn_workspace_logits(&s->ws), s->rows, s->net.classes, (mn_real)1 / (mn_real)s->rows, mn_workspace_logits(&r),
	          mn_workspace_dlogits(&r));
	mn_network_r_backward(&s->ws, &r, s->w, v, s->buffers, s->rows, (struct mn_into){.to = hv, .scale = 1});
	for (int p = 0; p < s->net.parameters; p++) {
		const struct mn_parameter *tensor = &s->net.parameter[p];
		double error = 0, norm = 0;
		for (size_t i = tensor->offset; i < tensor->offset + tensor->count; i++) {
			double difference = ((double)above[i] - (double)below[i]) / (2 * step);
			error += (hv[i] - difference) * (hv[i] - difference);
			norm += difference * difference;
		}
		CHECK(t, close_enough(error, norm), "%s: Hv of %s, relative error %.2g", what, tensor->name,
		      norm > 0 ? sqrt(error / norm) : 0);
	}
	mn_workspace_free(&r);
	free(v);
	free(hv);
	free(w);
	free(above);
	free(below);
	free(normal);
	return 0;
}

static void check(struct test *t, const struct net_case *c, enum mn_loss_kind loss)
{
	static const int64_t example[] = {5, 2, 9, 0, 7, 1, 12, 3, 30, 8, 4};
	const struct mn_draw draw = {.seed = 3, .epoch = 2, .example = example};
	struct mn_error err = {0};
	struct small_net s;
	char what[128];
	snprintf(what, sizeof what, "%s%s", c->text, c->training ? " in training" : "");
	if (!CHECK(t, small_net_new(&s, c->text, c->image, c->classes, c->rows, NULL, &err) == 0, "%s is built %s", what, err.text))
		return;
	s.loss = loss;
	s.draw = &draw;
	small_net_loss(&s, s.w, NULL); /* moves the running statistics off their start */
	s.draw = c->training ? &draw : NULL;
	check_gradient(t, &s, c, what);
	if (c->smooth && !c->training && check_product(t, &s, what, &err))
		CHECK(t, false, "%s: %s", what, err.text);
	small_net_free(&s);
}

int main(void)
{
	struct test t = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int loss = MN_CROSS_ENTROPY; loss <= MN_SQUARED; loss++)
			check(&t, &cases[i], (enum mn_loss_kind)loss);
	return test_end(&t);
}
