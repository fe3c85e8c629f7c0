#include "mn/progress.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 20, LINE_SIZE = 512 };

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void mn_progress_start(struct mn_progress *progress, const char *mode, bool quiet, const char *label, const char *unit)
{
	bool terminal = isatty(STDERR_FILENO);
	bool shown = !quiet && (strcmp(mode, "always") == 0 || (strcmp(mode, "auto") == 0 && terminal));
	*progress = (struct mn_progress){.to = shown ? stderr : NULL, .terminal = terminal, .label = label, .unit = unit, .first = -1};
}

/* snprintf at the end of line, cut to what fits. */
__attribute__((format(printf, 2, 3))) static void append(char line[LINE_SIZE], const char *format, ...)
{
	size_t used = strlen(line);
	va_list args;
	va_start(args, format);
	vsnprintf(line + used, LINE_SIZE - used, format, args);
	va_end(args);
}

static void append_time(char line[LINE_SIZE], double seconds)
{
	long long s = seconds < 360000 ? (long long)(seconds + 0.5) : 360000;
	if (s >= 3600)
		append(line, "  %lld:%02lld:%02lld left", s / 3600, s / 60 % 60, s % 60);
	else
		append(line, "  %lld:%02lld left", s / 60, s % 60);
}

static void cut_to_terminal(const struct mn_progress *progress, char line[LINE_SIZE])
{
	struct winsize size;
	if (ioctl(fileno(progress->to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_col <= LINE_SIZE)
		line[size.ws_col - 1] = '\0';
}

void mn_progress_update(struct mn_progress *progress, double done, double total, const char *note)
{
	if (!progress->to)
		return;
	double time = now();
	if (progress->first < 0) { /* work done before we came (a resumed run) does not count into the rate */
		progress->first = done;
		progress->started = time;
	} else if (time - progress->drawn < 0.2 && done < total) {
		return;
	}
	progress->drawn = time;
	char line[LINE_SIZE] = "";
	append(line, "%s", progress->label);
	if (total > 0) {
		double fraction = done < total ? done / total : 1;
		int filled = (int)(fraction * BAR_WIDTH);
		append(line, " [%.*s%.*s] %3d%%", filled, "####################", BAR_WIDTH - filled, "....................",
		       (int)(100 * fraction));
	} else {
		append(line, " %.0f %s", done, progress->unit);
	}
	if (done > progress->first && time > progress->started) {
		double rate = (done - progress->first) / (time - progress->started);
		append(line, rate < 10 ? "  %.2g %s/s" : "  %.0f %s/s", rate, progress->unit);
		if (done < total)
			append_time(line, (total - done) / rate);
	}
	if (note)
		append(line, "  %s", note);
	if (progress->terminal) {
		cut_to_terminal(progress, line);
		fprintf(progress->to, "\r%s\033[K", line);
	} else {
		fprintf(progress->to, "%s\n", line);
	}
	fflush(progress->to);
}

void mn_progress_end(struct mn_progress *progress)
{
	if (progress->to && progress->terminal && progress->drawn > 0) {
		fputs("\r\033[K", progress->to);
		fflush(progress->to);
	}
	progress->to = NULL;
}
