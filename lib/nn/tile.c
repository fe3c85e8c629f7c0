#include "tile.h"

#include <cblas.h>
#include <string.h>
#include <strings.h>

enum { ROWS = 6 }; /* of a tile */

#ifdef __x86_64__
#define TILE(name)   name##_64
#define TILE_BYTES   64
#define TILE_VECTORS 4
#define TILE_SUMS    20
#define TILE_TARGET  __attribute__((target("avx512f")))
#include "tile_kernel.h"

#define TILE(name)   name##_32
#define TILE_BYTES   32
#define TILE_VECTORS 2
#define TILE_SUMS    10
#define TILE_TARGET  __attribute__((target("avx2,fma")))
#include "tile_kernel.h"
#endif

#define TILE(name)   name##_16
#define TILE_BYTES   16
#define TILE_VECTORS 2
#define TILE_SUMS    10
#define TILE_TARGET
#include "tile_kernel.h"

bool mn_tile_supports(int vector)
{
#ifdef __x86_64__
	if (vector == 64)
		return __builtin_cpu_supports("avx512f");
	if (vector == 32)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
	return vector == 16;
}

int mn_tile_vector(void)
{
	static const char *const with_avx512[] = {"SkylakeX", "Cooperlake", "Sapphirerapids"};
	const char *core = openblas_get_corename();
	for (size_t i = 0; i < sizeof with_avx512 / sizeof *with_avx512; i++)
		if (strcasecmp(core, with_avx512[i]) == 0 && mn_tile_supports(64))
			return 64;
	return mn_tile_supports(32) ? 32 : 16;
}

static int lanes(int vector)
{
	return vector / (int)sizeof(mn_real);
}

/* Columns of a whole panel. */
static int columns(int vector)
{
	return lanes(vector) * (vector == 64 ? 4 : 2);
}

size_t mn_tile_packed(int vector, int k, int n)
{
	return (size_t)k * (size_t)((n + lanes(vector) - 1) / lanes(vector) * lanes(vector));
}

void mn_tile_pack(int vector, int k, int n, const mn_real *b, mn_real *packed)
{
	for (int first = 0; first < n; first += columns(vector)) {
		int count = n - first < columns(vector) ? n - first : columns(vector);
		int width = (count + lanes(vector) - 1) / lanes(vector) * lanes(vector);
		for (int i = 0; i < k; i++, packed += width) {
			const mn_real *from = b + (size_t)i * (size_t)n + first;
			memcpy(packed, from, (size_t)count * sizeof *packed);
			for (int j = count; j < width; j++)
				packed[j] = 0;
		}
	}
}

void mn_tile_multiply(int vector, const struct mn_tile_product *p)
{
#ifdef __x86_64__
	if (vector == 64) {
		multiply_64(p);
		return;
	}
	if (vector == 32) {
		multiply_32(p);
		return;
	}
#endif
	(void)vector;
	multiply_16(p);
}

void mn_tile_gather(int vector, const struct mn_tile_list *list, const mn_real *a, int length, mn_real *c)
{
#ifdef __x86_64__
	if (vector == 64) {
		gather_64(list, a, length, c);
		return;
	}
	if (vector == 32) {
		gather_32(list, a, length, c);
		return;
	}
#endif
	(void)vector;
	gather_16(list, a, length, c);
}
