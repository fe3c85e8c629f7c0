/* history.h - mn.history: which commands made a stream, oldest first. */
#ifndef MN_HISTORY_H
#define MN_HISTORY_H

#include "mn/error.h"
#include "mn/stream.h"

/* Appends {"program", "version", "command", "seed", "inputs": [{tensor: crc, ...} ...], "blas"} to the stream's history.
 * inputs: the streams that were read, each given by the CRCs of its tensors as they are at the call (so call it before changing them);
 * blas: version and core type of OpenBLAS, or NULL where no number depends on it. No time, host, user or path. -1 where the history so far
 * is not an array. */
int mn_history_append(struct mn_stream *stream, const char *program, const char *command, int64_t seed,
                      const struct mn_stream *const *inputs, int input_count, const char *blas, struct mn_error *err);

/* --no-history: drops the key. */
void mn_history_remove(struct mn_stream *stream);

#endif
