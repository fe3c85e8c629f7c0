/* Training: steps of SGD against the formulas worked by hand, the schedule, partial batches, large counters. */
#include "mn/train.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "datasets.h"
#include "mn/log.h"
#include "test.h"

enum { PIXELS = 4, CLASSES = 3, ROWS = 7 };

/* Softmax regression by hand, in double: w [CLASSES, PIXELS], then the biases. */
struct by_hand {
	double w[CLASSES * (PIXELS + 1)], v[CLASSES * (PIXELS + 1)];
};

static void hand_gradient(const struct by_hand *s, const struct mn_dataset *data, const int64_t *row, int rows, double *g)
{
	memset(g, 0, sizeof s->w);
	for (int r = 0; r < rows; r++) {
		const float *x = (const float *)data->images + row[r] * PIXELS;
		double p[CLASSES], sum = 0;
		for (int c = 0; c < CLASSES; c++) {
			double o = s->w[CLASSES * PIXELS + c];
			for (int j = 0; j < PIXELS; j++)
				o += s->w[c * PIXELS + j] * x[j];
			sum += p[c] = exp(o);
		}
		for (int c = 0; c < CLASSES; c++) {
			double d = (p[c] / sum - (c == data->labels[row[r]])) / rows;
			for (int j = 0; j < PIXELS; j++)
				g[c * PIXELS + j] += d * x[j];
			g[CLASSES * PIXELS + c] += d;
		}
	}
}

/* v = m v + g + decay w; w = w - lr v */
static void hand_step(struct by_hand *s, const struct mn_hyperparameters *h, double lr, const double *g)
{
	for (int i = 0; i < CLASSES * (PIXELS + 1); i++) {
		bool decays = i < CLASSES * PIXELS || h->decay_biases;
		s->v[i] = h->momentum * s->v[i] + g[i] + (decays ? h->weight_decay : 0) * s->w[i];
		s->w[i] -= lr * s->v[i];
	}
}

static struct mn_hyperparameters plain(const char *net)
{
	return (struct mn_hyperparameters){.net = net, .input = "unit", .init = "glorot", .seed = 5, .batch = 3, .lr = 0.3};
}

static void start(struct test *t, struct mn_trainer *trainer, const struct mn_hyperparameters *h, const struct mn_dataset *data)
{
	struct mn_error err = {0};
	if (mn_trainer_new(trainer, h, data, NULL, &err)) {
		CHECK(t, false, "a trainer is made: %s", err.text);
		exit(test_end(t));
	}
}

