# Every shell script, known by its name or its first line, is one that shellcheck passes.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
list() {
	find tests pipelines -name '*.sh' 2>/dev/null
	grep -rlE --exclude='*.sh' '^#!.*\b(ba|da)?sh$' scripts tests pipelines .ci 2>/dev/null
}
check 'there are scripts to look at' test "$(list | wc -l)" -gt 5
# 2154: tests/run sets $TESTS. 2034: what is set may be for a file that is read next. 2010: names of files in tests are plain.
check 'shellcheck finds nothing' sh -c 'xargs shellcheck -s bash -S warning -e SC2154,SC2034,SC2010' < <(list)
