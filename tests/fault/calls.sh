# Every call that writes, syncs, renames, opens for writing or allocates fails once (FIRST=N: the first N of each kind), in every program
# and with every option that writes something: exit status 1, one line, the files of those names as they were, nothing beside them.
# SKIP_MALLOC=1 leaves out allocations.
. "$TESTS/lib.sh"
first=${FIRST:-1000000}
shim=$BUILD/tests/fail.so
if ! [ -e "$shim" ]; then
	skip "calls that fail: only the plain build has what makes them"
	exit
fi

mn-fetch --range 0:30 fashion-mnist >clean.st
mn-corrupt -q --labels 0.3 --seed 1 clean.st >data.st
mn-train -q --net mlp:4 --epochs 2 --log log.csv data.st >model.st
mn-eval --data data.st model.st >eval.csv
mn-train -q --net mlp:4 --momentum 0.5 --epochs 1 --checkpoint begun.ck data.st >begun.st
mkdir idx
printf '\0\0\010\03\0\0\0\03\0\0\0\02\0\0\0\02abcdefghijkl' | gzip -n >idx/train-images-idx3-ubyte.gz
printf '\0\0\010\01\0\0\0\03\0\01\02' >idx/train-labels-idx1-ubyte

FAIL=write:1 FAIL_HIT=hit LD_PRELOAD=$shim mn-eval --data data.st model.st >out 2>err
if ! [ -e hit ]; then
	skip "calls that fail: this machine forbids seccomp filters"
	exit
fi
rm hit
echo old >old
echo "../eval.csv" >list

say() { # what went wrong with the call in turn
	wrong=$((wrong + 1))
	[ $wrong -gt 20 ] || printf '%s, %s %d: %s\n%s\n' "$scenario" "$kind" "$n" "$1" "$(head -c 500 err)"
}

# Outputs before a run: those of odd runs are there already.
prepare() {
	local file
	rm -rf run
	mkdir run
	[ -z "$begun" ] || cp begun.ck run/run.ck
	[ $((n % 2)) -eq 0 ] || for file in $files; do cp old "run/$file"; done
}
as_before() { # FILE
	if [ $((n % 2)) -eq 0 ]; then [ ! -e "run/$1" ]; else cmp -s "run/$1" old; fi
}
# COMMAND is run in the folder run.
attempt() { # FAIL
	rm -f hit
	(cd run && exec timeout 60 env FAIL="$1" FAIL_HIT=../hit LD_PRELOAD="$shim" "${command[@]}" <../input >../out 2>../err)
}

judge() { # STATUS
	local file left
	if [ "$1" -eq 0 ] && [ $kind != half ] && [ $kind != malloc ]; then
		say "status 0"
	elif [ "$1" -eq 0 ]; then # it did not matter
		for file in $files; do cmp -s "run/$file" "want/$file" || say "status 0, another $file"; done
		cmp -s out want.out || say "status 0, another standard output"
		return
	elif [ "$1" -ne 1 ] || [ $kind = half ]; then
		say "status $1"
	fi
	[[ $(wc -l <err) -eq 1 && $(<err) = "${command[0]}: "?* ]] || say "not one line"
	case $kind in
	write | full) grep -Eq ': (.*: )?(No space left on device|write error)' err || say "another message" ;;
	malloc) grep -Eqi 'memory|cannot|failed' err || say "another message" ;;
	esac
	for file in $files; do # the first one is the last to be renamed
		as_before "$file" || { [ "$file" != "${files%% *}" ] && cmp -s "run/$file" "want/$file"; } || say "a part of $file"
	done
	left=$(ls -A run | grep -vxFe run.ck -e log.csv -e "${files// /$'\n'}")
	[ -z "$left" ] || say "left behind: $left"
	if [ -n "$begun" ]; then # the checkpoint that there is serves
		(cd run && "${command[@]}" <../input >../out 2>../err) || say "the next run fails"
		for file in $files run.ck; do cmp -s "run/$file" "want/$file" || say "the next run makes another $file"; done
	fi
}

# try SCENARIO "FILES" COMMAND...: FILES are what it writes.
try() {
	scenario=$1 files=$2
	shift 2
	command=("$@")
	local tried=0 wrong=0 kind n summary=
	n=2
	prepare
	attempt none:0 || echo "not ok - $scenario does not run: $(cat err)"
	rm -rf want
	mv run want
	mv out want.out
	for kind in write half full fsync rename open malloc; do
		[ $kind != malloc ] || [ -z "${SKIP_MALLOC-}" ] || continue
		for ((n = 1; n <= first; n++)); do
			prepare
			attempt $kind:$n
			status=$?
			[ -e hit ] || break
			judge $status
			tried=$((tried + 1))
		done
		summary="$summary $kind $((n - 1))"
	done
	check "$scenario: $tried calls failed in turn ($summary )" test $wrong -eq 0 -a $tried -gt 0
}

begun=
: >input
try 'mn-fetch -o' out.st mn-fetch -q --range 0:30 -o out.st fashion-mnist
try 'mn-fetch' '' mn-fetch -q --range 0:3 fashion-mnist
try 'mn-fetch idx' out.st mn-fetch -q --from ../idx -o out.st idx
try 'mn-fetch --list' list.txt mn-fetch --list -o list.txt
try 'mn-corrupt -o' out.st mn-corrupt -q --labels 0.5 --inputs 0.5 -o out.st ../clean.st
try 'mn-corrupt -z' '' mn-corrupt -q -z --labels 0.5 ../clean.st
cp data.st input
try 'mn-train' '' mn-train -q --net mlp:4 --epochs 1
: >input
try 'mn-train --log --save-when' 'out.st low.st never.st' mn-train -q --net conv2k3/bn/relu/fc10 --epochs 2 --momentum 0.5 --validate ../data.st \
	--log log.csv --save-when loss\<100:low.st --save-when accuracy\>=1:never.st -o out.st ../data.st
try 'mn-train --checkpoint' 'out.st low.st' mn-train -q --net mlp:4 --epochs 2 --momentum 0.5 --checkpoint run.ck --checkpoint-every 1 \
	--save-when loss\<100:low.st -o out.st ../data.st
begun=yes
try 'mn-train going on from a checkpoint' 'out.st' mn-train -q --net mlp:4 --epochs 3 --momentum 0.5 --checkpoint run.ck --checkpoint-every 1 -o out.st ../data.st
begun=
try 'mn-eval --per-example' 'out.csv rows.csv' mn-eval --data ../data.st --per-example rows.csv -o out.csv ../model.st
try 'mn-eval' '' mn-eval --data ../data.st ../model.st
try 'mn-hessian --density --vectors' 'out.csv density.csv vectors.st' mn-hessian -q --data ../data.st --trace --probes 2 --density density.csv \
	--density-steps 3 --vectors vectors.st --max-iterations 5 --sharpness 0.001 -o out.csv ../model.st
try 'mn-hessian --method online' '' mn-hessian -q --data ../data.st --method online --max-iterations 5 ../model.st
try 'mn-summarize' out.csv mn-summarize --by epoch --value train_loss,train_accuracy -o out.csv ../log.csv
try 'mn-summarize --files-from' '' mn-summarize --by data --value loss --files-from ../list
try 'mn-summarize --claims' '' mn-summarize --claims fig1 ../eval.csv
try 'mn-train --describe' '' mn-train --describe ../model.st
try 'mn-train --help' '' mn-train --help