/* Five epochs of 3 + 3 + 1 examples; lr of each from a table of its own. */
static void follow(struct test *t, const char *what, struct mn_hyperparameters h, const double lr[5])
{
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct by_hand hand = {0};
	double worst = 0, g[CLASSES * (PIXELS + 1)];
	static const enum mn_train_state want[3] = {MN_TRAIN_GOES_ON, MN_TRAIN_GOES_ON, MN_TRAIN_EPOCH_DONE};
	bool states = true, moved = false;
	make_dataset(&data, ROWS, 1, 2, 2, CLASSES, false);
	start(t, &trainer, &h, &data);
	for (int i = 0; i < CLASSES * (PIXELS + 1); i++) {
		trainer.model.w[i] += (mn_real)(0.1 * (i % 5)); /* biases that are not zero, so that their decay shows */
		hand.w[i] = trainer.model.w[i];
	}
	for (int step = 0; step < 15; step++) {
		int64_t first = trainer.next;
		states &= mn_train_step(&trainer) == want[step % 3];
		hand_gradient(&hand, &data, trainer.order + first, step % 3 == 2 ? 1 : 3, g);
		hand_step(&hand, &h, lr[step / 3], g);
		for (int i = 0; i < CLASSES * (PIXELS + 1); i++)
			worst = fmax(worst, fabs(hand.w[i] - trainer.model.w[i]));
		moved |= fabs(lr[step / 3] * hand.v[0]) > 1e-3;
	}
	CHECK(t, states && trainer.epoch == 5 && trainer.next == 0, "%s: two full batches and one of a single example an epoch", what);
	CHECK(t, moved && worst < (sizeof(mn_real) == 4 ? 2e-6 : 1e-13), "%s: 15 steps as by hand (largest difference %.3g)", what, worst);
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

static void test_steps(struct test *t)
{
	static const double constant[5] = {0.3, 0.3, 0.3, 0.3, 0.3}, halved[5] = {0.3, 0.3, 0.15, 0.15, 0.075};
	struct mn_hyperparameters h = plain("fc3");
	follow(t, "plain SGD", h, constant);
	h.weight_decay = 0.2;
	follow(t, "weight decay spares biases", h, constant);
	h.decay_biases = true;
	follow(t, "weight decay of biases too", h, constant);
	h = plain("fc3");
	h.momentum = 0.8;
	follow(t, "momentum", h, constant);
	h.weight_decay = 0.2;
	follow(t, "momentum and weight decay", h, constant);
	h.decay_biases = true;
	follow(t, "momentum and weight decay of biases too", h, constant);
	h.lr_halve_every = 2;
	follow(t, "all that, the rate halved every two epochs", h, halved);
	h = plain("fc3");
	h.lr_halve_every = 2;
	follow(t, "plain SGD, the rate halved every two epochs", h, halved);
}

static void test_schedule(struct test *t)
{
	struct mn_hyperparameters h = {.lr = 0.01, .lr_halve_every = 10};
	CHECK_NEAR(t, mn_learning_rate(&h, 1), 0.01, 0, "the rate of epoch 1");
	CHECK_NEAR(t, mn_learning_rate(&h, 10), 0.01, 0, "of epoch 10");
	CHECK_NEAR(t, mn_learning_rate(&h, 11), 0.005, 0, "of epoch 11, halved every 10");
	CHECK_NEAR(t, mn_learning_rate(&h, 41), 0.000625, 0, "of epoch 41");
	CHECK(t, mn_learning_rate(&h, INT64_C(1) << 40) == 0, "it ends at zero, not in a nan");
	h.lr_halve_every = 0;
	CHECK_NEAR(t, mn_learning_rate(&h, 1000000), 0.01, 0, "0 never halves it");
}

static bool is_permutation(const int64_t *order, int64_t n)
{
	bool seen[64] = {false};
	for (int64_t i = 0; i < n; i++) {
		if (order[i] < 0 || order[i] >= n || seen[order[i]])
			return false;
		seen[order[i]] = true;
	}
	return true;
}

static void test_diverging(struct test *t)
{
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct mn_hyperparameters h = plain("fc3");
	make_dataset(&data, ROWS, 1, 2, 2, CLASSES, false);
	start(t, &trainer, &h, &data);
	mn_train_step(&trainer);
	trainer.model.w[2] = (mn_real)INFINITY;
	mn_real before[15];
	memcpy(before, trainer.model.w, sizeof before);
	CHECK(t, mn_train_step(&trainer) == MN_TRAIN_DIVERGED && trainer.bad_batch == 2 && trainer.epoch == 0,
	      "a loss that is not finite is noticed in its batch");
	CHECK(t, memcmp(before, trainer.model.w, sizeof before) == 0, "and nothing is changed by it");
	mn_trainer_free(&trainer);
	h.lr = 1e39; /* times any gradient this is no float */
	start(t, &trainer, &h, &data);
	trainer.next = 6;
	if (sizeof(mn_real) == 4)
		CHECK(t, mn_train_step(&trainer) == MN_TRAIN_DIVERGED && trainer.bad_batch == 3 && trainer.epoch == 0,
		      "parameters that are not finite are noticed after an epoch's last step");
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

/* A trainer set to an epoch and a batch goes on as the one that came there. */
static void test_going_on(struct test *t)
{
	struct mn_dataset data;
	struct mn_trainer a, b;
	struct mn_hyperparameters h = plain("fc4/relu/fc3");
	h.momentum = 0.5;
	make_dataset(&data, ROWS, 1, 2, 2, CLASSES, false);
	start(t, &a, &h, &data);
	start(t, &b, &h, &data);
	for (int i = 0; i < 8; i++) /* two epochs and two batches */
		mn_train_step(&a);
	memcpy(b.model.w, a.model.w, a.net.size * sizeof *a.model.w);
	memcpy(b.velocity, a.velocity, a.net.size * sizeof *a.velocity);
	b.epoch = a.epoch;
	b.next = a.next;
	for (int i = 0; i < 5; i++) {
		mn_train_step(&a);
		mn_train_step(&b);
	}
	CHECK(t, a.epoch == 4 && b.epoch == 4 && a.next == b.next && a.next == 3, "both are at the same batch");
	CHECK(t, memcmp(a.model.w, b.model.w, a.net.size * sizeof *a.model.w) == 0, "with the same parameters");
	CHECK(t, memcmp(a.velocity, b.velocity, a.net.size * sizeof *a.velocity) == 0, "and the same velocity");
	mn_trainer_free(&a);
	mn_trainer_free(&b);
	mn_dataset_free(&data);
}

static void last_line(const char *path, char line[1000])
{
	FILE *file = fopen(path, "r");
	line[0] = '\0';
	while (file && fgets(line, 1000, file))
		;
	if (file)
		fclose(file);
}

static void test_large_counters(struct test *t)
{
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct mn_error err = {0};
	struct mn_hyperparameters h = plain("fc3");
	int64_t orders[3][ROWS];
	static const int64_t epochs[3] = {999999, 0, (INT64_C(1) << 33) - 1};
	make_dataset(&data, ROWS, 1, 2, 2, CLASSES, false);
	start(t, &trainer, &h, &data);
	for (int i = 0; i < 3; i++) {
		trainer.epoch = epochs[i];
		for (int step = 0; step < 3; step++)
			mn_train_step(&trainer);
		memcpy(orders[i], trainer.order, sizeof orders[i]);
		CHECK(t, trainer.epoch == epochs[i] + 1 && is_permutation(orders[i], ROWS), "epoch %lld ends", (long long)trainer.epoch);
	}
	CHECK(t, memcmp(orders[0], orders[1], sizeof *orders) != 0 && memcmp(orders[1], orders[2], sizeof *orders) != 0,
	      "each has an order of its own");

	uint64_t a[4], b[4], c[4];
	struct mn_key key = {1, MN_PURPOSE_DROPOUT};
	mn_random_block(key, (struct mn_counter){.epoch = 1000000, .example = 1}, a);
	mn_random_block(key, (struct mn_counter){.epoch = 1000000, .example = (UINT64_C(1) << 33) + 1}, b);
	mn_random_block(key, (struct mn_counter){.epoch = 1000000, .example = 1, .element = UINT64_C(1) << 33}, c);
	CHECK(t, memcmp(a, b, sizeof a) != 0 && memcmp(a, c, sizeof a) != 0, "example 2^33 + 1 is not example 1");

	struct mn_evaluation e = {.rows = INT64_C(1) << 33, .errors = INT64_C(1) << 32, .loss = 1.5};
	e.clean = e.noisy = INT64_C(1) << 32;
	e.clean_right = INT64_C(3) << 30;
	e.noisy_right = INT64_C(1) << 30;
	struct mn_log log;
	char line[1000], text[] = "1000000,1.5,0.5,0.75,0.25,0,1.5,0.5\n";
	mn_stream_set(&trainer.model.stream, "epoch", "1000000", &err);
	CHECK(t,
	      mn_log_open(&log, "log.csv", &err) == 0 && mn_log_row(&log, &trainer.model.stream, &e, &e, &err) == 0 &&
	              mn_log_close(&log, &err) == 0,
	      "a row of epoch 1,000,000 and 2^33 examples is written %s", err.text);
	last_line("log.csv", line);
	size_t length = strlen(line), tail = strlen(text);
	CHECK(t, length > tail && strcmp(line + length - tail, text) == 0, "with the right numbers: %.*s", (int)(length - 1), line);
	unlink("log.csv");
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

/* What the program's own heap holds does not grow. (Under a sanitizer the numbers are all zero, and its leak check does this.) */
static void test_memory(struct test *t)
{
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct mn_hyperparameters h = plain("fc8/relu/fc3");
	h.momentum = 0.9;
	make_dataset(&data, ROWS, 1, 2, 2, CLASSES, false);
	start(t, &trainer, &h, &data);
	for (int i = 0; i < 100; i++)
		mn_train_step(&trainer);
	struct mallinfo2 before = mallinfo2();
	for (int i = 0; i < 10000; i++)
		mn_train_step(&trainer);
	struct mallinfo2 after = mallinfo2();
	CHECK(t, after.uordblks == before.uordblks && after.hblkhd == before.hblkhd, "10,000 steps take no memory");
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

int main(void)
{
	struct test t = {0};
	test_steps(&t);
	test_schedule(&t);
	test_diverging(&t);
	test_going_on(&t);
	test_large_counters(&t);
	test_memory(&t);
	return test_end(&t);
}
