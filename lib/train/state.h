/* state.h - what checkpoint.c writes and resume.c reads. */
#ifndef TRAIN_STATE_H
#define TRAIN_STATE_H

#include "mn/checkpoint.h"

/* Where a run comes from: all that must be the same when it goes on. New references; NULL or incomplete when out of memory. */
json_t *state_origin(const struct mn_session *session);
json_t *state_crcs(const struct mn_dataset *data); /* null for no data */

enum { STATE_NAME_SIZE = 64 };
void state_tensor_name(char name[STATE_NAME_SIZE], const char *prefix, const struct mn_parameter *tensor);

/* Calls visit for every flat vector that a checkpoint holds beside the model's own: the tensors [tensors] of x have the names of the
 * model's with the prefix. */
typedef int state_vector_fn(void *arg, const char *prefix, const struct mn_parameter *tensor, int tensors, mn_real *x,
                            struct mn_error *err);
int state_each_vector(struct mn_session *session, state_vector_fn *visit, void *arg, struct mn_error *err);

#endif
