/* session.h - a training run from its first epoch to its last: when to evaluate, to log, to save and to stop. */
#ifndef MN_SESSION_H
#define MN_SESSION_H

#include "mn/log.h"
#include "mn/progress.h"
#include "mn/train.h"

/* Accuracies on the training set whose first epochs a model remembers, as mn.epoch_99, mn.epoch_999 and mn.epoch_100. */
enum { MN_MILESTONES = 3 };
double mn_milestone_accuracy(int i);
const char *mn_milestone_key(int i);

/* --save-when: the model of the first epoch that meets a condition on the training set. */
enum mn_save_kind { MN_SAVE_LOSS_BELOW, MN_SAVE_ACCURACY_AT_LEAST, MN_SAVE_EPOCH };

struct mn_save {
	enum mn_save_kind kind;
	double value;
	char condition[64]; /* "loss<0.01", as given: the model's mn.condition */
	const char *path;   /* points into the option's text */
	bool met;
	/* What was saved, kept for the checkpoint: the file is written anew when the run goes on. NULL where there is no checkpoint. */
	mn_real *w, *buffers;
	int64_t epoch, milestone[MN_MILESTONES];
};

struct mn_session {
	struct mn_trainer *trainer;
	const struct mn_dataset *validation; /* NULL: none */
	int64_t epochs;
	double until_accuracy; /* 0: run all epochs */
	bool keep_diverged;
	bool evaluate_needed; /* the log can do without the accuracies of epochs that reach no threshold */
	bool gzip;            /* of the models saved on the way */
	struct mn_save *save;
	int saves;
	struct mn_log *log;               /* NULL: none */
	struct mn_progress *progress;     /* NULL: none */
	struct mn_checkpoint *checkpoint; /* NULL: none; see checkpoint.h */

	/* The state of the run, all zero before it. */
	const char *status;               /* NULL: goes on; or "converged", "diverged" */
	int64_t evaluated;                /* epochs that were evaluated, logged and saved: those done, or one less in between */
	double best_before, best_last;    /* no accuracy was above these: in the epochs evaluated before the last; in the last */
	int64_t milestone[MN_MILESTONES]; /* the first epoch of each; 0: not yet */
	uint8_t *wrong;                   /* for mn_evaluate_needed */
};

/* Frees what the state holds. */
void mn_session_free(struct mn_session *session);

/* Parses 'loss<0.01:FILE', 'accuracy>=X:FILE', 'epoch=N:FILE'. 0, or -1 with err (status 2). */
int mn_save_parse(struct mn_save *save, const char *text, struct mn_error *err);

/* Writes the hyperparameters into the model's metadata, under their column names. 0, or -1 with err. */
int mn_session_describe(const struct mn_session *session, struct mn_error *err);

/* Trains until the epochs are done, the accuracy is reached, or the loss is no longer finite; the model's metadata then hold mn.epoch,
 * mn.status (finished, converged or diverged) and the milestones. Saves asked for by conditions that were never met hold the final model,
 * with mn.condition = unmet. -1 with err where something could not be written, or where the run diverged and that is not to be kept. */
int mn_session_run(struct mn_session *session, struct mn_error *err);

/* For the parts of a session (save.c, checkpoint.c, resume.c): writes what stands in the model's metadata about the run so far. */
int mn_session_note(struct mn_session *session, const char *status, const char *condition, struct mn_error *err);
/* Saves the models whose conditions the last epoch meets. train NULL: nobody looked at the training set. */
int mn_session_save_met(struct mn_session *session, const struct mn_evaluation *train, const char *status, struct mn_error *err);
/* Saves the final model where a condition was never met. */
int mn_session_save_unmet(struct mn_session *session, const char *status, struct mn_error *err);
/* Writes the file of a condition that was met before, from what was kept of its model. */
int mn_session_save_again(struct mn_session *session, struct mn_save *save, struct mn_error *err);

#endif
