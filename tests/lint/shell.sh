# Every shell script, known by its name or its first line, is one that shellcheck passes.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
list() {
	find tests pipelines -name '*.sh' 2>/dev/null
	grep -rlE --exclude='*.sh' '^#!.*\b(ba|da)?sh$' scripts tests pipelines .ci 2>/dev/null
}
check 'there are scripts to look at' test "$(list | wc -l)" -gt 5
# 1091, 2154: tests/run sets $TESTS, and lib.sh is there. 2016: awk has dollars. 2010: names of files in tests are plain.
check 'shellcheck finds nothing' sh -c 'xargs shellcheck -s bash -x -P tests -e SC1091,SC2154,SC2016,SC2010' < <(list)
