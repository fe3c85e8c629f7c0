#include "mn/signals.h"

#include <signal.h>

/* The only state that a handler can reach: which signals came. */
static volatile sig_atomic_t came[NSIG];

static void remember(int signal)
{
	came[signal] = 1;
}

static void act(int signal, void (*handler)(int))
{
	struct sigaction now;
	if (sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
		return;
	now = (struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART};
	sigemptyset(&now.sa_mask);
	sigaction(signal, &now, NULL);
}

void mn_signals_catch(int signal)
{
	act(signal, remember);
}

void mn_signals_release(int signal)
{
	act(signal, SIG_DFL);
}

bool mn_signals_take(int signal)
{
	bool taken = came[signal];
	if (taken)
		came[signal] = 0;
	return taken;
}
