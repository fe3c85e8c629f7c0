#include "moments.h"

#include <math.h>
#include <stdlib.h>

/* The stored values of a row: of U8 pixels the integers, whose sums are exact. */
static void load_row(const struct mn_dataset *data, int64_t row, size_t pixels, double *out)
{
	size_t at = (size_t)row * pixels;
	if (data->dtype == MN_U8)
		for (size_t i = 0; i < pixels; i++)
			out[i] = ((const uint8_t *)data->images)[at + i];
	else
		for (size_t i = 0; i < pixels; i++)
			out[i] = (double)((const float *)data->images)[at + i];
}

/* Adds to sum[group] each pixel of row, or with centre its squared distance from centre[group]. */
static void add_row(const struct mn_moment_table *table, const double *row, const double *centre, double *sum)
{
	for (size_t g = 0; g < table->groups; g++) {
		const double *pixel = row + g * table->pixels_each;
		double total = 0;
		for (size_t i = 0; i < table->pixels_each; i++) {
			double x = pixel[i];
			total += centre ? (x - centre[g]) * (x - centre[g]) : x;
		}
		sum[g] += total;
	}
}

int mn_moment_table_make(struct mn_moment_table *table, const struct mn_dataset *data, enum mn_moments over, struct mn_error *err)
{
	size_t pixels = mn_dataset_pixels(data);
	size_t groups = over == MN_MOMENTS_GLOBAL ? 1 : over == MN_MOMENTS_CHANNEL ? (size_t)data->channels : pixels;
	*table = (struct mn_moment_table){.groups = groups, .pixels_each = pixels / groups};
	table->mean = calloc(2 * groups, sizeof *table->mean);
	double *row = calloc(pixels, sizeof *row);
	if (!table->mean || !row) {
		free(row);
		mn_moment_table_free(table);
		return mn_fail_memory(err, data->stream.name, 2 * groups * sizeof *table->mean + pixels * sizeof *row);
	}
	table->sd = table->mean + groups;

	double scale = data->dtype == MN_U8 ? 255 : 1;
	double count = (double)data->rows * (double)table->pixels_each;
	for (int64_t i = 0; i < data->rows; i++) {
		load_row(data, i, pixels, row);
		add_row(table, row, NULL, table->mean);
	}
	for (size_t g = 0; g < groups; g++)
		table->mean[g] /= count;
	for (int64_t i = 0; i < data->rows; i++) {
		load_row(data, i, pixels, row);
		add_row(table, row, table->mean, table->sd);
	}
	for (size_t g = 0; g < groups; g++)
		table->sd[g] = sqrt(table->sd[g] / count) / scale;
	for (size_t g = 0; g < groups; g++)
		table->mean[g] /= scale;
	free(row);
	return 0;
}

void mn_moment_table_free(struct mn_moment_table *table)
{
	free(table->mean);
	*table = (struct mn_moment_table){0};
}
