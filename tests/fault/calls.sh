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
echo "../eval.csv" >list
# A table of more than stdio's buffer.
awk 'BEGIN { print "name,value"; for (i = 100; i < 160; i++) printf "%s%d,1\n", sprintf("%200s", "") "a", i }' | tr ' ' a >large.csv

say() { # what went wrong with the call in turn
	wrong=$((wrong + 1))
	[ $wrong -gt 20 ] || printf '%s, %s %d: %s\n%s\n' "$scenario" "$kind" "$n" "$1" "$(head -c 500 err)"
}

# Little but the program itself is started for each call that fails: there are thousands of them.
shopt -s nullglob dotglob nocasematch
export OPENBLAS_NUM_THREADS=1

# Outputs before a run: those of odd runs are there already.
prepare() {
	local file
	rm -rf run hit
	mkdir run
	[ -z "$begun" ] || cp begun.ck run/run.ck
	[ -z "$mirror" ] || { rm -rf cache && mkdir cache && cp -rl have cache/fashion-mnist; }
	[ $((n % 2)) -eq 0 ] || for file in $files; do echo old >"run/$file"; done
}
is_old() { # FILE
	local line
	[ -e "$1" ] && IFS= read -r -d '' line <"$1"
	[ "$line" = $'old\n' ]
}
as_before() { # FILE
	if [ $((n % 2)) -eq 0 ]; then [ ! -e "run/$1" ]; else is_old "run/$1"; fi
}
# COMMAND is run in the folder run. What hangs is ended by the shim.
attempt() { # FAIL
	(cd run && FAIL=$1 FAIL_HIT=../hit LD_PRELOAD=$shim exec "${command[@]}" <../input >../out 2>../err)
}

judge() { # STATUS
	local file lines text
	if [ "$1" -eq 0 ] && [ $kind != half ] && [ $kind != malloc ]; then
		say "status 0"
	elif [ "$1" -eq 0 ]; then # it did not matter
		for file in $files; do cmp -s "run/$file" "want/$file" || say "status 0, another $file"; done
		cmp -s out want.out || say "status 0, another standard output"
		return
	elif [ "$1" -ne 1 ] || [ $kind = half ]; then
		say "status $1"
	fi
	mapfile -t lines <err
	text=${lines[0]-}
	# libarchive ends the program where it lacks memory for a string.
	[[ ${#lines[@]} -eq 1 && ($text = "${command[0]##*/}: "?* || (-n $refusal && $text = 'Fatal Internal Error in libarchive: No memory')) ]] ||
		say "not one line"
	case $kind in
	write | full) [[ $text =~ ': '(.*': ')?('No space left on device'|'write error') ]] || say "another message" ;;
	rename | open) [[ $text = *': No space left on device' ]] || say "another message" ;;
	fsync) [[ $text = *': Input/output error' ]] || say "another message" ;;
	malloc) [[ $text =~ memory|cannot|failed|allocate || (-n $refusal && $text =~ $refusal) ]] || say "another message" ;;
	esac
	for file in $files; do # the first one is the last to be renamed
		as_before "$file" || { [ "$file" != "${files%% *}" ] && cmp -s "run/$file" "want/$file"; } || say "a part of $file"
	done
	for file in run/*; do
		[[ " run.ck log.csv $files " = *" ${file#run/} "* ]] || say "left behind: $file"
	done
	if [ -n "$mirror" ]; then
		for file in cache/fashion-mnist/*.gz; do cmp -s "$file" "$served/${file##*/}" || say "a wrong $file"; done
	fi
	if [ -n "$begun$mirror" ]; then # what there is serves the next run
		(cd run && "${command[@]}" <../input >../out 2>../err) || say "the next run fails"
		for file in $files ${begun:+run.ck}; do cmp -s "run/$file" "want/$file" || say "the next run makes another $file"; done
	fi
}

