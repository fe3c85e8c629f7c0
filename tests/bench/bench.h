/* bench.h - what the benchmarks' C programs share. Each is one side, or several, of a comparison: it prepares, checks what it can by
 * itself, says "ready KEY=VALUE ...", and then runs what run.py asks for, sample by sample, so that sides in several processes take turns.
 */
#ifndef BENCH_H
#define BENCH_H

#include "mn/dataset.h"

/* Does its work that many times. */
typedef void bench_fn(void *arg, long count);

struct bench_word {
	const char *word;
	bench_fn *run;
	void *arg;
};

/* Says ready, with the BLAS kernel's name and the text (KEY=VALUE pairs), then answers each line "WORD COUNT" of standard input by the
 * seconds of wall clock and of this process's processors that running it took, until the input ends. Returns the exit status. words ends
 * with a NULL word. */
int bench_serve(const struct bench_word *words, const char *text);

/* The first rows of the training split of a data set that mn-fetch knows. Ends the program with a message where it cannot. */
void bench_data(struct mn_dataset *data, const char *name, const char *from, int64_t rows);

/* "nonzero": every zero of the pixels becomes a one; "colour": gray images become colour ones of 32 x 32, each with its neighbours as the
 * other two colours; "": nothing. */
void bench_change_pixels(struct mn_dataset *data, const char *how);

/* Ends the program: prints NAME: message on standard error. */
_Noreturn void bench_fail(const char *name, const char *message);

/* A number from the command line. Ends the program where it is none. */
long bench_number(const char *text);

/* Memory on a cache line, zeroed. Ends the program where there is none. */
void *bench_memory(size_t bytes);

#endif
