/* checkpoint.h - a training run in a file: what is needed to go on from any batch and end with the same bytes; see mn-model(5).
 *
 * A checkpoint is a model with momentum.* tensors, the models saved so far as saved.N.* tensors, and the rest of the run's state in
 * mn.checkpoint, a JSON object whose CRC-32 stands in mn.checkpoint_crc32. It is written whole or not at all. */
#ifndef MN_CHECKPOINT_H
#define MN_CHECKPOINT_H

#include <jansson.h>

#include "mn/session.h"

struct mn_checkpoint {
	const char *path;
	int64_t every_epochs; /* 0: by the clock */
	double every_seconds;
	json_t *options; /* option to value as text: all that must be the same when the run goes on; owned */
	double saved_at; /* monotonic seconds, of the last save */
};

/* "5": every five epochs; "30s": every 30 seconds. 0, or -1 with err (status 2). */
int mn_checkpoint_parse(struct mn_checkpoint *checkpoint, const char *every, struct mn_error *err);
void mn_checkpoint_free(struct mn_checkpoint *checkpoint);

/* A mn_option_fn for mn_options_each (arg: the checkpoint): notes an option, but for --epochs and --until-accuracy, which may change. */
void mn_checkpoint_note_option(void *arg, const char *name, const char *value);

/* Saves the session as it is, its log synced first. status: what the model's mn.status says, "unfinished" on the way. */
int mn_checkpoint_save(struct mn_session *session, const char *status, struct mn_error *err);

/* To be called between batches: saves where it is time to or SIGUSR1 asked for it. On SIGTERM or SIGINT, saves and fails with the status
 * 128 + signal. Nothing happens without a checkpoint. */
int mn_checkpoint_attend(struct mn_session *session, struct mn_error *err);

/* To be called after each epoch: saves where --checkpoint-every counts epochs. */
int mn_checkpoint_after_epoch(struct mn_session *session, struct mn_error *err);

/* To be called after the last epoch, before the models are written: saves what the run came to. */
int mn_checkpoint_end(struct mn_session *session, const char *status, struct mn_error *err);

/* Where the checkpoint's file exists, sets the session to what it holds, writes the models saved so far anew, and cuts the log at log_path
 * to what it was; otherwise begins the log. log_path: NULL where session->log is. -1 with err where the file is damaged, or where anything
 * but the number of epochs, the accuracy to stop at, the threads and the paths differs, which is named. */
int mn_checkpoint_open(struct mn_session *session, const char *log_path, struct mn_error *err);

#endif
