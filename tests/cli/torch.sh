# Networks of every kind of layer against PyTorch: their logits, gradients and running statistics.
. "$TESTS/lib.sh"

python=$(find_python torch) || {
	skip 'no python3-torch: networks are not held against PyTorch'
	exit 0
}
reference=$TESTS/reference/torch_reference.py

# at_most VALUE LIMIT
at_most() { awk -v value="$1" -v limit="$2" 'BEGIN { exit !(value + 0 <= limit + 0) }'; }

labelled=()
for k in 0 1 2 3 4 5 6 7 8 9; do labelled+=(--data "data.st.$k"); done
"$python" "$reference" make 24 data.st

# against NET OPTION...: one step on all rows, with momentum, from the same start.
against() {
	local net=$1 logits gradient running parameters
	shift
	mn-train -q --net "$net" --batch 24 --momentum 0.9 --seed 3 --epochs 0 "$@" -o initial.st data.st
	rm -f checkpoint.st
	mn-train -q --net "$net" --batch 24 --momentum 0.9 --seed 3 --epochs 1 "$@" --checkpoint checkpoint.st -o after.st data.st
	mn-eval "${labelled[@]}" --per-example each.csv -o table.csv initial.st
	read -r logits gradient running parameters < <("$python" "$reference" compare data.st initial.st checkpoint.st each.csv)
	check "$net: logits within 1e-4 of PyTorch's: ${logits-}" at_most "${logits:-1}" 1e-4
	check "$net: gradients within 1e-3: ${gradient-}" at_most "${gradient:-1}" 1e-3
	check "$net: running statistics within 1e-4: ${running-}" at_most "${running:-1}" 1e-4
	check "$net: $parameters parameters" test "$(mn-eval --data data.st initial.st | awk -F'"' -v OFS= '{ for (i = 2; i <= NF; i += 2) gsub(",", ";", $i) } 1' |
		awk -F, 'NR == 2 { print $11 }')" = "$parameters"
}

against alexnet
against alexnet-bn
against conv16k5/relu/pool3s2/lrn/conv24k3s2/relu/pool2/lrn2a500k2/fc32/relu/fc10 --input whiten
against conv12k4s3/bn/relu/conv20k3p1/tanh/pool3s2p1/lrn3a90000b60/fc10 --input crop28,whiten
against conv5k3p0/tanh/pool3s1/bn/conv70k2s2/tanh/fc24/bn/tanh/fc10
