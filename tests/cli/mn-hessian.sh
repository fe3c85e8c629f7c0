. "$TESTS/lib.sh"
# mn-hessian: eigenvalues against an independent implementation, its other measures, and the manners of its command line.
export OPENBLAS_NUM_THREADS=1
reference() { /usr/bin/python3 "$TESTS/reference/hessian_numpy.py" "$@"; }
# field COLUMN [ROW]: of a table on standard input; rows count from 1 after the header.
field() { awk -v name="$1" -v row="${2-1}" 'function split_csv(line, out,    n, quoted, c, i, f) {
	n = 1; out[1] = ""; quoted = 0
	for (i = 1; i <= length(line); i++) { c = substr(line, i, 1)
		if (c == "\"") quoted = !quoted; else if (c == "," && !quoted) out[++n] = ""; else out[n] = out[n] c }
	return n }
	NR == 1 { n = split_csv($0, head) } NR == row + 1 { split_csv($0, cell); for (i = 1; i <= n; i++) if (head[i] == name) print cell[i] }'; }
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; s = b < 0 ? -b : b; exit !(a != "" && b != "" && d <= t * s) }'; }
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && a + 0 <= b + 0) }'; }

mn-fetch --range 0:600 fashion-mnist >data.st || exit 1
mn-corrupt -q --labels 0.3 --seed 1 -o noisy.st data.st
mn-train --net mlp:24,16 --epochs 15 --lr 0.1 --seed 1 noisy.st >model.st || exit 1
mn-train --net fc20/tanh/fc12/tanh/fc10 --epochs 10 --lr 0.2 --seed 1 data.st >smooth.st || exit 1

check 'runs' mn-hessian --data noisy.st model.st >table.csv 2>err
check 'and says nothing' test ! -s err
check 'the columns' grep -q ',epoch,status,condition,data,rows,size,method,statistic,which,rank,value,std_error,residual,iterations,products,converged,loss,accuracy,weight_norm$' table.csv
check 'converged' test "$(field converged <table.csv)" = 1
check 'to the tolerance' at_most "$(field residual <table.csv)" 0.001
check 'in few products' at_most "$(field products <table.csv)" 20
check 'on all rows' test "$(field rows <table.csv) $(field size <table.csv)" = 'all 600'
mn-eval --data noisy.st model.st >eval.csv
check "the loss is mn-eval's" near "$(field loss <table.csv)" "$(field loss <eval.csv)" 1e-6
check "the accuracy is mn-eval's" test "$(field accuracy <table.csv)" = "$(field accuracy <eval.csv)"

if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	for model in model smooth; do
		data=noisy.st
		[ $model = model ] || data=data.st
		read -r value residual < <(reference power $data $model.st)
		check "$model: the reference converged" at_most "$residual" 1e-4
		mn-hessian --data $data --tolerance 1e-5 $model.st >tight.csv
		check "$model: lanczos gives numpy's value" near "$(field value <tight.csv)" "$value" 1e-4
		check "$model: so does power iteration" near "$(mn-hessian --data $data --method power --max-iterations 1000 $model.st | field value)" "$value" 1e-4
		mn-hessian --data $data --which both --top 4 --vectors vectors.st $model.st >top.csv
		read -r worst skew < <(reference vectors $data $model.st vectors.st)
		check "$model: eight vectors are numpy's eigenvectors too" at_most "$worst" 0.00101
		check "$model: and orthonormal" at_most "$skew" 1e-5
		check "$model: all of them converged" test "$(for i in 1 2 3 4 5 6 7 8; do field converged $i <top.csv; done | tr -d '\n')" = 11111111
	done
	reference zero data.st zero.st
	check 'softmax regression at W = 0' near "$(mn-hessian --data data.st --tolerance 1e-5 zero.st | field value)" "$(reference moments data.st)" 1e-6
	mn-hessian --data data.st --top 10 --tolerance 1e-5 zero.st >zero.csv
	check 'its largest eigenvalue nine times' near "$(field value 9 <zero.csv)" "$(field value 1 <zero.csv)" 1e-5
	check 'and not ten times' at_most "$(field value 10 <zero.csv)" "$(awk -v a="$(field value 1 <zero.csv)" 'BEGIN { print a / 2 }')"
