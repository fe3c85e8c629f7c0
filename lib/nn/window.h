/* window.h - where the windows of a convolution or a pooling lie. */
#ifndef MN_NN_WINDOW_H
#define MN_NN_WINDOW_H

#include "mn/network.h"

/* Sets the layer's kernel, stride, pads, out.height and out.width. Letter s of the word is the stride; letter p the padding on every
 * side, as PyTorch counts it; without p it is TensorFlow's SAME: the map has ceil(in / stride) windows a side, and where the padding is
 * odd, the bottom and the right get one more than the top and the left. 0, or -1 with err. */
int mn_window_build(struct mn_layer *layer, const struct mn_word *word, int kernel, int default_stride, struct mn_error *err);

#endif
