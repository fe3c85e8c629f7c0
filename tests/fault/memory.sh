# With too little memory (ulimit -v, SIZES in kB) every program ends soon, with one line and no output, or well with the right bytes.
. "$TESTS/lib.sh"
if [[ $BUILD == *asan* ]]; then
	skip "too little memory: the address sanitizer needs more"
	exit
fi
sizes=${SIZES:-$(seq 44000 8000 420000)}

mn-fetch --range 0:3000 fashion-mnist >data.st
mn-train -q --net mlp:4 --epochs 1 data.st >model.st
mn-eval --data data.st model.st >eval.csv

# try TEXT COMMAND...: writes out.
try() {
	local text=$1 size status done_well=0 refused=0 unloaded=0 wrong=0
	shift
	"$@" -o want
	for size in $sizes; do
		rm -f out
		(ulimit -v "$size" && exec timeout -k 1 20 "$@" -o out >stdout 2>err)
		status=$?
		if [ $status -eq 0 ] && cmp -s out want; then
			done_well=$((done_well + 1))
		elif [ $status -eq 1 ] && [ ! -e out ] && [ "$(wc -l <err)" -eq 1 ] && grep -Eq "^$1: .*(memory|start a thread)" err; then
			refused=$((refused + 1))
		elif [ ! -e out ] && [ $status -ne 0 ] && grep -Eq 'shared librar|blas_thread_init: pthread_create failed' err; then
			# a library cannot be loaded, or ends the program while it is
			unloaded=$((unloaded + 1))
		else
			wrong=$((wrong + 1))
			echo "$text with $size kB: status $status: $(head -c 300 err)"
		fi
	done
	check "$text: right with $done_well sizes, refused with $refused, not loaded with $unloaded" test $wrong -eq 0 -a $((done_well + refused)) -gt 0
}
try mn-fetch mn-fetch -q --range 0:3000 fashion-mnist
try mn-corrupt mn-corrupt -q --labels 0.5 --inputs 0.5 data.st
try mn-train mn-train -q --net mlp:4 --epochs 1 data.st
try 'mn-train, a large network' mn-train -q --net mlp:3000 --epochs 0 data.st
try mn-eval mn-eval --data data.st model.st
try mn-hessian mn-hessian -q --max-iterations 3 --data data.st model.st
try mn-summarize mn-summarize --by data --value loss eval.csv
for program in mn-fetch mn-corrupt mn-train mn-eval mn-hessian mn-summarize; do
	check "$program says its version with 150 MB" sh -c "ulimit -v 150000; exec timeout 20 $program --version >version"
done
