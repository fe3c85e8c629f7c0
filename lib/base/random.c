#include "mn/random.h"

#include <math.h>
#include <Random123/philox.h>

void mn_random_block(struct mn_key key, struct mn_counter at, uint64_t out[4])
{
	philox4x64_key_t k = {{key.seed, (uint64_t)key.purpose}};
	philox4x64_ctr_t c = {{at.epoch, at.example, at.element, at.layer}};
	philox4x64_ctr_t r = philox4x64(c, k);
	for (int i = 0; i < 4; i++)
		out[i] = r.v[i];
}

double mn_random_unit(uint64_t word)
{
	return (double)(word >> 11) * 0x1p-53;
}

uint64_t mn_random_below(uint64_t word, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)word * n) >> 64);
}

void mn_random_normals(struct mn_key key, struct mn_counter at, double *out, size_t n)
{
	for (size_t i = 0; i < n; i += 4, at.element++) {
		uint64_t word[4];
		double normal[4];
		mn_random_block(key, at, word);
		for (int j = 0; j < 4; j += 2) {
			/* 1 - u is in (0, 1], so that the logarithm is finite. */
			double radius = sqrt(-2 * log(1 - mn_random_unit(word[j])));
			double angle = 2 * 3.14159265358979323846 * mn_random_unit(word[j + 1]);
			normal[j] = radius * cos(angle);
			normal[j + 1] = radius * sin(angle);
		}
		for (size_t j = 0; j < 4 && i + j < n; j++)
			out[i + j] = normal[j];
	}
}

void mn_random_permutation(struct mn_key key, struct mn_counter at, int64_t *out, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		out[i] = i;
	uint64_t word[4];
	for (int64_t i = 0; i + 1 < n; i++) {
		struct mn_counter here = at;
		here.element += (uint64_t)i;
		mn_random_block(key, here, word);
		int64_t j = i + (int64_t)mn_random_below(word[0], (uint64_t)(n - i));
		int64_t swapped = out[i];
		out[i] = out[j];
		out[j] = swapped;
	}
}
