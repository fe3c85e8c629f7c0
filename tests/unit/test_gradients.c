/* Gradients against central differences, and directional derivatives against differences of gradients. In the double build
 * alone do the tolerances mean something; in float this program only checks that everything runs. */
#include <string.h>

#include "nets.h"
#include "test.h"

struct net_case {
	const char *text;
	struct mn_shape image;
	int classes, rows;
	bool smooth; /* no kinks: second derivatives can be held against differences */
};

static const struct net_case cases[] = {
        {"fc3", {1, 2, 3}, 3, 5, true},
        {"fc7/tanh/fc5/tanh/fc4", {1, 4, 4}, 4, 9, true},
        {"tanh/fc5", {2, 3, 2}, 5, 4, true},
        {"mlp:20,12", {1, 5, 5}, 10, 17, false},
        {"relu/fc6/tanh/relu/fc3", {1, 3, 3}, 3, 8, false},
        {"tanh/fc6/relu/fc3", {3, 2, 2}, 3, 8, false},
};

/* Central differences are blind where a ReLU or a maximum changes sides inside the step: there the two one-sided slopes differ. */
static int check_gradient(struct test *t, struct small_net *s, const struct net_case *c, const char *what)
{
	double at = small_net_loss(s, s->w, s->g), step = sizeof(mn_real) == 8 ? 1e-5 : 1e-2;
	double tolerance = sizeof(mn_real) == 8 ? 1e-7 : 5e-2;
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
		CHECK(t, skipped * 20 <= tensor->count, "%s: at most 5%% of %s at a kink (%zu of %zu)", what, tensor->name, skipped,
		      tensor->count);
		CHECK(t, sqrt(error) <= tolerance * sqrt(norm) + 1e-12, "%s: gradient of %s, relative error %.2g", what, tensor->name,
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
	double step = sizeof(mn_real) == 8 ? 1e-5 : 1e-3, tolerance = sizeof(mn_real) == 8 ? 1e-7 : 1e-1;
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
		CHECK(t, sqrt(error) <= tolerance * sqrt(norm) + 1e-10, "%s: Hv of %s, relative error %.2g", what, tensor->name,
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

int main(void)
{
	struct test t = {0};
	struct mn_error err = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int loss = MN_CROSS_ENTROPY; loss <= MN_SQUARED; loss++) {
			const struct net_case *c = &cases[i];
			struct small_net s;
			if (!CHECK(&t, small_net_new(&s, c->text, c->image, c->classes, c->rows, NULL, &err) == 0, "%s is built %s",
			           c->text, err.text))
				continue;
			s.loss = (enum mn_loss_kind)loss;
			check_gradient(&t, &s, c, c->text);
			if (c->smooth && check_product(&t, &s, c->text, &err))
				CHECK(&t, false, "%s: %s", c->text, err.text);
			small_net_free(&s);
		}
	return test_end(&t);
}