# try SCENARIO "FILES" COMMAND...: FILES are what it writes.
try() {
	scenario=$1 files=$2
	shift 2
	command=("$@")
	local tried=0 wrong=0 kind n summary='' names synced=0 needed
	n=2 kind=none
	prepare
	attempt none:0 || [[ -n $refusal && $(<err) =~ $refusal ]] || echo "not ok - $scenario does not run: $(cat err)"
	rm -rf want
	mv run want
	mv out want.out
	local kinds='write half full fsync rename open malloc'
	[ -z "$refusal" ] || kinds=malloc
	for kind in $kinds; do
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
		case $kind in
		fsync) synced=$((n - 1)) ;;
		rename) # what is renamed was synced, and for every checkpoint the log, too
			read -ra names <<<"$files"
			needed=$((n - 1))
			[[ ${command[*]} != *--log*--checkpoint* ]] || needed=$((needed + needed - ${#names[@]}))
			[ $n -gt "$first" ] || [ $((n - 1)) -ge ${#names[@]} ] || say "$((n - 1)) for ${#names[@]} files"
			[ $n -gt "$first" ] || [ $synced -ge $needed ] || [ $synced -eq "$first" ] || say "$synced syncs, not $needed"
			;;
		esac
		[ -n "${FIRST-}" ] || echo "$scenario, $kind: $((n - 1)), $wrong wrong, $SECONDS s"
	done
	check "$scenario: $tried calls failed in turn ($summary )" test $wrong -eq 0 -a $tried -gt 0
}

begun='' mirror='' refusal=''
: >input
try 'mn-fetch -o' out.st mn-fetch -q --split test --range 0:30 -o out.st fashion-mnist
try 'mn-fetch' '' mn-fetch -q --split test --range 0:3 fashion-mnist
try 'mn-fetch idx' out.st mn-fetch -q --from ../idx -o out.st idx
try 'mn-fetch --list' list.txt mn-fetch --list -o list.txt
try 'mn-corrupt -o' out.st mn-corrupt -q --labels 0.5 --inputs 0.5 -o out.st ../clean.st
try 'mn-corrupt -z' '' mn-corrupt -q -z --labels 0.5 ../clean.st
cp data.st input
try 'mn-train' '' mn-train -q --net mlp:4 --epochs 1
: >input
try 'mn-train --log --save-when' 'out.st low.st never.st' mn-train -q --net conv2k3/bn/relu/fc10 --epochs 2 --momentum 0.5 --validate ../data.st \
	--log log.csv --save-when loss\<100:low.st --save-when accuracy\>=1:never.st -o out.st ../data.st
try 'mn-train --checkpoint' 'out.st low.st' mn-train -q --net mlp:4 --epochs 2 --momentum 0.5 --log log.csv --checkpoint run.ck \
	--checkpoint-every 1 --save-when loss\<100:low.st -o out.st ../data.st
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
try 'mn-summarize of a large table' out.csv mn-summarize --by name --value value --stat n -o out.csv ../large.csv
try 'mn-summarize --claims' '' mn-summarize --claims fig1 ../eval.csv
try 'mn-train --describe' '' mn-train --describe ../model.st
try 'mn-train --help' '' mn-train --help

# An archive is read to where it is refused, as none can be made that is not.
mkdir cifar
echo short >test_batch.bin
tar -czf cifar/cifar-10-binary.tar.gz test_batch.bin
refusal='has 6 bytes, not'
[ -n "${SKIP_MALLOC-}" ] || try 'mn-fetch of an archive' out.st mn-fetch -q --from ../cifar --split test -o out.st cifar10
refusal=

# From a mirror: the pixels are in the cache, the labels are not.
served=/usr/share/datasets/fashion-mnist
python3 "$TESTS/fault/server.py" ${served%/*} server.log >port 2>server.err &
server=$!
trap 'kill $server' EXIT
for ((n = 0; n < 200; n++)); do [ -s port ] || sleep 0.05; done
if [ -s port ]; then
	mirror=yes
	mkdir have
	ln $served/t10k-images-idx3-ubyte.gz have 2>ln.err || cp $served/t10k-images-idx3-ubyte.gz have
	MN_MIRROR=http://127.0.0.1:$(cat port)/good/
	export MN_MIRROR MN_CACHE=../cache MN_DATASETS=../none MN_TIMEOUT=10 MN_RETRIES=0
	unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
	try 'mn-fetch from a mirror' out.st mn-fetch -q --split test --range 0:30 -o out.st fashion-mnist
else
	skip "calls that fail during a download: needs python3"
fi
