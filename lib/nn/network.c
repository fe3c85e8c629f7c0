#include "mn/network.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 1000 };

/* Appends to one of the network's two lists of tensors. */
static struct mn_parameter *append(struct mn_parameter **list, int *count, size_t *size, const struct mn_layer *layer, const char *suffix,
                                   int rank, const int64_t *shape, struct mn_error *err)
{
	struct mn_parameter *grown = realloc(*list, (size_t)(*count + 1) * sizeof *grown);
	if (!grown) {
		mn_fail_memory(err, "--net", (size_t)(*count + 1) * sizeof *grown);
		return NULL;
	}
	*list = grown;
	struct mn_parameter *added = &grown[(*count)++];
	*added = (struct mn_parameter){.rank = rank, .offset = *size, .count = 1};
	snprintf(added->name, sizeof added->name, "%.8s.%.14s", layer->name, suffix);
	for (int i = 0; i < rank; i++) {
		added->shape[i] = shape[i];
		added->count *= (size_t)shape[i];
	}
	*size += added->count;
	return added;
}

struct mn_parameter *mn_network_add_parameter(struct mn_network *net, struct mn_layer *layer, const char *suffix, int rank,
                                              const int64_t *shape, struct mn_error *err)
{
	struct mn_parameter *added = append(&net->parameter, &net->parameters, &net->size, layer, suffix, rank, shape, err);
	if (added)
		layer->offset[layer->tensors++] = added->offset;
	return added;
}

struct mn_parameter *mn_network_add_buffer(struct mn_network *net, struct mn_layer *layer, const char *suffix, int64_t count, double start,
                                           struct mn_error *err)
{
	struct mn_parameter *added = append(&net->buffer, &net->buffers, &net->buffer_size, layer, suffix, 1, &count, err);
	if (added) {
		added->start = added->truncated_start = start;
		layer->buffer[layer->buffers++] = added->offset;
	}
	return added;
}

/* The layer's ordinal among those of its kind, from 1, for its tensors' names. */
static int ordinal(const struct mn_network *net, const struct mn_layer_kind *kind)
{
	int n = 1;
	for (int i = 0; i < net->layers; i++)
		n += net->layer[i].kind == kind;
	return n;
}

static int unknown_word(const struct mn_word *word, struct mn_error *err)
{
	char names[256] = "";
	for (int i = 0; mn_layer_kind_at(i); i++) {
		size_t length = strlen(names);
		snprintf(names + length, sizeof names - length, " %s", mn_layer_kind_at(i)->name);
	}
	return mn_misuse(err, "--net: '%s': there is no layer '%s'; known are%s", word->text, word->name, names);
}

static int check_letters(const struct mn_layer_kind *kind, const struct mn_word *word, struct mn_error *err)
{
	for (int i = 0; i < 26; i++)
		if (word->letter[i] >= 0 && !strchr(kind->letters, 'a' + i))
			return mn_misuse(err, "--net: '%s': %s takes no letter '%c'", word->text, kind->name, 'a' + i);
	return 0;
}

static struct mn_layer *add_layer(struct mn_network *net, const struct mn_layer_kind *kind, struct mn_error *err)
{
	if (net->layers == LAYERS_MAX) {
		mn_misuse(err, "--net: more than %d layers", LAYERS_MAX);
		return NULL;
	}
	struct mn_layer *grown = realloc(net->layer, (size_t)(net->layers + 1) * sizeof *grown);
	if (!grown) {
		mn_fail_memory(err, "--net", (size_t)(net->layers + 1) * sizeof *grown);
		return NULL;
	}
	net->layer = grown;
	struct mn_layer *layer = &grown[net->layers];
	*layer = (struct mn_layer){.kind = kind, .number = net->layers};
	layer->in = layer->out = net->layers ? layer[-1].out : net->input;
	snprintf(layer->name, sizeof layer->name, "%.9s%d", kind->name, ordinal(net, kind));
	net->layers++;
	return layer;
}

/* Decides where a layer works in place, and whether the one before it does its forward pass. */
static void place(struct mn_network *net, int i)
{
	struct mn_layer *layer = &net->layer[i], *before = i ? layer - 1 : NULL;
	layer->in_place = layer->kind->in_place && !(before && before->kind->uses_output);
	if (before && before->kind->fuses_relu && layer->kind == &mn_layer_relu)
		before->relu_follows = layer->done_before = true;
}

static int add_word(struct mn_network *net, const char *text, size_t length, struct mn_error *err)
{
	struct mn_word word;
	if (mn_word_parse(&word, text, length, err))
		return -1;
	const struct mn_layer_kind *kind = mn_layer_kind_find(word.name);
	if (!kind)
		return unknown_word(&word, err);
	if (check_letters(kind, &word, err))
		return -1;
	struct mn_layer *layer = add_layer(net, kind, err);
	if (!layer || kind->build(net, layer, &word, err))
		return -1;
	place(net, net->layers - 1);
	if (net->width == 0 && (kind == &mn_layer_fc || kind == &mn_layer_conv))
		net->width = layer->out.channels;
	return 0;
}

