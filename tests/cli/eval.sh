# mn-eval: what it accepts and refuses, its columns, and its numbers against an independent forward pass.
. "$TESTS/lib.sh"

header='dataset,train_size,label_noise,label_kind,input_noise,input_kind,moments,data_seed,net,width,parameters,input,init,batch,lr,lr_halve_every,momentum,weight_decay,dropout,input_dropout,gaussian_noise,seed,epoch,status,condition,data,split,size,loss,accuracy,errors,clean_accuracy,noisy_accuracy,noisy_true_accuracy,epoch_99,epoch_999,epoch_100'

# same WHAT FILE...: the files hold the same bytes.
same() {
	local what=$1 first=$2 file equal=0
	shift 2
	for file; do cmp "$first" "$file" || equal=1; done
	check "$what" test $equal -eq 0
}

mn-fetch --range 0:500 fashion-mnist >clean.st
mn-fetch --range 50000:50300 fashion-mnist >validation.st
mn-corrupt -q --labels 0.3 --seed 5 clean.st | mn-corrupt -q --inputs 0.2 --seed 6 >noisy.st
mn-train --net fc24/relu/fc10 --batch 50 --lr 0.1 --epochs 4 -o model.st noisy.st
mn-train --net fc10 --epochs 0 -z -o initial.st.gz clean.st

# plain: CSV with the commas inside quotes made semicolons, for cut and awk.
plain() { awk -F'"' -v OFS= '{ for (i = 2; i <= NF; i += 2) gsub(",", ";", $i) } 1'; }

# --- help and misuse

check '--help goes to standard output and ends with 0' mn-eval --help >help 2>err
check '... it names its options' test "$(grep -c -E '^  --(data|per-example|threads|describe) ' help)" -eq 4
check '... and says nothing on standard error' test ! -s err
check '--version goes to standard output and ends with 0' mn-eval --version >version
fails 2 '--data DATA is required' mn-eval model.st
fails 2 "unknown option '--date'" mn-eval --date clean.st model.st
fails 2 "--threads: '3x2' is not a whole number" mn-eval --data clean.st --threads 3x2 model.st
fails 2 'only one of the data sets and models can be standard input' mn-eval --data - -
fails 2 'only one of the data sets and models can be standard input' mn-eval --data -
fails 2 '--per-example: standard output is' mn-eval --data clean.st --per-example - model.st
fails 1 '^mn-eval: none.st: No such file' mn-eval --data none.st model.st
fails 1 '^mn-eval: none.st: No such file' mn-eval --data clean.st -o out.csv --per-example each.csv model.st none.st
fails 1 '^mn-eval: clean.st: this is a dataset, not a model' mn-eval --data clean.st clean.st
fails 1 '^mn-eval: model.st: is a model, not a data set' mn-eval --data model.st model.st
fails 1 '^mn-eval: <stdin>: empty input' mn-eval --data clean.st
fails 1 '^mn-eval: no/out.csv: No such file' mn-eval --data clean.st -o no/out.csv model.st
fails 1 '^mn-eval: no/each.csv: No such file' mn-eval --data clean.st --per-example no/each.csv model.st
head -c 1000 model.st >cut.st
fails 1 '^mn-eval: cut.st: ' mn-eval --data clean.st cut.st
check 'a failed run leaves no file' test -z "$(ls -A | grep -E 'csv')"

# --- the table

check 'models and data sets by any path' mn-eval --data noisy.st --data validation.st -o table.csv model.st initial.st.gz
check 'the table has the documented columns' test "$(head -n 1 table.csv)" = "$header"
check '... a row for each data set of each model' test "$(sed 1d table.csv | cut -d, -f9,23,26-28)" = 'fc24/relu/fc10,4,fashion-mnist,train,500
fc24/relu/fc10,4,fashion-mnist,train,300
fc10,0,fashion-mnist,train,500
fc10,0,fashion-mnist,train,300'
check '... its parameters those of the training set' test "$(sed -n 3p table.csv | cut -d, -f1-8)" = \
	'fashion-mnist,500,0.3,uniform,0.2,gaussian,global,6'
check 'accuracy is rows without error' awk -F, 'NR > 1 && ($30 - (1 - $31 / $28)) ^ 2 > 1e-16 { bad = 1 } END { exit bad }' table.csv
check 'a clean set has no noisy rows' test "$(sed -n 3p table.csv | cut -d, -f33,34)" = ,
mn-eval --data noisy.st - <model.st >piped.csv
mn-eval --data - model.st <noisy.st >piped-data.csv
mn-eval --data noisy.st <model.st >default.csv
sed -n 1,2p table.csv >want.csv
same 'the model or the data from standard input: the same row' want.csv piped.csv piped-data.csv default.csv
for threads in 1 2 3; do mn-eval --data noisy.st --threads $threads --per-example each$threads.csv -o $threads.csv model.st; done
same 'the same bytes for 1 to 3 threads' want.csv 1.csv 2.csv 3.csv
same '... for each example too' each1.csv each2.csv each3.csv
if [ -n "$COMMA_LOCALES" ]; then
	LOCPATH=$COMMA_LOCALES LC_ALL=de_DE.UTF-8 mn-eval --data noisy.st --per-example comma-each.csv -o comma.csv model.st
	same 'a locale with a decimal comma changes nothing' want.csv comma.csv
	same '... nor for each example' each1.csv comma-each.csv
