#include "mn/progress.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

int main(void)
{
	struct test t = {0};
	struct mn_progress progress;
	mn_progress_start(&progress, "always", true, "x", "examples");
	CHECK(&t, !progress.to, "quiet wins over always");
	mn_progress_start(&progress, "never", false, "x", "examples");
	CHECK(&t, !progress.to, "never is silent");
	mn_progress_update(&progress, 1, 2, NULL);
	mn_progress_end(&progress);

	for (int terminal = 0; terminal < 2; terminal++) {
		char *text = NULL, note[1000];
		size_t size;
		memset(note, 'n', sizeof note - 1);
		note[sizeof note - 1] = '\0';
		mn_progress_start(&progress, "always", false, "epoch 1", "examples");
		CHECK(&t, progress.to == stderr, "always writes to standard error");
		FILE *to = open_memstream(&text, &size);
		progress.to = to;
		progress.terminal = terminal;
		mn_progress_update(&progress, 0, 1000, NULL);
		for (int i = 1; i < 400; i++) /* too soon after the first to be shown */
			mn_progress_update(&progress, i, 1000, NULL);
		progress.started -= 10;
		progress.drawn -= 10;
		mn_progress_update(&progress, 500, 1000, "loss 0.5");
		mn_progress_update(&progress, 1000, 1000, note);
		mn_progress_end(&progress);
		fclose(to);
		const char *first = "epoch 1 [....................]   0%";
		CHECK(&t, strncmp(text + terminal, first, strlen(first)) == 0, "the first update is drawn");
		CHECK(&t, strstr(text, "epoch 1 [##########..........]  50%  50 examples/s  0:10 left  loss 0.5"), "rate and time left");
		CHECK(&t, strstr(text, "epoch 1 [####################] 100%  "), "the last is always drawn");
		int drawn = 0;
		for (const char *c = text; (c = strstr(c, "epoch 1")); c++)
			drawn++;
		CHECK(&t, drawn == 3, "others wait a fifth of a second: %d lines", drawn);
		CHECK(&t, strchr(text, '\r') ? terminal : !terminal, "only a terminal's line is drawn over");
		CHECK(&t, strcmp(text + size - (terminal ? 4 : 1), terminal ? "\r\033[K" : "\n") == 0, "the line is cleared or ended");
		free(text);
	}
	return test_end(&t);
}
