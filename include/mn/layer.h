/* layer.h - what a layer is: a row in a table of kinds, with a forward and a backward pass and the directional
 * derivatives of both (Pearlmutter 1994: R{f} = d/dr f(w + rv) at r = 0).
 *
 * A new layer is one file and one row in lib/nn/layers.c.
 *
 * Feature maps lie in memory as [rows, height, width, channels]; a vector has height = width = 1. (Files and users see
 * [rows, channels, height, width]; the layers translate where it matters, see fc and conv.)
 */
#ifndef MN_LAYER_H
#define MN_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/pieces.h"
#include "mn/random.h"
#include "mn/real.h"

struct mn_shape {
	int channels, height, width;
};

static inline size_t mn_shape_size(struct mn_shape shape)
{
	return (size_t)shape.channels * (size_t)shape.height * (size_t)shape.width;
}

/* A tensor in the network's flat vector of parameters (or of buffers: state that is not trained, such as running means).
 * Names, shapes and layouts are PyTorch's. */
struct mn_parameter {
	char name[24]; /* "fc1.weight" */
	int rank;
	int64_t shape[4];
	size_t offset, count;   /* elements in the flat vector */
	int fan_in, fan_out;    /* for the initializer; 0 where every element starts as `start` */
	double sd;              /* of the truncated normal, for --init truncated (SCIENCE: TensorFlow's tutorial) */
	double start;           /* where fan_in is 0: the value of every element */
	double truncated_start; /* the same for --init truncated */
	bool weight;            /* decayed by --weight-decay always; others (biases, scales) only when asked */
};

struct mn_layer;
struct mn_network;

/* One word of --net: "conv64k5s1" is name "conv", number 64, letter k 5, letter s 1. */
struct mn_word {
	char text[32];
	char name[16];
	int number;     /* -1: none */
	int letter[26]; /* -1: not there */
};

/* Where a training step's random numbers come from; its absence means evaluation mode. */
struct mn_draw {
	uint64_t seed;
	uint64_t epoch;
	const int64_t *example; /* [rows]: each row's number in the data set */
};

/* Where a backward pass puts what it computes for the parameters: to = keep * to + scale * derivative. With to = w, scale = -lr, keep = 1 -
 * lr * decay that is a step of SGD without a pass of its own. `to` may be the parameters themselves: a layer uses them before it changes
 * them. NULL: not wanted. */
struct mn_into {
	mn_real *to; /* flat, like the parameters */
	mn_real scale;
	mn_real keep_weights; /* keep for tensors with `weight` */
	mn_real keep_others;
};

/* One layer's part of a pass over a batch. Pointers that a pass does not use may be NULL. */
struct mn_pass {
	const struct mn_layer *layer;
	struct mn_pool *pool;
	mn_real *const *scratch; /* [worker]: layer->scratch reals */
	int rows;
	const struct mn_draw *draw; /* NULL: evaluation mode */
	const mn_real *w;           /* all parameters of the network, flat */
	mn_real *buffers;           /* all buffers, flat */
	const mn_real *x;           /* [rows, in] */
	mn_real *y;                 /* [rows, out]; == x for a layer in place */
	mn_real *state;             /* [rows, layer->state]: kept from the forward to the backward pass and its derivatives */
	mn_real *shared;            /* [layer->shared]: the same, for the batch as a whole */
	const mn_real *dy;          /* dL/dy */
	mn_real *dx;                /* dL/dx, to be overwritten; == dy for a layer in place; NULL: not wanted */
	struct mn_into into;        /* dL/dw, in backward; the Hessian product in r_backward */
	/* Directional derivatives along v. */
	const mn_real *v;  /* flat, like w */
	const mn_real *rx; /* R{x}; NULL: zero (the first layer) */
	mn_real *ry;
	const mn_real *rdy; /* R{dL/dy} */
	mn_real *rdx;
};

struct mn_layer_kind {
	const char *name;    /* the word in --net */
	const char *letters; /* letters that its word may carry, "ks" */
	bool fuses_relu;     /* its forward pass looks at relu_follows */
	bool in_place;       /* y may be x and dx may be dy */
	bool uses_output;    /* backward reads y, so that the next layer may not work in place on it */
	/* Reads its numbers from the word, sets out, state, shared and scratch, and adds its parameters and buffers by
	 * mn_network_add_parameter. 0, or -1 with err. */
	int (*build)(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err);
	void (*forward)(const struct mn_pass *pass);
	void (*backward)(const struct mn_pass *pass);   /* uses x, y, dy, state; writes dx, into */
	void (*r_forward)(const struct mn_pass *pass);  /* uses x, y, state, v, rx; writes ry */
	void (*r_backward)(const struct mn_pass *pass); /* uses all of it; writes rdx and into (R{dL/dw}) */
};

enum { MN_LAYER_PARAMETERS = 4 };

struct mn_layer {
	const struct mn_layer_kind *kind;
	char name[24]; /* "fc1": kind and ordinal, the prefix of its tensors' names */
	int number;    /* position in the network, the `layer` of its random draws */
	struct mn_shape in, out;
	int kernel, stride;                 /* conv, pool */
	int pad_top, pad_left;              /* conv, pool: how far the first window reaches over the edge */
	int radius;                         /* lrn */
	double alpha, beta, bias;           /* lrn */
	double rate;                        /* dropout: probability; noise: standard deviation */
	enum mn_purpose purpose;            /* of its random draws */
	bool in_place;                      /* decided by the network: y is x */
	bool relu_follows;                  /* the next layer is a ReLU in place, to be applied together with the bias (fc, conv) */
	bool done_before;                   /* this is that ReLU: its forward pass has nothing left to do */
	int tensors, buffers;               /* how many parameters and buffers it has */
	size_t offset[MN_LAYER_PARAMETERS]; /* of each parameter in the flat vector */
	size_t buffer[MN_LAYER_PARAMETERS]; /* of each buffer in the flat vector of buffers */
	size_t state;                       /* reals a row */
	size_t shared;                      /* reals a batch */
	size_t scratch;                     /* reals a worker */
};

/* The table of kinds. NULL where the word is unknown. */
const struct mn_layer_kind *mn_layer_kind_find(const char *name);
/* Row i of the table, NULL past its end. */
const struct mn_layer_kind *mn_layer_kind_at(int i);

extern const struct mn_layer_kind mn_layer_fc, mn_layer_relu, mn_layer_tanh, mn_layer_conv, mn_layer_pool, mn_layer_lrn, mn_layer_bn,
        mn_layer_dropout, mn_layer_noise;

#endif
