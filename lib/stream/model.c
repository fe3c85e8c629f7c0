#include "mn/model.h"

#include <stdlib.h>
#include <string.h>

#include "mn/output.h"

struct mn_images mn_model_images(const struct mn_dataset *data)
{
	return (struct mn_images){
	        .pixels = data->images,
	        .bytes = data->dtype == MN_U8,
	        .rows = data->rows,
	        .shape = {data->channels, data->height, data->width},
	};
}

static int plan(struct mn_model *model, const char *net, int classes, struct mn_error *err)
{
	struct mn_shape in;
	return mn_input_shape(&model->input, model->image, &in, err) || mn_network_new(&model->net, net, in, classes, NULL, err) ? -1 : 0;
}

static int allocate(struct mn_model *model, struct mn_error *err)
{
	model->w = calloc(model->net.size, sizeof *model->w);
	model->buffers = calloc(model->net.buffer_size + 1, sizeof *model->buffers);
	if (!model->w || !model->buffers)
		return mn_fail_memory(err, model->stream.name, model->net.size * sizeof *model->w);
	return 0;
}

static int describe(struct mn_model *model, const struct mn_model_spec *spec, const struct mn_dataset *data, struct mn_error *err)
{
	struct mn_stream *s = &model->stream;
	if (mn_stream_set(s, "kind", "model", err) || mn_stream_set(s, "net", spec->net, err) ||
	    mn_stream_set(s, "input", spec->input, err) || mn_stream_set(s, "init", spec->init, err) ||
	    mn_stream_setf(s, err, "classes", "%d", data->classes) || mn_stream_setf(s, err, "image_channels", "%d", data->channels) ||
	    mn_stream_setf(s, err, "image_height", "%d", data->height) || mn_stream_setf(s, err, "image_width", "%d", data->width) ||
	    mn_stream_setf(s, err, "train_size", "%lld", (long long)data->rows) ||
	    mn_stream_setf(s, err, "width", "%d", model->net.width) || mn_stream_setf(s, err, "parameters", "%zu", model->net.size) ||
	    mn_stream_setf(s, err, "input_mean", "%.17g", model->input.mean) ||
	    mn_stream_setf(s, err, "input_sd", "%.17g", model->input.sd))
		return -1;
	return 0;
}

int mn_model_new(struct mn_model *model, const struct mn_model_spec *spec, const struct mn_dataset *data, struct mn_error *err)
{
	*model = (struct mn_model){.image = {data->channels, data->height, data->width}};
	struct mn_images images = mn_model_images(data);
	if (mn_stream_new(&model->stream, "model", err) || mn_input_parse(&model->input, spec->input, err))
		goto failed;
	if (mn_input_needs_fit(&model->input))
		mn_input_fit(&model->input, &images);
	if (plan(model, spec->net, data->classes, err) || allocate(model, err) ||
	    mn_network_init(&model->net, spec->init, spec->seed, model->w, model->buffers, err) || describe(model, spec, data, err) ||
	    mn_stream_inherit(&model->stream, &data->stream, err))
		goto failed;
	return 0;
failed:
	mn_model_free(model);
	return -1;
}

static int check_tensor(const struct mn_stream *stream, const struct mn_parameter *p, struct mn_error *err)
{
	const struct mn_tensor *t = mn_stream_find(stream, p->name);
	if (!t)
		return mn_fail(err, "%s: tensor '%s' is missing", stream->name, p->name);
	bool same = t->rank == p->rank && t->dtype == MN_F32;
	for (int i = 0; same && i < p->rank; i++)
		same = t->shape[i] == p->shape[i];
	if (!same)
		return mn_fail(err, "%s: tensor '%s' has not the type and shape that the network '%s' needs", stream->name, p->name,
		               mn_stream_get(stream, "net", ""));
	return 0;
}

/* Copies one tensor of the file into the flat vector. */
static void load(const struct mn_stream *stream, const struct mn_parameter *p, mn_real *to)
{
	const float *from = mn_stream_find(stream, p->name)->data;
	for (size_t i = 0; i < p->count; i++)
		to[p->offset + i] = from[i];
}

static bool is_known(const struct mn_network *net, const char *name)
{
	/* What a checkpoint has beside its model. */
	if (strncmp(name, "momentum.", 9) == 0 || strncmp(name, "saved.", 6) == 0)
		return true;
	for (int i = 0; i < net->parameters; i++)
		if (strcmp(net->parameter[i].name, name) == 0)
			return true;
	for (int i = 0; i < net->buffers; i++)
		if (strcmp(net->buffer[i].name, name) == 0)
			return true;
	return false;
}

/* Memory is taken for what the file holds, not for what it claims: only when all tensors were seen. */
static int load_all(struct mn_model *model, struct mn_error *err)
{
	const struct mn_network *net = &model->net;
	for (int i = 0; i < model->stream.count; i++)
		if (!is_known(net, model->stream.tensor[i].name))
			return mn_fail(err, "%s: tensor '%s' is not one of the network '%s'", model->stream.name,
			               model->stream.tensor[i].name, net->text);
	for (int i = 0; i < net->parameters; i++)
		if (check_tensor(&model->stream, &net->parameter[i], err))
			return -1;
	for (int i = 0; i < net->buffers; i++)
		if (check_tensor(&model->stream, &net->buffer[i], err))
			return -1;
	if (allocate(model, err))
		return -1;
	for (int i = 0; i < net->parameters; i++)
		load(&model->stream, &net->parameter[i], model->w);
	for (int i = 0; i < net->buffers; i++)
		load(&model->stream, &net->buffer[i], model->buffers);
	return 0;
}

