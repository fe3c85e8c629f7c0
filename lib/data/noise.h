/* noise.h - new pixels for chosen rows (private to lib/data). */
#ifndef MN_DATA_NOISE_H
#define MN_DATA_NOISE_H

#include "mn/corrupt.h"

/* Replaces the inputs of rows row[0..count) as how says; *changed counts those that then differ. For Gaussian noise (count > 0) images
 * become F32 and the metadata noise_mean and noise_sd are set. 0, or -1 with err. */
int mn_noise_inputs(struct mn_dataset *data, const struct mn_corruption *how, const int64_t *row, int64_t count, struct mn_pool *pool,
                    int64_t *changed, struct mn_error *err);

#endif
