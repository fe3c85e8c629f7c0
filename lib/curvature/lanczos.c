#include "mn/eigen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "krylov.h"
#include "result.h"

enum {
	LEAST_STEPS = 8,   /* of a run before a pair counts as converged, see eigen.h */
	LEAST_ACTIVE = 3,  /* active vectors for each end that is sought, with which a thick restart still gets on */
	ACTIVE_BASE = 100, /* more than this and 4 K active vectors are not used, however much memory there is */
};

struct end {
	int sign; /* +1: largest */
	bool finished;
};

struct search {
	struct mn_krylov k;
	const struct mn_eigen_options *options;
	struct end end[2];
	int ends, top;
	int limit;      /* the most active vectors */
	double *value;  /* [capacity]: of the locked vectors */
	double *sorted; /* [capacity] scratch */
	int *pair;      /* [2 capacity] scratch: chosen Ritz pairs */
	int run;
	int first;  /* steps after which the leading pairs had converged; 0: not yet */
	bool mixed; /* the column after the locked ones holds what the last run knew about the next pairs */
};

static int search_new(struct search *s, struct mn_operator *op, const struct mn_eigen_options *options, struct mn_error *err)
{
	bool both = options->which == MN_BOTH;
	*s = (struct search){.options = options, .ends = both ? 2 : 1};
	s->end[0].sign = options->which == MN_SMALLEST ? -1 : 1;
	s->end[1].sign = -1;
	size_t n = op->n, column = n * sizeof(mn_real);
	s->top = (size_t)options->top < n ? options->top : (int)n;
	size_t locked = (size_t)s->top * (size_t)s->ends;
	size_t least = locked + (size_t)(LEAST_ACTIVE * s->ends) + 1, most = locked + ACTIVE_BASE + 4 * (size_t)s->top + 1;
	least = least < n + 1 ? least : n + 1;
	most = most < n + 1 ? most : n + 1;
	size_t held = options->memory / column;
	if (held < least)
		return mn_fail(err, "Lanczos for %zu eigenvalues needs %zu vectors of %zu numbers, %.4g MiB; %.4g MiB are allowed", locked,
		               least, n, (double)least * (double)column / 0x1p20, (double)options->memory / 0x1p20);
	int capacity = (int)(held < most ? held : most);
	s->value = malloc((size_t)capacity * 2 * sizeof *s->value);
	s->pair = malloc((size_t)capacity * 2 * sizeof *s->pair);
	if (!s->value || !s->pair)
		return mn_fail_memory(err, "Lanczos", (size_t)capacity * 2 * sizeof *s->value);
	s->sorted = s->value + capacity;
	return mn_krylov_new(&s->k, op, capacity, options->pool, err);
}

static void search_free(struct search *s)
{
	mn_krylov_free(&s->k);
	free(s->value);
	free(s->pair);
}

/* The Ritz pair that is number i from that end. */
static int from_end(const struct search *s, const struct end *end, int i)
{
	return end->sign > 0 ? s->k.active - 1 - i : i;
}

static bool has_converged(const struct search *s, int pair)
{
	/* Locked vectors carry their residuals into the pairs found after them, hence the margin. */
	double share = s->top == 1 ? 0.9 : 0.25;
	if (s->k.invariant)
		return true;
	return s->k.steps >= LEAST_STEPS && s->k.residual[pair] <= share * s->options->tolerance * s->k.scale;
}