else
	skip 'no numpy: the independent Hessian'
fi

# Whatever the random start, the values agree to their residuals.
for seed in 1 2 3 4 5 6 7 8 9 10; do mn-hessian --data noisy.st --seed $seed model.st | tail -n 1; done >seeds
{ head -n 1 table.csv; cat seeds; } >seeds.csv
spread=$(for i in 1 2 3 4 5 6 7 8 9 10; do field value $i <seeds.csv; done | sort -g | awk 'NR == 1 { low = $1 } { high = $1 } END { print (high - low) / high }')
check 'ten starts agree' at_most "$spread" 0.002

mn-hessian --data noisy.st --threads 3 --which both --top 3 --trace --sharpness 1e-3 --density d3.csv --vectors v3.st model.st >t3.csv
check 'all measures at once' mn-hessian --data noisy.st --which both --top 3 --trace --sharpness 1e-3 --density d1.csv --vectors v1.st model.st >t1.csv
check 'the same bytes with 3 threads' cmp t1.csv t3.csv
check 'in the density' cmp d1.csv d3.csv
check 'in the vectors' cmp v1.st v3.st
check 'six eigenvalues, a trace, two sharpnesses' test "$(wc -l <t1.csv)" = 10
check 'the trace is near the sum of the density' near "$(field value 7 <t1.csv)" "$(awk -F, -v n="$(field parameters <t1.csv)" 'NR > 1 { s += $1 * $2 } END { print n * s }' d1.csv)" 0.4
check 'the weights of the density sum to 1' near "$(awk -F, 'NR > 1 { s += $2 } END { printf "%.12g", s }' d1.csv)" 1 1e-6
mn-hessian --data noisy.st --top 0 --density smooth.csv --density-width 0.05 model.st >none.csv
check 'so does the blurred one' near "$(awk -F, 'NR == 2 { a = $1 } NR == 3 { b = $1 } NR > 1 { s += $2 } END { printf "%.12g", s * (b - a) }' smooth.csv)" 1 1e-5
check 'top 0: no rows' test "$(wc -l <none.csv)" = 1
check 'sharpness is positive' at_most 0 "$(field value 8 <t1.csv)"
check 'vectors are described' mn-hessian --describe v1.st >described
check 'with the command that made them' grep -q -e '--which both --top 3' described

mn-hessian --data noisy.st --rows clean model.st >clean.csv
mn-hessian --data noisy.st --rows noisy model.st >wrong.csv
check 'clean and noisy rows' test "$(field size <clean.csv) $(field size <wrong.csv)" = '420 180'
mn-hessian --data data.st --rows noisy model.st >empty.csv
check 'none of the kind: one row, size 0, no value' test "$(field size <empty.csv)$(field value <empty.csv)$(wc -l <empty.csv)" = 02

check 'on-line' mn-hessian -q --data noisy.st --method online --product exact --anneal 0.003 --max-iterations 600 model.st >online.csv
check 'the reading is near the eigenvalue' near "$(field value <online.csv)" "$(field value <table.csv)" 0.03
mn-hessian -q --data data.st --method online --anneal 0.003 --max-iterations 600 smooth.st >online-smooth.csv
check 'a smooth net: with finite differences too' near "$(field value <online-smooth.csv)" "$(mn-hessian --data data.st smooth.st | field value)" 0.1
check 'its floor is below it' at_most "$(field std_error <online.csv)" "$(field value <online.csv)"
check 'it closes with a Rayleigh quotient' test "$(field which 2 <online.csv)" = rayleigh
mn-hessian --data noisy.st --method online model.st >online.csv 2>err
check 'it says reading, floor and residual' grep -q 'reading .*, noise floor .* residual' err
check 'power with finite differences runs' mn-hessian -q --data data.st --method power --product difference smooth.st >difference.csv
check 'a smooth net: within its first order' near "$(field value <difference.csv)" "$(mn-hessian --data data.st smooth.st | field value)" 0.03
mn-hessian --data noisy.st --top 5 --max-iterations 3 model.st >short.csv 2>err
check 'cut short: it says so' grep -q 'asked for were found after 3 iterations, [1-9] of them not converged' err
check 'and in the table' test "$(field converged 2 <short.csv)" = 0
mn-hessian --data noisy.st --max-iterations 3 model.st 2>err >short.csv
check 'of one, too' grep -q '1 of 1 eigenvalues have not converged after 3 iterations' err
mn-hessian --data data.st --which both --top 20 --max-iterations 12 smooth.st >few.csv 2>err
found=$(($(wc -l <few.csv) - 1))
check 'fewer than were asked for' test $found -lt 40 -a $found -gt 0
check 'it says how many, and how many of them have not converged' grep -q \
	": $found of the 40 eigenvalues asked for were found after 12 iterations, $(for i in $(seq $found); do field converged $i <few.csv; done | grep -c 0) of them not converged" err

