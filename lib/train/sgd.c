#include "mn/sgd.h"

/* Elements a piece: small enough to share, large enough to be worth it. */
enum { PIECE = 1 << 16 };

struct update {
	const struct mn_sgd *sgd;
	const struct mn_parameter *tensor;
	mn_real *w, *velocity;
	mn_real decay;
};

/* v += decay w; w -= lr v */
static void update_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct update *u = arg;
	size_t first = (size_t)piece * PIECE, count = u->tensor->count - first < PIECE ? u->tensor->count - first : PIECE;
	mn_real *w = u->w + u->tensor->offset + first, *v = u->velocity + u->tensor->offset + first;
	for (size_t i = 0; i < count; i++) {
		v[i] += u->decay * w[i];
		w[i] -= u->sgd->lr * v[i];
	}
}

struct mn_into mn_sgd_into(const struct mn_sgd *sgd, mn_real *w, mn_real *velocity)
{
	if (velocity)
		return (struct mn_into){.to = velocity, .scale = 1, .keep_weights = sgd->momentum, .keep_others = sgd->momentum};
	return (struct mn_into){
	        .to = w,
	        .scale = -sgd->lr,
	        .keep_weights = 1 - sgd->lr * sgd->weight_decay,
	        .keep_others = 1 - sgd->lr * (sgd->decay_biases ? sgd->weight_decay : 0),
	};
}

void mn_sgd_finish(const struct mn_sgd *sgd, const struct mn_network *net, struct mn_pool *pool, mn_real *w, mn_real *velocity)
{
	if (!velocity)
		return;
	for (int i = 0; i < net->parameters; i++) {
		const struct mn_parameter *tensor = &net->parameter[i];
		struct update u = {sgd, tensor, w, velocity, tensor->weight || sgd->decay_biases ? sgd->weight_decay : 0};
		mn_pool_run(pool, (int)((tensor->count + PIECE - 1) / PIECE), update_piece, &u);
	}
}
