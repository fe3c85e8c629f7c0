#include "window.h"

/* One side: the number of windows, and how far the first reaches over the edge. */
static int side(int in, int kernel, int stride, int padding, int *before)
{
	if (padding >= 0) {
		*before = padding;
		return in + 2 * padding < kernel ? 0 : (in + 2 * padding - kernel) / stride + 1;
	}
	int out = (in + stride - 1) / stride, total = (out - 1) * stride + kernel - in;
	*before = total > 0 ? total / 2 : 0;
	return out;
}

int mn_window_build(struct mn_layer *layer, const struct mn_word *word, int kernel, int default_stride, struct mn_error *err)
{
	enum { KERNEL_MAX = 64 };
	int stride = word->letter['s' - 'a'] < 0 ? default_stride : word->letter['s' - 'a'], padding = word->letter['p' - 'a'];
	if (kernel < 1 || kernel > KERNEL_MAX)
		return mn_misuse(err, "--net: '%s': the window's side must be from 1 to %d", word->text, KERNEL_MAX);
	if (stride < 1 || stride > KERNEL_MAX)
		return mn_misuse(err, "--net: '%s': the stride must be from 1 to %d", word->text, KERNEL_MAX);
	if (padding >= kernel)
		return mn_misuse(err, "--net: '%s': the padding must be smaller than the window", word->text);
	layer->kernel = kernel;
	layer->stride = stride;
	layer->out = layer->in;
	layer->out.height = side(layer->in.height, kernel, stride, padding, &layer->pad_top);
	layer->out.width = side(layer->in.width, kernel, stride, padding, &layer->pad_left);
	if (layer->out.height < 1 || layer->out.width < 1)
		return mn_misuse(err, "--net: '%s': no window fits into a map of %d x %d", word->text, layer->in.height, layer->in.width);
	return 0;
}
