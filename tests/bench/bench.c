#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mn/fetch.h"
#include "mn/gemm.h"
#include "mn/numbers.h"

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int bench_serve(const struct bench_word *words, const char *text)
{
	char blas[128], line[64], word[32];
	long count;
	mn_blas_name(blas, sizeof blas);
	printf("ready kernel=%s %s\n", strrchr(blas, ' ') + 1, text);
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		const struct bench_word *w = words;
		if (sscanf(line, "%31s %ld", word, &count) != 2)
			bench_fail("bench", "expected a word and a count");
		while (w->word && strcmp(w->word, word) != 0)
			w++;
		if (!w->word)
			bench_fail(word, "not a word of this program");
		double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		w->run(w->arg, count);
		cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		wall = seconds(CLOCK_MONOTONIC) - wall;
		printf("%.9f %.9f\n", wall, cpu);
		fflush(stdout);
	}
	return 0;
}

void bench_data(struct mn_dataset *data, const char *name, const char *from, int64_t rows)
{
	struct mn_error err = {0};
	struct mn_stream stream;
	struct mn_fetch how = {.dataset = name,
	                       .split = MN_SPLIT_TRAIN,
	                       .range = {0, rows},
	                       .from = from,
	                       .offline = true,
	                       .progress = "never",
	                       .quiet = true};
	if (mn_fetch(&stream, &how, &err) || mn_dataset_adopt(data, &stream, &err))
		bench_fail(name, err.text);
}

/* Gray images, each with its neighbours as the other two colours, in the middle of 32 x 32. */
static void make_colour(struct mn_dataset *data)
{
	int side = 32, top = (side - data->height) / 2, left = (side - data->width) / 2;
	size_t area = (size_t)(side * side), gray = mn_dataset_pixels(data);
	uint8_t *images = bench_memory((size_t)data->rows * 3 * area);
	for (int64_t i = 0; i < data->rows; i++)
		for (int c = 0; c < 3; c++)
			for (int y = 0; y < data->height; y++)
				memcpy(images + ((size_t)i * 3 + (size_t)c) * area + (size_t)((top + y) * side + left),
				       (uint8_t *)data->images + (size_t)((i + c) % data->rows) * gray + (size_t)(y * data->width),
				       (size_t)data->width);
	data->images = images;
	data->channels = 3;
	data->height = data->width = side;
}

void bench_change_pixels(struct mn_dataset *data, const char *how)
{
	uint8_t *pixels = data->images;
	if (strcmp(how, "colour") == 0)
		make_colour(data);
	for (size_t i = 0, n = (size_t)data->rows * mn_dataset_pixels(data); strcmp(how, "nonzero") == 0 && i < n; i++)
		pixels[i] = pixels[i] ? pixels[i] : 1;
}

_Noreturn void bench_fail(const char *name, const char *message)
{
	fprintf(stderr, "%s: %s\n", name, message);
	exit(1);
}

long bench_number(const char *text)
{
	int64_t value;
	if (mn_parse_int(text, 0, INT32_MAX, &value))
		bench_fail(text, "not a number");
	return (long)value;
}

void *bench_memory(size_t bytes)
{
	size_t whole = (bytes + 63) / 64 * 64;
	void *memory = aligned_alloc(64, whole ? whole : 64);
	if (!memory)
		bench_fail("bench", "out of memory");
	return memset(memory, 0, whole);
}
