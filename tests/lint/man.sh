# The manual pages are sound mdoc, and there is one for each program.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
check 'mandoc finds nothing in the manual pages' mandoc -T lint -W warning man/*.[1-9]
for program in cmd/mn-*.c; do
	program=$(basename "$program" .c)
	check "$program has a manual page" test -f "man/$program.1"
done