static int read_description(struct mn_model *model, int64_t *classes, struct mn_error *err)
{
	const struct mn_stream *s = &model->stream;
	enum { SIDE_MAX = 1 << 14 };
	int64_t channels, height, width;
	if (strcmp(mn_stream_get(s, "kind", "model"), "model") != 0)
		return mn_fail(err, "%s: this is a %s, not a model", s->name, mn_stream_get(s, "kind", ""));
	if (!mn_stream_get(s, "net", NULL))
		return mn_fail(err, "%s: not a model: mn.net is missing", s->name);
	if (mn_stream_get_int(s, "image_channels", 1, &channels, err) || mn_stream_get_int(s, "image_height", 28, &height, err) ||
	    mn_stream_get_int(s, "image_width", 28, &width, err) || mn_stream_get_int(s, "classes", 10, classes, err))
		return -1;
	if (channels < 1 || channels > SIDE_MAX || height < 1 || height > SIDE_MAX || width < 1 || width > SIDE_MAX || *classes < 1 ||
	    *classes > 256 || channels * height * width > 1 << 26)
		return mn_fail(err, "%s: mn.image_channels, mn.image_height, mn.image_width or mn.classes is out of range", s->name);
	model->image = (struct mn_shape){(int)channels, (int)height, (int)width};
	if (mn_input_parse(&model->input, mn_stream_get(s, "input", "unit"), err))
		return mn_fail(err, "%s: mn.input: '%s' is not an input transform", s->name, mn_stream_get(s, "input", "unit"));
	if (mn_stream_get_real(s, "input_mean", 0, &model->input.mean, err) || mn_stream_get_real(s, "input_sd", 1, &model->input.sd, err))
		return -1;
	return 0;
}

int mn_model_read(struct mn_model *model, const char *path, struct mn_error *err)
{
	*model = (struct mn_model){0};
	int64_t classes;
	if (mn_stream_read(&model->stream, path, err))
		return -1;
	if (read_description(model, &classes, err))
		goto failed;
	if (plan(model, mn_stream_get(&model->stream, "net", ""), (int)classes, err)) {
		struct mn_error inner = *err;
		mn_fail(err, "%s: %.900s", model->stream.name, inner.text);
		goto failed;
	}
	if (load_all(model, err))
		goto failed;
	return 0;
failed:
	mn_model_free(model);
	return -1;
}

static int store(struct mn_stream *stream, const struct mn_parameter *p, const mn_real *from, struct mn_error *err)
{
	mn_stream_remove(stream, p->name);
	struct mn_tensor *t = mn_stream_add(stream, p->name, MN_F32, p->rank, p->shape, err);
	if (!t)
		return -1;
	float *to = t->data;
	for (size_t i = 0; i < p->count; i++)
		to[i] = (float)from[p->offset + i];
	return 0;
}

int mn_model_write(struct mn_model *model, FILE *file, bool gzip, struct mn_error *err)
{
	const struct mn_network *net = &model->net;
	int status = 0;
	for (int i = 0; i < net->parameters && status == 0; i++)
		status = store(&model->stream, &net->parameter[i], model->w, err);
	for (int i = 0; i < net->buffers && status == 0; i++)
		status = store(&model->stream, &net->buffer[i], model->buffers, err);
	if (status == 0)
		status = mn_stream_write(&model->stream, file, gzip, err);
	/* The copies are not kept: a trainer writes many models, and needs the memory in between. */
	for (int i = 0; i < net->parameters; i++)
		mn_stream_remove(&model->stream, net->parameter[i].name);
	for (int i = 0; i < net->buffers; i++)
		mn_stream_remove(&model->stream, net->buffer[i].name);
	return status;
}

int mn_model_save(struct mn_model *model, const char *path, bool gzip, struct mn_error *err)
{
	struct mn_output output;
	if (mn_output_open(&output, path, true, err))
		return -1;
	int status = mn_model_write(model, output.file, gzip, err) ? mn_output_blame(&output, err) : mn_output_commit(&output, err);
	mn_output_discard(&output);
	return status;
}

void mn_model_free(struct mn_model *model)
{
	mn_stream_free(&model->stream);
	mn_network_free(&model->net);
	free(model->w);
	free(model->buffers);
	*model = (struct mn_model){0};
}

int mn_model_fits(const struct mn_model *model, const struct mn_dataset *data, struct mn_error *err)
{
	if (data->channels != model->image.channels || data->height != model->image.height || data->width != model->image.width)
		return mn_fail(err, "%s: images are %d x %d x %d, the model %s was made for %d x %d x %d", data->stream.name,
		               data->channels, data->height, data->width, model->stream.name, model->image.channels, model->image.height,
		               model->image.width);
	if (data->classes > model->net.classes)
		return mn_fail(err, "%s: %d classes, the model %s has %d", data->stream.name, data->classes, model->stream.name,
		               model->net.classes);
	return 0;
}
