/* common.h - what every program's main does at its end. The library prints nothing; the programs do it here. */
#ifndef CMD_COMMON_H
#define CMD_COMMON_H

#include "mn/error.h"

/* "PROGRAM: text" as one line on standard error. Returns err->status, for main to return. */
int mn_report(const char *program, const struct mn_error *err);

/* Prints what mn_options_parse left for --help or --version, frees it, and closes standard output. Returns main's status. */
int mn_print_and_close(const char *program, char *text);

/* First thing in main: a closed pipe and a file that may not grow are failed writes, not deaths that leave a temporary behind. */
void mn_start(void);

/* The same in a program that uses OpenBLAS. Where address space is limited, starts the program anew without the thread that
 * OpenBLAS 0.3.21 starts as it is loaded: that one waits for memory for ever, and the program's end for it. */
void mn_start_without_helpers(char **argv);

/* Closes standard output and reports what could not be written. Returns status, or MN_EXIT_FAILED in place of 0. */
int mn_close_stdout(const char *program, int status);

/* --describe: prints what the stream at path is made of, and closes standard output. Returns main's status. */
int mn_describe_and_close(const char *program, const char *path);

/* The one operand that most programs take: *path is it, or "-" where there is none. 0, or -1 with err where there are more. */
int mn_one_operand(int argc, char **argv, int first, const char **path, struct mn_error *err);

#endif
