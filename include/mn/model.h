/* model.h - a model: a network, its input transform, its parameters, and the metadata that says where they came from;
 * see mn-model(5). A model file alone is enough to run it. */
#ifndef MN_MODEL_H
#define MN_MODEL_H

#include "mn/dataset.h"
#include "mn/input.h"
#include "mn/network.h"

struct mn_model {
	struct mn_stream stream; /* the metadata; tensors only while reading and writing */
	struct mn_network net;   /* for evaluation: without regularizers */
	struct mn_shape image;   /* of the data it takes, before the input transform */
	struct mn_input input;
	mn_real *w;       /* [net.size] */
	mn_real *buffers; /* [net.buffer_size] */
};

/* What a new model is made of. */
struct mn_model_spec {
	const char *net;   /* as --net */
	const char *input; /* as --input */
	const char *init;  /* as --init */
	uint64_t seed;
};

/* A fresh model for a training set: network, fitted input transform, initial parameters; the metadata of the data set is
 * taken over, that of the network added. 0, or -1 with err and an empty model. */
int mn_model_new(struct mn_model *model, const struct mn_model_spec *spec, const struct mn_dataset *data, struct mn_error *err);

/* Reads a model. Every tensor of the network must be there in its shape, and no other (a checkpoint's momentum.* and saved.* excepted).
 * 0, or -1 with err and an empty model. */
int mn_model_read(struct mn_model *model, const char *path, struct mn_error *err);

/* Writes the metadata and the parameters as they are now. */
int mn_model_write(struct mn_model *model, FILE *file, bool gzip, struct mn_error *err);

/* The same to a file of its own, whole or not at all (mn/output.h). path NULL or "-": standard output. -1 with err naming it. */
int mn_model_save(struct mn_model *model, const char *path, bool gzip, struct mn_error *err);

void mn_model_free(struct mn_model *model);

/* The pixels of a data set as the input transform wants them. */
struct mn_images mn_model_images(const struct mn_dataset *data);

/* -1 with err, naming both, where the data set's images or classes are not those that the model was made for. */
int mn_model_fits(const struct mn_model *model, const struct mn_dataset *data, struct mn_error *err);

#endif
