/* Any bytes as a data set: refused, or every row can be used and it is written as a data set. */
#include <math.h>
#include <string.h>

#include "bytes.h"
#include "mn/dataset.h"

static void use(const struct mn_dataset *data)
{
	float *row = malloc(mn_dataset_pixels(data) * sizeof *row);
	DEMAND(row && data->rows > 0 && data->labels && data->index);
	for (int64_t i = 0; i < data->rows; i++) {
		mn_dataset_row(data, i, row);
		for (size_t j = 0; j < mn_dataset_pixels(data); j++)
			DEMAND(isfinite(row[j]));
		DEMAND(data->labels[i] < data->classes && (!data->true_labels || data->true_labels[i] < data->classes));
		DEMAND((!data->label_noise || data->label_noise[i] <= 1) && (!data->input_noise || data->input_noise[i] <= 1));
	}
	free(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct mn_dataset data, back;
	struct mn_error err = {0};
	char path[32], *text;
	size_t length;
	int fd = bytes_open(bytes, size, path);
	int status = mn_dataset_read(&data, path, &err);
	close(fd);
	if (status < 0) {
		demand_refusal(&err, path);
		DEMAND(!data.stream.name && !data.images);
		return 0;
	}
	use(&data);
	FILE *file = open_memstream(&text, &length);
	DEMAND(mn_stream_write(&data.stream, file, false, &err) == 0 && fclose(file) == 0);
	fd = bytes_open((const uint8_t *)text, length, path);
	DEMAND(mn_dataset_read(&back, path, &err) == 0 && back.rows == data.rows && back.classes == data.classes);
	close(fd);
	free(text);
	mn_dataset_free(&back);
	mn_dataset_free(&data);
	return 0;
}
