# clang-tidy, on the files of programs and library that are newer than its last word on them or than any header. What it says at length is in $BUILD/lint.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
stamps=$BUILD/lint
mkdir -p "$stamps"

look_at() { # FILE
	local name=$stamps/${1//\//_} word flags=(-std=c17)
	if [ "$name.passed" -nt "$1" ] && [ -z "$(find .clang-tidy include lib cmd tests \( -name '*.h' -o -name .clang-tidy \) -newer "$name.passed")" ]; then
		return 0
	fi
	rm -f "$name.passed"
	# Of the compiler's command line, what it includes and defines.
	eval "set -- $1 $(cat "$BUILD/flags")"
	for word; do
		[[ $word != -[ID]* ]] || flags+=("$word")
	done
	[ "$1" = lib/base/error.c ] || flags+=(-include tests/lint/analyzer.h)
	if clang-tidy-14 --quiet "$1" -- "${flags[@]}" >"$name.tidy" 2>&1; then
		touch "$name.passed"
	else
		grep -A 2 'error: ' "$name.tidy"
		return 1
	fi
}

if [ $# -eq 1 ]; then
	look_at "$1"
	exit
fi
find cmd lib -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 1 bash "$TESTS/lint/tidy.sh"
check 'clang-tidy finds nothing' test "${PIPESTATUS[1]}" -eq 0