static int block_count(const struct mn_network *net)
{
	int count = 0;
	for (int i = 0; i < net->layers; i++)
		count += net->layer[i].kind == &mn_layer_fc || net->layer[i].kind == &mn_layer_conv;
	return count;
}

/* A layer that no word of --net asked for. */
static int add_regularizer(struct mn_network *net, const struct mn_layer_kind *kind, double rate, enum mn_purpose purpose,
                           struct mn_error *err)
{
	if (rate <= 0)
		return 0;
	struct mn_word word = {.number = 0};
	struct mn_layer *layer = add_layer(net, kind, err);
	if (!layer || kind->build(net, layer, &word, err))
		return -1;
	layer->rate = rate;
	layer->purpose = purpose;
	place(net, net->layers - 1);
	return 0;
}

/* Dropout at the end of a block: between everything that follows a hidden layer and the next one with a kernel or a matrix. */
static int end_block(struct mn_network *net, const struct mn_layer_kind *block, const struct mn_regularizers *r, struct mn_error *err)
{
	bool wanted = block == &mn_layer_fc || (block == &mn_layer_conv && r->dropout_on_conv);
	return wanted ? add_regularizer(net, &mn_layer_dropout, r->dropout, MN_PURPOSE_DROPOUT, err) : 0;
}

static bool starts_with(const char *word, size_t length, const struct mn_layer_kind *kind)
{
	size_t name = strlen(kind->name);
	return length > name && strncmp(word, kind->name, name) == 0 && isdigit((unsigned char)word[name]);
}

static int add_words(struct mn_network *net, const struct mn_regularizers *r, struct mn_error *err)
{
	const struct mn_layer_kind *block = NULL; /* the last fc or conv */
	if (add_regularizer(net, &mn_layer_noise, r->gaussian_noise, MN_PURPOSE_GAUSSIAN_NOISE, err) ||
	    add_regularizer(net, &mn_layer_dropout, r->input_dropout, MN_PURPOSE_INPUT_DROPOUT, err))
		return -1;
	for (const char *at = net->text; *at;) {
		size_t length = strcspn(at, "/");
		bool fc = starts_with(at, length, &mn_layer_fc), conv = starts_with(at, length, &mn_layer_conv);
		if ((fc || conv) && end_block(net, block, r, err))
			return -1;
		if (fc || conv)
			block = fc ? &mn_layer_fc : &mn_layer_conv;
		if (add_word(net, at, length, err))
			return -1;
		at += length + (at[length] == '/');
	}
	if (net->layers == 0)
		return mn_misuse(err, "--net: no layer");
	const struct mn_layer *last = &net->layer[net->layers - 1];
	if (last->kind != &mn_layer_fc || last->out.channels != net->classes)
		return mn_misuse(err, "--net: the last layer must be fc%d, one output a class; it is %s", net->classes,
		                 strrchr(net->text, '/') ? strrchr(net->text, '/') + 1 : net->text);
	if (block_count(net) == 1)
		net->width = 0;
	/* TensorFlow's tutorial starts its last layer smaller than the others, and without a bias. */
	net->parameter[net->parameters - 2].sd = 1.0 / (double)mn_shape_size(last->in);
	net->parameter[net->parameters - 1].truncated_start = 0;
	return 0;
}

static int check_rates(const struct mn_regularizers *r, struct mn_error *err)
{
	if (!(r->dropout >= 0 && r->dropout < 1 && r->input_dropout >= 0 && r->input_dropout < 1))
		return mn_misuse(err, "dropout: a probability must be from 0 to below 1: at 1 nothing is left to scale up");
	if (!(r->gaussian_noise >= 0))
		return mn_misuse(err, "noise: a standard deviation cannot be negative");
	return 0;
}

int mn_network_new(struct mn_network *net, const char *text, struct mn_shape image, int classes, const struct mn_regularizers *regularizers,
                   struct mn_error *err)
{
	*net = (struct mn_network){.classes = classes, .input = image};
	net->text = mn_net_expand(text, classes, err);
	if (!net->text)
		return -1;
	net->flat_input = strncmp(net->text, "fc", 2) == 0;
	if (net->flat_input)
		net->input = (struct mn_shape){(int)mn_shape_size(image), 1, 1};
	static const struct mn_regularizers none = {0};
	if (check_rates(regularizers ? regularizers : &none, err) || add_words(net, regularizers ? regularizers : &none, err)) {
		mn_network_free(net);
		return -1;
	}
	return 0;
}

void mn_network_free(struct mn_network *net)
{
	free(net->text);
	free(net->layer);
	free(net->parameter);
	free(net->buffer);
	*net = (struct mn_network){0};
}
