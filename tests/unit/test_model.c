/* Models in files: what is written comes back; what does not fit the network is refused by name. */
#include "mn/model.h"

#include <string.h>
#include <unistd.h>

#include "datasets.h"
#include "test.h"

static void make_model(struct test *t, struct mn_model *model, const struct mn_dataset *data, const char *input)
{
	struct mn_error err = {0};
	struct mn_model_spec spec = {"mlp:6,5", input, "glorot", 3};
	if (!CHECK(t, mn_model_new(model, &spec, data, &err) == 0, "a model is made %s", err.text))
		exit(test_end(t));
}

static void test_round_trip(struct test *t)
{
	struct mn_dataset data;
	struct mn_model made, read;
	struct mn_error err = {0};
	make_dataset(&data, 20, 1, 4, 4, 3, false);
	mn_stream_set(&data.stream, "dataset", "made-up", &err);
	mn_stream_set(&data.stream, "net", "of another program", &err);
	make_model(t, &made, &data, "standard");
	for (int gzip = 0; gzip < 2; gzip++) {
		CHECK(t, mn_model_save(&made, "model.st", gzip, &err) == 0, "a model is written %s", err.text);
		if (!CHECK(t, mn_model_read(&read, "model.st", &err) == 0, "and read %s", err.text))
			exit(test_end(t));
		bool same = read.net.size == made.net.size;
		for (size_t i = 0; same && i < made.net.size; i++)
			same = (float)read.w[i] == (float)made.w[i];
		CHECK(t, same, "with every parameter");
		CHECK(t, read.input.mean == made.input.mean && read.input.sd == made.input.sd && read.input.steps == 1,
		      "the input transform with its constants to the last bit");
		CHECK(t, read.image.channels == 1 && read.image.height == 4 && read.image.width == 4 && read.net.classes == 3,
		      "the shape of its images and the number of classes");
		CHECK(t, strcmp(mn_stream_get(&read.stream, "dataset", ""), "made-up") == 0, "what the data set says of itself");
		CHECK(t, strcmp(mn_stream_get(&read.stream, "net", ""), "mlp:6,5") == 0, "but its own network");
		CHECK(t, mn_model_fits(&read, &data, &err) == 0, "it fits its data set");
		mn_model_free(&read);
	}
	mn_dataset_free(&data);
	make_dataset(&data, 20, 1, 2, 8, 3, false);
	CHECK(t, mn_model_fits(&made, &data, &err) != 0 && strstr(err.text, "1 x 2 x 8"), "not images of another shape: %s", err.text);
	mn_dataset_free(&data);
	make_dataset(&data, 20, 1, 4, 4, 4, false);
	CHECK(t, mn_model_fits(&made, &data, &err) != 0 && strstr(err.text, "classes"), "not more classes: %s", err.text);
	mn_dataset_free(&data);
	mn_model_free(&made);
}

/* Writes the model with one change and expects a refusal that says `says`. */
static void refused(struct test *t, const char *says, void (*change)(struct mn_stream *))
{
	struct mn_stream stream;
	struct mn_model model;
	struct mn_error err = {0};
	if (!CHECK(t, mn_stream_read(&stream, "model.st", &err) == 0, "the model is a stream %s", err.text))
		return;
	change(&stream);
	FILE *file = fopen("changed.st", "w");
	mn_stream_write(&stream, file, false, &err);
	fclose(file);
	mn_stream_free(&stream);
	int status = mn_model_read(&model, "changed.st", &err);
	CHECK(t, status == -1 && strstr(err.text, says) && strstr(err.text, "changed.st: ") == err.text, "refused: %s", err.text);
	if (status == 0)
		mn_model_free(&model);
}

static void drop_bias(struct mn_stream *s)
{
	mn_stream_remove(s, "fc2.bias");
}

static void add_layer(struct mn_stream *s)
{
	mn_stream_add(s, "fc4.bias", MN_F32, 1, (int64_t[]){3}, &(struct mn_error){0});
}

static void transpose(struct mn_stream *s)
{
	struct mn_tensor *w = mn_stream_find(s, "fc1.weight");
	int64_t first = w->shape[0];
	w->shape[0] = w->shape[1];
	w->shape[1] = first;
}

static void flatten(struct mn_stream *s)
{
	struct mn_tensor *w = mn_stream_find(s, "fc1.weight");
	w->shape[0] *= w->shape[1];
	w->rank = 1;
}

static void widen(struct mn_stream *s)
{
	mn_stream_remove(s, "fc3.bias");
	mn_stream_add(s, "fc3.bias", MN_F64, 1, (int64_t[]){3}, &(struct mn_error){0});
}

static void set(struct mn_stream *s, const char *key, const char *value)
{
	mn_stream_set(s, key, value, &(struct mn_error){0});
}

static void become_dataset(struct mn_stream *s)
{
	set(s, "kind", "dataset");
}

static void forget_net(struct mn_stream *s)
{
	json_object_del(s->metadata, "mn.net");
}

static void misspell_net(struct mn_stream *s)
{
	set(s, "net", "mlp:6,5,");
}

static void misspell_input(struct mn_stream *s)
{
	set(s, "input", "whitened");
}

static void many_classes(struct mn_stream *s)
{
	set(s, "classes", "257");
}

static void word_for_number(struct mn_stream *s)
{
	set(s, "image_height", "4x");
}

static void huge_image(struct mn_stream *s)
{
	set(s, "image_height", "9223372036854775807");
}

static void huge_net(struct mn_stream *s)
{
	set(s, "net", "mlp:1048576,1048576,1048576,1048576");
}

static void test_refusals(struct test *t)
{
	refused(t, "tensor 'fc2.bias' is missing", drop_bias);
	refused(t, "tensor 'fc4.bias' is not one of the network", add_layer);
	refused(t, "tensor 'fc1.weight' has not the type and shape", transpose);
	refused(t, "tensor 'fc1.weight' has not the type and shape", flatten);
	refused(t, "tensor 'fc3.bias' has not the type and shape", widen);
	refused(t, "not a model", become_dataset);
	refused(t, "mn.net is missing", forget_net);
	refused(t, "--net", misspell_net);
	refused(t, "mn.input: 'whitened'", misspell_input);
	refused(t, "out of range", many_classes);
	refused(t, "mn.image_height is '4x'", word_for_number);
	refused(t, "out of range", huge_image);
	refused(t, "tensor 'fc1.weight'", huge_net);
}

int main(void)
{
	struct test t = {0};
	test_round_trip(&t);
	test_refusals(&t);
	unlink("model.st");
	unlink("changed.st");
	return test_end(&t);
}
