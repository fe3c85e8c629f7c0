# The sources are as clang-format leaves them.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
check 'clang-format has nothing to change' \
	sh -c 'find cmd lib include tests -name "*.[ch]" -print0 | xargs -0 clang-format-14 --dry-run -Werror'
