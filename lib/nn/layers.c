/* The table of layer kinds: a new layer is one file and one row here. */
#include <string.h>

#include "mn/layer.h"

static const struct mn_layer_kind *const kinds[] = {
        &mn_layer_fc,  &mn_layer_relu, &mn_layer_tanh,    &mn_layer_conv,  &mn_layer_pool,
        &mn_layer_lrn, &mn_layer_bn,   &mn_layer_dropout, &mn_layer_noise,
};

enum { KINDS = sizeof kinds / sizeof *kinds };

const struct mn_layer_kind *mn_layer_kind_find(const char *name)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

const struct mn_layer_kind *mn_layer_kind_at(int i)
{
	return i < KINDS ? kinds[i] : NULL;
}
