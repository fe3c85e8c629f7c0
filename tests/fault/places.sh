# Places that cannot be written: a full disk, a read-only one, a limit on the size of files, a closed pipe. Exit status 1 and one line, no
# output, an existing one untouched.
. "$TESTS/lib.sh"
mn-fetch --range 0:300 fashion-mnist >data.st
mn-train -q --net mlp:100 --epochs 1 data.st >model.st
mn-eval --data data.st model.st >eval.csv

# refused TEXT FILE COMMAND...: FILE is what it would write; out is absent, then there.
refused() {
	local text=$1 file=$2 was=none
	shift 2
	[ ! -e "$file" ] || was=$(cksum <"$file")
	"$@" >stdout 2>err </dev/null
	local status=$? now=none
	[ ! -e "$file" ] || now=$(cksum <"$file")
	if [ $status -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && [ "$was" = "$now" ] && [ -z "$(find "${file%/*}" -name '.*.??????' 2>/dev/null)" ]; then
		echo "ok - $text: $(head -c 200 err)"
	else
		echo "not ok - $text: status $status, was $was, is $now: $(head -c 300 err)"
	fi
}
everything() { # TEXT FOLDER
	refused "$1, mn-fetch" "$2/fetch.st" mn-fetch -q --range 0:300 -o "$2/fetch.st" fashion-mnist
	refused "$1, mn-corrupt" "$2/corrupt.st" mn-corrupt -q --labels 0.5 -o "$2/corrupt.st" data.st
	refused "$1, mn-train" "$2/train.st" mn-train -q --net mlp:100 --epochs 1 -o "$2/train.st" data.st
	refused "$1, --checkpoint" "$2/run.ck" mn-train -q --net mlp:100 --epochs 1 --checkpoint "$2/run.ck" data.st
	refused "$1, --save-when" "$2/save.st" mn-train -q --net mlp:100 --epochs 1 --save-when epoch=1:"$2/save.st" data.st
	refused "$1, mn-hessian --vectors" "$2/vectors.st" mn-hessian -q --max-iterations 2 --vectors "$2/vectors.st" -o hessian.csv --data data.st model.st
	refused "$1, --per-example" "$2/rows.csv" mn-eval --per-example "$2/rows.csv" -o other.csv --data data.st model.st
}
mkdir disk
if mount -t tmpfs -o size=64k none disk 2>mount.err; then
	trap 'umount disk' EXIT
	echo old >disk/train.st
	head -c 65536 /dev/zero >disk/filler 2>filler.err
	everything 'a full disk' disk
	refused 'a full disk, --log' disk/none mn-train -q --net mlp:100 --epochs 1 --log disk/log.csv data.st
	refused 'a full disk, mn-summarize' disk/sum.csv mn-summarize --by data --value loss -o disk/sum.csv eval.csv
	mount -o remount,ro disk
	everything 'a read-only disk' disk
	refused 'a read-only disk, mn-summarize' disk/sum.csv mn-summarize --by data --value loss -o disk/sum.csv eval.csv
else
	skip 'a full and a read-only disk: no file system may be mounted here'
fi

mkdir limited
echo old >limited/train.st
(ulimit -f 4; everything 'files of at most 4 kB' "$PWD/limited")

for command in 'mn-fetch -q --range 0:300 fashion-mnist' 'mn-corrupt -q --labels 0.5 data.st' 'mn-train -q --net mlp:100 --epochs 1 data.st' \
	'mn-eval --data data.st model.st' 'mn-hessian -q --max-iterations 2 --data data.st model.st' 'mn-summarize --by data --value loss eval.csv' \
	'mn-train --describe model.st'; do
	( { sleep 0.3; $command 2>pipe.err; echo $? >pipe.status; } | :)
	check "a closed pipe: ${command%% *} says '$(cat pipe.err)'" test "$(cat pipe.status)" -eq 1 -a "$(wc -l <pipe.err)" -eq 1
done
