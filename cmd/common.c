#include "common.h"

#include "mn/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int mn_report(const char *program, const struct mn_error *err)
{
	fprintf(stderr, "%s: %s\n", program, err->text);
	return err->status;
}

int mn_print_and_close(const char *program, char *text)
{
	fputs(text, stdout);
	free(text);
	return mn_close_stdout(program, 0);
}

int mn_close_stdout(const char *program, int status)
{
	struct mn_error err = {0};
	int failed = ferror(stdout);
	errno = 0;
	if (fclose(stdout) != 0 || failed)
		mn_fail(&err, "standard output: %s", errno ? strerror(errno) : "write error");
	if (!err.status || status) /* one message is enough */
		return status;
	return mn_report(program, &err);
}

int mn_describe_and_close(const char *program, const char *path)
{
	struct mn_error err = {0};
	struct mn_stream stream;
	int status = mn_stream_read_header(&stream, path, &err);
	if (status == 0) {
		status = mn_stream_describe(&stream, stdout, &err);
		mn_stream_free(&stream);
	}
	return mn_close_stdout(program, status ? mn_report(program, &err) : 0);
}

void mn_start(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void mn_start_without_helpers(char **argv)
{
	struct rlimit limit;
	mn_start();
	if (getenv("OPENBLAS_NUM_THREADS") || getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	if (setenv("OPENBLAS_NUM_THREADS", "1", 0) == 0)
		execv("/proc/self/exe", argv); /* where that fails, the program goes on as it is */
}

int mn_one_operand(int argc, char **argv, int first, const char **path, struct mn_error *err)
{
	if (argc - first > 1)
		return mn_misuse(err, "one input at a time: '%s' is one too many", argv[first + 1]);
	*path = first < argc ? argv[first] : "-";
	return 0;
}
