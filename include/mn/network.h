/* network.h - a feed-forward network: its layers, the plan of its parameters, and passes over batches.
 *
 * Parameters are one flat vector of mn_real in the order of the layers, each tensor in PyTorch's layout; so are gradients, directions and
 * Hessian products. The network itself is read-only after it was built and holds no numbers.
 */
#ifndef MN_NETWORK_H
#define MN_NETWORK_H

#include "mn/layer.h"

/* What the training options put between the layers; all zero for evaluation. In this order: noise, then input dropout, before the first
 * layer; dropout behind each hidden fully connected layer and all that follows it up to the next layer with weights (a normalization, the
 * activation), and where asked behind each convolution and all that follows it (pooling too). */
struct mn_regularizers {
	double dropout;       /* after hidden layers, see dropout_layers */
	bool dropout_on_conv; /* after convolutional blocks too, not only after fully connected ones */
	double input_dropout;
	double gaussian_noise; /* standard deviation, after the input transform */
};

struct mn_network {
	char *text;            /* the canonical --net */
	struct mn_shape input; /* after the input transform; channels = C*H*W and 1x1 where flat_input */
	bool flat_input;       /* the first layer is fully connected: images come as vectors in C, H, W order */
	int classes;
	int width; /* the first hidden size or channel count; 0 without hidden layers */
	int layers;
	struct mn_layer *layer;
	int parameters;
	struct mn_parameter *parameter;
	size_t size; /* elements in the flat vector of parameters */
	int buffers;
	struct mn_parameter *buffer;
	size_t buffer_size;
};

/* Builds a network from --net text for images of that shape. regularizers may be NULL; those that are not zero add layers without
 * parameters, so that the network for training differs from the one for evaluation in these alone, and both share one flat vector.
 * 0, or -1 with err (status 2) and an empty network. */
int mn_network_new(struct mn_network *net, const char *text, struct mn_shape image, int classes, const struct mn_regularizers *regularizers,
                   struct mn_error *err);
void mn_network_free(struct mn_network *net);

/* For build functions: appends a tensor "LAYER.suffix" of the layer to the parameters (or buffers) and sets its offset; the
 * returned pointer is good until the next call, for setting fan_in, sd and so on. NULL with err when out of memory. */
struct mn_parameter *mn_network_add_parameter(struct mn_network *net, struct mn_layer *layer, const char *suffix, int rank,
                                              const int64_t *shape, struct mn_error *err);
struct mn_parameter *mn_network_add_buffer(struct mn_network *net, struct mn_layer *layer, const char *suffix, int64_t count, double start,
                                           struct mn_error *err);

/* Parses one word of the grammar into its parts. 0, or -1 with err (status 2). */
int mn_word_parse(struct mn_word *word, const char *text, size_t length, struct mn_error *err);

/* Replaces a preset (mlp:512,512, alexnet, alexnet-bn) by its layer list, or copies the list with its separators made '/'. To be freed;
 * NULL with err. */
char *mn_net_expand(const char *text, int classes, struct mn_error *err);

/* The input transform and the initializer that a preset implies; "unit" and "glorot" for every other text. */
const char *mn_net_default_input(const char *text);
const char *mn_net_default_init(const char *text);

/* Initial parameters: kind "glorot" (Glorot & Bengio 2010, uniform, the default; zero biases) or "truncated" (normal, redrawn beyond two
 * standard deviations, with the deviations and biases of TensorFlow's CIFAR-10 tutorial). Buffers start at their `start`. 0, or -1 where
 * kind is unknown. */
int mn_network_init(const struct mn_network *net, const char *kind, uint64_t seed, mn_real *w, mn_real *buffers, struct mn_error *err);

/* Memory for passes over up to `rows` rows at a time. */
struct mn_workspace {
	const struct mn_network *net;
	struct mn_pool *pool;
	int rows;
	mn_real **y;     /* [layers + 1]: y[0] is the input, y[i + 1] the output of layer i */
	mn_real **d;     /* [layers + 1]: derivatives with respect to y; NULL without deltas; d[0] NULL */
	mn_real **state; /* [layers] */
	mn_real **shared;
	mn_real **scratch; /* [threads] */
	void *block;       /* what they all point into */
};

enum mn_workspace_kind { MN_WORKSPACE_FORWARD, MN_WORKSPACE_BACKWARD };

/* Bytes that a workspace takes. */
size_t mn_workspace_bytes(const struct mn_network *net, int threads, int rows, enum mn_workspace_kind kind);
int mn_workspace_new(struct mn_workspace *ws, const struct mn_network *net, struct mn_pool *pool, int rows, enum mn_workspace_kind kind,
                     struct mn_error *err);
void mn_workspace_free(struct mn_workspace *ws);

/* The logits of the last forward pass: [rows, classes]; and where their derivatives go. */
mn_real *mn_workspace_logits(const struct mn_workspace *ws);
mn_real *mn_workspace_dlogits(const struct mn_workspace *ws);

/* Forward: ws->y[0] holds the input. draw NULL: evaluation mode. */
void mn_network_forward(const struct mn_workspace *ws, const mn_real *w, mn_real *buffers, int rows, const struct mn_draw *draw);

/* Backward from dlogits, after forward with the same arguments. Deltas stay in ws->d. */
void mn_network_backward(const struct mn_workspace *ws, const mn_real *w, mn_real *buffers, int rows, const struct mn_draw *draw,
                         struct mn_into into);

/* Directional derivatives along v, in evaluation mode, after forward and backward in ws. r is a workspace of the kind BACKWARD of the same
 * network: r->y gets R{y}, r->d R{dy}; mn_workspace_dlogits(r) must hold R{dlogits} before r_backward (mn_loss_r). */
void mn_network_r_forward(const struct mn_workspace *ws, const struct mn_workspace *r, const mn_real *w, const mn_real *v, mn_real *buffers,
                          int rows);
void mn_network_r_backward(const struct mn_workspace *ws, const struct mn_workspace *r, const mn_real *w, const mn_real *v,
                           mn_real *buffers, int rows, struct mn_into into);

#endif
