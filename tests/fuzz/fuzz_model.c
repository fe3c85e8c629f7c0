/* Any bytes as a model: refused, or it is written as a model. */
#include <string.h>

#include "bytes.h"
#include "mn/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct mn_model model, back;
	struct mn_error err = {0};
	char path[32], *text;
	size_t length;
	int fd = bytes_open(bytes, size, path);
	int status = mn_model_read(&model, path, &err);
	close(fd);
	if (status < 0) {
		demand_refusal(&err, path);
		DEMAND(!model.w && !model.stream.name);
		return 0;
	}
	FILE *file = open_memstream(&text, &length);
	DEMAND(mn_model_write(&model, file, false, &err) == 0 && fclose(file) == 0);
	fd = bytes_open((const uint8_t *)text, length, path);
	DEMAND(mn_model_read(&back, path, &err) == 0 && back.net.size == model.net.size);
	/* Bytes, as a weight may be no number. */
	DEMAND(memcmp(back.w, model.w, model.net.size * sizeof *model.w) == 0);
	close(fd);
	free(text);
	mn_model_free(&back);
	mn_model_free(&model);
	return 0;
}
