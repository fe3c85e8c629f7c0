/* Evaluation: what is counted, and that an evaluation cut short never decides otherwise than a whole one. */
#include "mn/evaluate.h"

#include <string.h>

#include "datasets.h"
#include "mn/train.h"
#include "test.h"

static void start(struct test *t, struct mn_trainer *trainer, const char *net, const struct mn_dataset *data)
{
	struct mn_error err = {0};
	struct mn_hyperparameters h = {.net = net, .input = "unit", .init = "glorot", .seed = 5, .batch = 10, .lr = 0.3};
	if (mn_trainer_new(trainer, &h, data, NULL, &err)) {
		CHECK(t, false, "a trainer is made: %s", err.text);
		exit(test_end(t));
	}
}

/* A network of one layer that we set, so that each row's prediction is known: class = the brightest of three pixels. */
static void test_counts(struct test *t)
{
	enum { MANY = 600 }; /* more than two passes of the evaluator */
	struct mn_dataset data;
	struct mn_trainer trainer;
	int64_t errors = 0, clean = 0, clean_right = 0, noisy_right = 0, true_right = 0;
	make_dataset(&data, MANY, 1, 1, 3, 3, true);
	float *x = data.images;
	for (int i = 0; i < MANY; i++) {
		int brightest = i / 7 % 3;
		for (int c = 0; c < 3; c++)
			x[3 * i + c] = c == brightest;
		data.labels[i] = (uint8_t)(i % 5 == 0 ? (brightest + 1) % 3 : brightest);
		data.true_labels[i] = (uint8_t)(i % 11 == 0 ? (brightest + 2) % 3 : brightest);
		data.label_noise[i] = i % 4 == 0;
		data.input_noise[i] = i % 6 == 0;
		bool right = i % 5 != 0, noisy = i % 4 == 0 || i % 6 == 0;
		errors += !right;
		clean += !noisy;
		clean_right += !noisy && right;
		noisy_right += noisy && right;
		true_right += noisy && i % 11 != 0;
	}
	start(t, &trainer, "fc3", &data);
	for (int i = 0; i < 12; i++)
		trainer.model.w[i] = i < 9 && i % 3 == i / 3 ? 4 : 0;
	struct mn_evaluation e;
	mn_evaluate(&trainer.evaluator, trainer.model.w, trainer.model.buffers, &data, NULL, NULL, &e);
	CHECK(t, e.rows == MANY && e.errors == errors, "errors are counted over all rows (%lld of %lld)", (long long)e.errors,
	      (long long)e.rows);
	CHECK(t, e.clean == clean && e.clean_right == clean_right, "clean rows are those without either noise");
	CHECK(t, e.noisy == MANY - clean && e.noisy_right == noisy_right, "noisy rows against the given label");
	CHECK(t, e.noisy_true_right == true_right, "noisy rows against the true label");
	double right = log(exp(4) + 2) - 4, wrong = log(exp(4) + 2);
	CHECK_NEAR(t, e.loss, (right * (double)(MANY - errors) + wrong * (double)errors) / MANY, 1e-6, "the mean cross-entropy");
	for (int i = 0; i < 12; i++)
		trainer.model.w[i] = 0;
	mn_evaluate(&trainer.evaluator, trainer.model.w, trainer.model.buffers, &data, NULL, NULL, &e);
	int64_t zeros = 0;
	for (int i = 0; i < MANY; i++)
		zeros += data.labels[i] == 0;
	CHECK(t, e.errors == MANY - zeros, "a tie goes to the lowest class");
	trainer.model.w[4] = (mn_real)NAN;
	mn_evaluate(&trainer.evaluator, trainer.model.w, trainer.model.buffers, &data, NULL, NULL, &e);
	CHECK(t, e.errors == MANY && isnan(e.loss), "an output that is not a number is wrong");
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

static bool same_bits(const struct mn_evaluation *a, const struct mn_evaluation *b)
{
	return a->rows == b->rows && a->errors == b->errors && memcmp(&a->loss, &b->loss, sizeof a->loss) == 0 && a->clean == b->clean &&
	       a->clean_right == b->clean_right && a->noisy == b->noisy && a->noisy_right == b->noisy_right &&
	       a->noisy_true_right == b->noisy_true_right;
}

/* While a network learns, at every threshold on either side of its accuracy, whatever is believed to be wrong. */
static void test_needed(struct test *t)
{
	enum { MANY = 1500 };
	struct mn_dataset data;
	struct mn_trainer trainer;
	make_dataset(&data, MANY, 1, 5, 5, 3, true);
	for (int i = 0; i < MANY; i++) {
		((float *)data.images)[25 * i + data.labels[i]] += 0.4f;
		data.input_noise[i] = i % 3 == 0;
	}
	start(t, &trainer, "fc12/relu/fc3", &data);
	uint8_t wrong[MANY] = {0};
	int answers = 0, right = 0, cut = 0, bits = 0, reached = 0;
	for (int step = 0; step < 1500; step++) {
		mn_train_step(&trainer);
		if (step % 10)
			continue;
		struct mn_evaluation full, needed;
		mn_evaluate(&trainer.evaluator, trainer.model.w, trainer.model.buffers, &data, NULL, NULL, &full);
		for (int which = 0; which < 6; which++) {
			/* Just reached, just missed, far off, and beliefs that are none, stale or all. */
			int64_t allowed = which == 0   ? full.errors
			                  : which == 1 ? full.errors - 1
			                  : which == 2 ? full.errors / 2
			                               : full.errors;
			double accuracy = (double)(MANY - (allowed > 0 ? allowed : 0)) / MANY;
			if (which > 2)
				memset(wrong, which == 4, sizeof wrong);
			int got = mn_evaluate_needed(&trainer.evaluator, trainer.model.w, trainer.model.buffers, &data, accuracy, wrong,
			                             &needed);
			answers++;
			right += got == mn_reaches(full.errors, MANY, accuracy);
			reached += got == 1;
			bits += got == 1 && same_bits(&full, &needed);
			cut += got == 0 && needed.errors <= full.errors;
		}
	}
	CHECK(t, right == answers, "the answer is that of a whole evaluation (%d of %d)", right, answers);
	CHECK(t, reached > 100 && bits == reached, "where it is reached, so are the numbers, to the last bit (%d of %d)", bits, reached);
	CHECK(t, answers - reached > 100 && cut == answers - reached, "where it is not, the errors are a lower bound (%d of %d)", cut,
	      answers - reached);
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

static bool at_fourth(void *arg)
{
	int *asked = arg;
	return ++*asked == 4;
}

static void test_interruption(struct test *t)
{
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct mn_evaluation e;
	int asked = 0;
	uint8_t wrong[2000] = {0};
	make_dataset(&data, 2000, 1, 2, 2, 3, false);
	start(t, &trainer, "fc3", &data);
	trainer.evaluator.interrupted = at_fourth;
	trainer.evaluator.interrupted_arg = &asked;
	const struct mn_model *m = &trainer.model;
	CHECK(t, mn_evaluate(&trainer.evaluator, m->w, m->buffers, &data, NULL, NULL, &e) == -1 && asked == 4,
	      "an evaluation can be stopped");
	asked = 0;
	CHECK(t, mn_evaluate_needed(&trainer.evaluator, m->w, m->buffers, &data, 0, wrong, &e) == -1 && asked == 4,
	      "so can one that is cut short");
	memset(wrong, 1, sizeof wrong);
	asked = 2;
	CHECK(t, mn_evaluate_needed(&trainer.evaluator, m->w, m->buffers, &data, 0, wrong, &e) == -1 && asked == 4,
	      "also while it looks at what was wrong");
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
}

int main(void)
{
	struct test t = {0};
	test_counts(&t);
	test_needed(&t);
	test_interruption(&t);
	return test_end(&t);
}