/* How many pairs have converged one after the other, from that end on. */
static int leading_converged(const struct search *s, const struct end *end)
{
	int i = 0;
	while (i < s->k.active && has_converged(s, from_end(s, end, i)))
		i++;
	return i;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Is value beyond the K-th best of values[0..count) as seen from that end, by more than what is resolved? */
static bool is_wanted(struct search *s, const struct end *end, double value, const double *values, int count)
{
	if (count < s->top)
		return true;
	memcpy(s->sorted, values, (size_t)count * sizeof *values);
	qsort(s->sorted, (size_t)count, sizeof *s->sorted, by_value);
	double last = s->sorted[end->sign > 0 ? count - s->top : s->top - 1];
	return end->sign * (value - last) > s->options->tolerance * s->k.scale;
}

/* Should the run stop here, to lock what has converged? Where the leading pairs have, it goes on for as long again, in the hope of more,
 * unless all K have or it is only meant to show that nothing was missed. */
static bool run_is_over(struct search *s)
{
	if (s->k.invariant)
		return true;
	bool enough = true;
	int missing = s->top - s->k.locked / s->ends;
	for (struct end *end = s->end; end < s->end + s->ends; end++) {
		int converged = leading_converged(s, end);
		if (!end->finished && converged == 0)
			return false;
		enough = enough && (end->finished || converged >= missing);
	}
	if (s->first == 0)
		s->first = s->k.steps;
	return enough || s->k.steps >= 2 * s->first || s->k.active == s->limit;
}

/* Lists the pairs to be locked in s->pair, from each end until the first that has not converged or is not wanted. An end is finished
 * where not even the leading pair of a fresh run is wanted. Returns their number. */
static int choose_pairs(struct search *s)
{
	int count = 0, held = s->k.locked;
	for (struct end *end = s->end; end < s->end + s->ends; end++) {
		for (int i = 0, converged = leading_converged(s, end); !end->finished && i < converged; i++) {
			int pair = from_end(s, end, i);
			if (!is_wanted(s, end, s->k.ritz[pair], s->value, s->k.locked + count)) {
				end->finished = i == 0 && held >= s->top;
				break;
			}
			bool chosen = false;
			for (int j = 0; j < count; j++)
				chosen = chosen || s->pair[j] == pair;
			if (!chosen) {
				s->value[s->k.locked + count] = s->k.ritz[pair];
				s->pair[count++] = pair;
			}
		}
	}
	return count;
}

/* Appends the pairs that follow the chosen ones to s->pair: their sum makes the next start better than a random one. */
static int choose_mixed(struct search *s, int chosen)
{
	int mixed = 0;
	for (struct end *end = s->end; end < s->end + s->ends; end++) {
		int first = leading_converged(s, end);
		for (int i = first; i < first + s->top && !end->finished && chosen + mixed < s->k.active; i++) {
			int pair = i < s->k.active ? from_end(s, end, i) : -1;
			bool free = pair >= 0;
			for (int j = 0; j < chosen + mixed; j++)
				free = free && s->pair[j] != pair;
			if (free)
				s->pair[chosen + mixed++] = pair;
		}
	}
	return mixed;
}

/* Drops the locked vectors that are no longer among the K best of an end. */
static void drop_surplus(struct search *s)
{
	for (int i = s->k.locked - 1; i >= 0 && s->k.locked > s->top; i--) {
		bool kept = false;
		for (struct end *end = s->end; end < s->end + s->ends; end++) {
			int better = 0;
			for (int j = 0; j < s->k.locked; j++)
				better += j != i && (end->sign * (s->value[j] - s->value[i]) > 0 || (s->value[j] == s->value[i] && j < i));
			kept = kept || better < s->top;
		}
		if (kept)
			continue;
		int last = --s->k.locked;
		if (i != last) {
			memcpy(mn_krylov_column(&s->k, i), mn_krylov_column(&s->k, last), s->k.op->n * sizeof(mn_real));
			s->value[i] = s->value[last];
		}
	}
}

/* Ends a run: locks what has converged and is wanted, finishes ends, prepares the next start. */
static void lock_pairs(struct search *s)
{
	int count = choose_pairs(s);
	/* Once K are locked a run is to find what was missed, so nothing known may weigh in its start. */
	int mixed = s->k.invariant || s->k.locked + count >= s->top * s->ends ? 0 : choose_mixed(s, count);
	mn_krylov_extract(&s->k, s->pair, count, mixed);
	int before = s->k.locked += count;
	s->k.active = 0;
	s->mixed = mixed > 0;
	drop_surplus(s);
	if (s->mixed && before != s->k.locked)
		memcpy(mn_krylov_column(&s->k, s->k.locked), mn_krylov_column(&s->k, before), s->k.op->n * sizeof(mn_real));
	for (struct end *end = s->end; end < s->end + s->ends; end++)
		end->finished = end->finished || (s->top == 1 && s->k.locked > 0) || (size_t)s->k.locked == s->k.op->n;
}

/* The basis is full and the leading pairs have not converged: keep the better half. */
static void restart(struct search *s)
{
	int sought = 0, kept = s->k.active / 2, count = 0;
	for (int e = 0; e < s->ends; e++)
		sought += !s->end[e].finished;
	for (struct end *end = s->end; end < s->end + s->ends; end++)
		for (int i = 0; !end->finished && i < kept / sought; i++)
			s->pair[count++] = from_end(s, end, i);
	mn_krylov_restart(&s->k, s->pair, count);
}

static bool is_finished(const struct search *s)
{
	bool finished = true;
	for (int e = 0; e < s->ends; e++)
		finished = finished && s->end[e].finished;
	return finished;
}

static void report(const struct search *s, int64_t iterations)
{
	const struct end *end = s->end[0].finished ? &s->end[s->ends - 1] : &s->end[0];
	int pair = from_end(s, end, 0);
	if (s->options->report)
		s->options->report(s->options->report_arg, iterations, s->k.ritz[pair],
		                   s->k.scale > 0 ? s->k.residual[pair] / s->k.scale : 0);
}

/* Goes on until all ends are finished or the products are used up. Returns the steps made, or -1. */
static int64_t search_run(struct search *s, struct mn_error *err)
{
	int64_t steps = 0, limit = s->options->max_iterations;
	struct mn_krylov *k = &s->k;
	for (; !is_finished(s) && steps < limit; s->run++) {
		mn_krylov_start(k, (struct mn_key){s->options->seed, MN_PURPOSE_LANCZOS}, (uint64_t)s->run, s->mixed);
		s->first = 0;
		s->limit = k->capacity - 1 - k->locked;
		for (bool over = false; !over && steps < limit;) {
			if (mn_krylov_step(k, err))
				return -1;
			steps++;
			/* The dense problem costs m^3: with many vectors it is not solved at every step. */
			bool full = k->active == s->limit;
			if (!k->invariant && !full && steps < limit && k->active % (1 + k->active / 32))
				continue;
			if (mn_krylov_ritz(k, err))
				return -1;
			report(s, steps);
			over = run_is_over(s);
			if (over)
				lock_pairs(s);
			else if (full && steps < limit)
				restart(s);
		}
	}
	return steps;
}

/* Makes vectors of the best unconverged pairs of an interrupted run where they are among the K best. Returns the number of columns. */
static int take_unfinished(struct search *s)
{
	int count = 0, locked = s->k.locked;
	for (struct end *end = s->end; end < s->end + s->ends; end++)
		for (int i = 0; i < s->top && i < s->k.active; i++) {
			int pair = from_end(s, end, i);
			bool chosen = false;
			for (int j = 0; j < count; j++)
				chosen = chosen || s->pair[j] == pair;
			if (!chosen && is_wanted(s, end, s->k.ritz[pair], s->value, locked + count)) {
				s->value[locked + count] = s->k.ritz[pair];
				s->pair[count++] = pair;
			}
		}
	if (count)
		mn_krylov_extract(&s->k, s->pair, count, 0);
	return locked + count;
}

int mn_lanczos(struct mn_operator *op, const struct mn_eigen_options *options, struct mn_eigenpairs *result, struct mn_error *err)
{
	struct search s;
	int64_t before = op->products, steps = -1;
	int status = -1;
	*result = (struct mn_eigenpairs){0};
	if (!search_new(&s, op, options, err))
		steps = search_run(&s, err);
	if (steps >= 0) {
		result->iterations = steps;
		result->complete = is_finished(&s);
		result->scale = s.k.scale;
		int columns = take_unfinished(&s);
		status = mn_eigenpairs_check(result, op, options, &s.k.vec, s.k.basis, columns, mn_krylov_column(&s.k, s.k.capacity - 1),
		                             err);
		result->vectors = s.k.basis;
		s.k.basis = NULL;
		result->products = op->products - before;
	}
	search_free(&s);
	if (status)
		mn_eigenpairs_free(result);
	return status;
}
