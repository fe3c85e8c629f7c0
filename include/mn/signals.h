/* signals.h - what a running program is asked by signals, remembered until it looks.
 *
 * The handlers only set a flag, so that the program saves what it has at a place of its own choice. A signal that was ignored when the
 * program started (nohup, a shell's background job) stays ignored. */
#ifndef MN_SIGNALS_H
#define MN_SIGNALS_H

#include <stdbool.h>

/* From now on the signal is remembered instead of ending the program; mn_signals_release gives it its default action back. */
void mn_signals_catch(int signal);
void mn_signals_release(int signal);

/* Whether it came since the last call. */
bool mn_signals_take(int signal);

#endif