mn-train --net mlp:8 --epochs 3 --weight-decay 0.05 --seed 1 data.st >decay.st
with=$(mn-hessian --data data.st --tolerance 1e-5 decay.st | field value)
without=$(mn-hessian --data data.st --tolerance 1e-5 --no-weight-decay decay.st | field value)
check 'the decay term raises the eigenvalue by at most its coefficient' awk -v a="$with" -v b="$without" 'BEGIN { d = a - b; exit !(d > 0.01 && d <= 0.0501) }'
mn-train -q --net mlp:8 --epochs 3 --lr 1e6 --weight-decay 1e6 --keep-diverged data.st >diverged.st
check 'a diverged model: a row without a value' mn-hessian --data data.st diverged.st >diverged.csv
check 'that says so' test "$(field status <diverged.csv)$(field value <diverged.csv)" = diverged
check 'two models' mn-hessian --data data.st decay.st smooth.st >two.csv
check 'two rows' test "$(wc -l <two.csv)" = 3
check 'a model through a pipe' mn-hessian --data data.st <decay.st >pipe.csv
mn-hessian --data data.st decay.st >file.csv
check 'gives the same row' cmp pipe.csv file.csv
check 'a progress line' mn-hessian --data data.st --progress always decay.st 2>progress >/dev/null
check 'with estimate and residual' grep -q 'estimate .*, residual ' progress

mn-fetch --range 0:10 --split test fashion-mnist >small.st
fails 2 'data' mn-hessian model.st
fails 2 'difference.*lanczos' mn-hessian --data data.st --product difference model.st
fails 2 "'both'" mn-hessian --data data.st --product both model.st
fails 2 'top 2: power' mn-hessian --data data.st --method power --top 2 model.st
fails 2 'which smallest: online' mn-hessian --data data.st --method online --which smallest model.st
fails 2 'anneal' mn-hessian --data data.st --method online --anneal 0.5 model.st
fails 2 'density: one model' mn-hessian --data data.st --density x.csv model.st decay.st
fails 2 'vectors' mn-hessian --data data.st --top 0 --vectors x.st model.st
fails 2 'nothing is asked for' mn-hessian --data data.st --top 0 model.st
fails 2 'nothing is asked for' mn-hessian --data data.st --method online --top 0 model.st
fails 2 'tolerance' mn-hessian --data data.st --tolerance 1e-3x model.st
fails 2 'standard input' mn-hessian --data - - </dev/null
fails 2 'standard output' mn-hessian --data data.st --density - model.st
fails 1 'missing.st' mn-hessian --data missing.st model.st
fails 1 'not a model|data.st' mn-hessian --data data.st data.st
fails 1 '/dev/full' mn-hessian --data data.st -o /dev/full decay.st
fails 1 '/dev/full' mn-hessian --data data.st --vectors /dev/full decay.st
fails 1 'MiB' mn-hessian --data data.st --memory 1 --density-steps 500 --density x.csv decay.st
check 'nothing was left behind' test ! -e x.csv -a ! -e x.st
