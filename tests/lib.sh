# lib.sh - for the tests in tests/*/*.sh, which begin with: . "$TESTS/lib.sh"
# Checks are reported on descriptor 3, so that a check's standard output may be redirected:
#	check 'a network trains' mn-train --net mlp:8 data.st >model.st
# shellcheck shell=bash
set -u
exec 3>&1

# check TEXT COMMAND...: the command ends with status 0.
check() {
	local text=$1 status
	shift
	"$@"
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok - $text" >&3
	else
		echo "not ok - $text (status $status of: ${*//$'\n'/ })" >&3
	fi
}

# fails STATUS REGEX COMMAND...: the command ends with that status, says one line on standard error, which matches the
# extended regular expression, and nothing on standard output.
fails() {
	local want=$1 regex=$2 status why=
	shift 2
	"$@" >fails.out 2>fails.err
	status=$?
	if [ $status -ne "$want" ]; then
		why="status $status, not $want"
	elif [ "$(wc -l <fails.err)" -ne 1 ]; then
		why="not one line on standard error"
	elif ! grep -Eq -- "$regex" fails.err; then
		why="the message does not match '$regex'"
	elif [ -s fails.out ]; then
		why="something on standard output"
	fi
	if [ -z "$why" ]; then
		echo "ok - refused with $want: ${*//$'\n'/ }" >&3
	else
		echo "not ok - ${*//$'\n'/ }: $why" >&3
		head -c 2000 fails.err >&3
	fi
	rm -f fails.out fails.err
}

# The time, and a span of it as sleep and --checkpoint-every take it.
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); } # MILLISECONDS

skip() {
	echo "skip - $1" >&3
}

# find_python MODULE: prints the name of a python3 that has it; fails where there is none.
find_python() {
	local python
	for python in python3 /usr/bin/python3; do
		"$python" -c "import $1" 2>/dev/null && echo "$python" && return 0
	done
	return 1
}

find_numpy() { find_python numpy; }
