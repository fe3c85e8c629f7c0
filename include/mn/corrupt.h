/* corrupt.h - replaces an exact fraction of a data set's labels or inputs by noise.
 *
 * The rows chosen for a fraction are a prefix of one random permutation of all rows, so that they are among those of any
 * larger fraction under the same seed. Choice and content of labels and inputs are four separate random streams, and a row's
 * content is a function of (seed, row), not of the fraction. Kinds follow Zhang et al. 2017 and Krueger et al. 2017.
 */
#ifndef MN_CORRUPT_H
#define MN_CORRUPT_H

#include "mn/dataset.h"
#include "mn/pieces.h"

enum mn_label_kind {
	MN_LABELS_UNIFORM, /* uniform over all classes, the true one included */
	MN_LABELS_WRONG,   /* uniform over the other classes */
	MN_LABELS_PERMUTE, /* the chosen rows' own labels in another order: class counts stay. The one kind whose content
	                    * depends on the fraction, as a permutation within the chosen rows must */
};

enum mn_input_kind {
	MN_INPUTS_GAUSSIAN, /* every pixel an independent normal with the data's mean and variance, F32 and unclipped */
	MN_INPUTS_SHUFFLE,  /* pixels moved by one permutation, the same for all chosen rows */
	MN_INPUTS_PERMUTE,  /* pixels moved by a permutation of the row's own */
};

/* What one mean and one variance of Gaussian noise are taken over: all pixels, those of a channel, or those at one place
 * of one channel. */
enum mn_moments { MN_MOMENTS_GLOBAL, MN_MOMENTS_CHANNEL, MN_MOMENTS_PIXEL };

struct mn_corruption {
	double labels, inputs; /* fractions in [0, 1]; 0 leaves that side as it is */
	enum mn_label_kind label_kind;
	enum mn_input_kind input_kind;
	enum mn_moments moments;
	uint64_t seed;
};

/* What was done: the rows chosen, and among them those that differ from what they were. */
struct mn_corrupted {
	int64_t labels_chosen, labels_changed;
	int64_t inputs_chosen, inputs_changed;
};

/* The kinds by their names on the command line; -1 where there is none of that name. */
int mn_label_kind(const char *name);   /* uniform, wrong, permute */
int mn_input_kind(const char *name);   /* gaussian, shuffle, permute */
int mn_moments_kind(const char *name); /* global, channel, pixel */

/* fraction * rows, rounded half away from zero, as if the fraction were the decimal number that was written
 * (0.145 of 100 rows is 14.5, hence 15, although the nearest double lies below). */
int64_t mn_corrupt_count(double fraction, int64_t rows);

/* Corrupts data in place; adds true_labels, label_noise and input_noise where they are missing, and the metadata label_noise,
 * label_kind, input_noise, input_kind, moments, data_seed (the requested fractions and how), label_noise_realized and
 * input_noise_realized (the fraction of rows that differ from what they were), and for Gaussian noise noise_mean and noise_sd (one number,
 * or a list over the channels or pixels; sd is the population's). Pixels of a pixel permutation are places: the channels
 * of a place move together. Images become F32 where a row gets Gaussian noise, else keep their type.
 * A side that already has noise is refused; the other keeps its masks and metadata. The bits do not depend on pool (may be NULL).
 * 0, or -1 with err; then data is still valid but may be half done. */
int mn_corrupt(struct mn_dataset *data, const struct mn_corruption *how, struct mn_pool *pool, struct mn_corrupted *done,
               struct mn_error *err);

#endif
