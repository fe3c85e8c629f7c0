# Every fuzz target takes what `make fuzz` found in the past, and what it starts from.
. "$TESTS/lib.sh"
for source in "$TESTS"/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	name=${name#fuzz_}
	mkdir "$name"
	check "inputs for $name are made" bash -eu -o pipefail -c "cd $name; . '$TESTS/fuzz/seed_$name'"
	mapfile -t inputs < <(find "$name" "$TESTS/fuzz/corpus/$name" -type f 2>/dev/null)
	check "$name takes ${#inputs[@]} inputs" "$BUILD/fuzz/$name" "${inputs[@]}"
done
