/* Any text as a --net: refused as misuse, or a network whose own text builds the same. The first three bytes say the images' shape and
 * the regularizers. */
#include "bytes.h"
#include "mn/input.h"
#include "mn/network.h"

enum { BEFORE = 3, CLASSES = 10 };

static void use(const struct mn_network *net, struct mn_shape image)
{
	size_t size = 0, buffers = 0;
	DEMAND(net->layers > 0 && mn_shape_size(net->input) == mn_shape_size(image));
	for (int i = 0; i < net->parameters; i++) {
		DEMAND(net->parameter[i].offset == size && net->parameter[i].count > 0);
		size += net->parameter[i].count;
	}
	for (int i = 0; i < net->buffers; i++)
		buffers += net->buffer[i].count;
	DEMAND(size == net->size && buffers == net->buffer_size);
	struct mn_shape at = net->input;
	for (int i = 0; i < net->layers; i++) {
		const struct mn_layer *layer = &net->layer[i];
		DEMAND(mn_shape_size(layer->in) == mn_shape_size(at));
		DEMAND(layer->out.channels > 0 && layer->out.height > 0 && layer->out.width > 0);
		at = layer->out;
	}
	DEMAND(at.channels == CLASSES && at.height == 1 && at.width == 1);
}

/* Memory for one row and for ten: what is bounded by the layers' sizes does not wrap around. */
static void plan(const struct mn_network *net)
{
	size_t one = mn_workspace_bytes(net, 1, 1, MN_WORKSPACE_BACKWARD), ten = mn_workspace_bytes(net, 1, 10, MN_WORKSPACE_BACKWARD);
	DEMAND(one > 0 && ten >= one && ten <= 10 * one);
}

/* A small network can be run. */
static void run(const struct mn_network *net)
{
	struct mn_workspace ws;
	struct mn_error err = {0};
	if (net->size > 1 << 16 || mn_workspace_bytes(net, 1, 2, MN_WORKSPACE_BACKWARD) > 1 << 20)
		return;
	mn_real *w = calloc(net->size, sizeof *w), *buffers = calloc(net->buffer_size + 1, sizeof *buffers);
	DEMAND(w && buffers && mn_network_init(net, "glorot", 1, w, buffers, &err) == 0);
	DEMAND(mn_workspace_new(&ws, net, NULL, 2, MN_WORKSPACE_BACKWARD, &err) == 0);
	memset(ws.y[0], 0, 2 * mn_shape_size(net->input) * sizeof *ws.y[0]);
	mn_network_forward(&ws, w, buffers, 2, NULL);
	mn_real *dlogits = mn_workspace_dlogits(&ws);
	for (int i = 0; i < 2 * CLASSES; i++)
		dlogits[i] = 1;
	mn_real *gradient = calloc(net->size, sizeof *gradient);
	mn_network_backward(&ws, w, buffers, 2, NULL, (struct mn_into){.to = gradient, .scale = 1});
	mn_workspace_free(&ws);
	free(gradient);
	free(w);
	free(buffers);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct mn_network net, again;
	struct mn_input input;
	struct mn_error err = {0};
	if (size < BEFORE)
		return 0;
	struct mn_shape image = {1 + bytes[0] % 3, 1 + bytes[1] % 40, 1 + bytes[1] / 8};
	struct mn_regularizers regularizers = {
	        .dropout = bytes[2] & 1 ? 0.5 : 0, .dropout_on_conv = bytes[2] & 2, .input_dropout = bytes[2] & 4 ? 0.2 : 0};
	char *text = strndup((const char *)bytes + BEFORE, size - BEFORE);
	DEMAND(text);
	if (mn_network_new(&net, text, image, CLASSES, &regularizers, &err)) {
		DEMAND(err.status == MN_EXIT_MISUSED && *err.text && !net.text && !net.layer && !net.parameter);
	} else {
		use(&net, image);
		plan(&net);
		DEMAND(mn_network_new(&again, net.text, image, CLASSES, &regularizers, &err) == 0);
		DEMAND(strcmp(again.text, net.text) == 0 && again.size == net.size && again.layers == net.layers);
		mn_network_free(&again);
		run(&net);
		mn_network_free(&net);
	}
	err = (struct mn_error){0};
	if (mn_input_parse(&input, text, &err))
		DEMAND(err.status == MN_EXIT_MISUSED && *err.text);
	free(text);
	return 0;
}