else
	skip 'no locale with a decimal comma can be made here'
fi

# --- each example

check 'a row for each example has the documented columns' test "$(head -n 1 each1.csv)" = \
	'index,label,true_label,label_noise,input_noise,prediction,loss,correct'
check '... in the order of the data set' test "$(sed 1d each1.csv | cut -d, -f1)" = "$(seq 0 499)"
check 'they add up to the row of the model' awk -F, 'FNR == 1 { next }
	FNR == NR { loss = $29; errors = $31; clean = $32; noisy = $33; truth = $34; next }
	{ n++; sum += $7; wrong += !$8; ok = ok + ($8 == ($6 == $2)) }
	!$4 && !$5 { c++; cr += $8 }
	$4 || $5 { y++; yr += $8; yt += $6 == $3 }
	END { exit !(n == 500 && ok == n && wrong == errors && (sum / n - loss) ^ 2 < 1e-14 &&
		(cr / c - clean) ^ 2 < 1e-16 && (yr / y - noisy) ^ 2 < 1e-16 && (yt / y - truth) ^ 2 < 1e-16) }' want.csv each1.csv
check 'the masks are those of mn-corrupt' test "$(awk -F, '{ l += $4; i += $5 } END { print l, i }' each1.csv)" = '150 100'
check 'only a noisy label differs from the true one' awk -F, 'NR > 1 && !$4 && $2 != $3 { bad = 1 } END { exit bad }' each1.csv
mn-eval --data clean.st --data validation.st --per-example both.csv -o both-table.csv model.st initial.st.gz
check 'examples of several data sets and models follow one another' test "$(sed 1d both.csv | wc -l)" -eq 1600

# --- an independent forward pass

if python=$(find_numpy); then
	# against NAME MODEL DATA: loss within 1e-5, errors equal but for near ties.
	against() {
		local rows loss errors near
		read -r rows loss errors near < <("$python" "$TESTS/reference/forward_numpy.py" "$3" "$2")
		check "numpy finds the same loss and accuracy: $1 ($errors of $rows wrong, $near near a tie)" test "$(mn-eval --data "$3" "$2" | plain |
			awk -F, -v rows="$rows" -v loss="$loss" -v errors="$errors" -v near="$near" 'NR == 2 {
				d = $29 / loss - 1; e = $31 - errors
				print (d < 1e-5 && d > -1e-5 && e <= near && -e <= near && $28 == rows) }')" = 1
	}
	mn-fetch --range 0:300 fashion-mnist >small.st
	run=0
	for net in fc10 mlp:7 mlp:32,16,8 'fc20/tanh/fc12 relu fc10'; do
		for input in unit standard whiten crop28,whiten; do
			run=$((run + 1))
			mn-train --net "$net" --input $input --lr 0.05 --epochs 2 --seed $run -o net.st small.st
			against "$net, $input" net.st validation.st
		done
	done
	against 'float pixels and noise' model.st noisy.st
	against 'a compressed model' initial.st.gz clean.st
else
	skip 'no python3-numpy: no independent forward pass'
fi

# --- full disks, closed pipes, terminals

fails 1 '^mn-eval: /dev/full: No space' mn-eval --data clean.st -o /dev/full model.st
fails 1 '^mn-eval: /dev/full: No space' mn-eval --data clean.st -o out.csv --per-example /dev/full model.st
check 'no table after a failure' test ! -e out.csv
mn-eval --data clean.st model.st >/dev/full 2>err
check 'a full disk behind standard output ends with 1' test $? -eq 1
check '... and one line' test "$(wc -l <err)" -eq 1
(sleep 0.2; env --default-signal=PIPE mn-eval --data clean.st model.st 2>err; echo $? >status) | :
check 'a closed pipe ends it with 1 and one line' test "$(cat status)" -eq 1 -a "$(wc -l <err)" -eq 1
if command -v script >/dev/null; then
	script -qec 'mn-eval --data clean.st' typescript </dev/null >/dev/null
	check 'a model from a terminal is refused with 2' test $? -eq 2
	check 'the table may go to a terminal' script -qec 'mn-eval --data clean.st model.st' typescript </dev/null >/dev/null
else
	skip 'no script(1): terminals are not tested'
fi
