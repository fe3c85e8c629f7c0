# The pipelines: a small Figure 1 from the source tree, its reruns, its interruption, and a run that fails.
. "$TESTS/lib.sh"
figures=${TESTS%/tests}/pipelines/figures.mk
bin=$(dirname "$(command -v mn-train)")
small=(BIN="$bin" JOBS=2 FIG1_ROWS=200 FIG1_WIDTHS='4 8' FIG1_NOISE='0 0.5' FIG1_EPOCHS=2)

# The figure with these settings; quiet, its output kept for a look.
fig1() {
	make -f "$figures" fig1 "${small[@]}" "$@" >out.txt 2>err.txt
}

models() {
	find out/runs/model -name '*.st' -printf '%f %T@ %i\n' | sort
}

jobs=${TESTS%/tests}/pipelines/jobs
check 'a sweep within a sweep has all cores, too' test "$(OMP_NUM_THREADS=1 "$jobs" 1 1)" -eq "$(env -u OMP_NUM_THREADS nproc)"
check 'and jobs that fit into memory' test "$("$jobs" 1 1000000000)" -eq 1

check 'a figure is made' fig1 SEEDS='1 2 3'
for file in fig1.csv fig1-claims.csv fig1.svg; do
	check "it has $file" test -s "out/demo/$file"
done
check 'twelve models' test "$(models | wc -l)" -eq 12
check 'its table has a row a width and noise level' test "$(wc -l <out/demo/fig1.csv)" -eq 5
check 'it prints the paths' grep -q '^out/demo/fig1.svg$' out.txt
check 'progress shows the end' grep -q '24 of 24 steps' err.txt

cp -r out before
models >models.txt
check 'a second run ends well' fig1 SEEDS='1 2 3'
check 'it trains nothing' cmp models.txt <(models)
check 'and changes nothing' diff -r --exclude='*.log' before out

check 'another seed' fig1 SEEDS='1 2 3 4'
check 'trains only that seed' cmp models.txt <(models | grep -v '_sd4\.st')
check 'which is four models more' test "$(models | wc -l)" -eq 16

check 'a smaller grid summarizes anew' fig1 SEEDS='1 2 3'
check 'with the first bytes' diff -r --exclude='*.log' before/demo out/demo

# Kill make and all its children in the middle; the next make ends with the same bytes.
rm -rf out
setsid make -f "$figures" fig1 "${small[@]}" SEEDS='1 2 3' FIG1_EPOCHS=2 >/dev/null 2>&1 &
group=$!
for ((i = 0; i < 100; i++)); do
	if [ "$(find out/runs/model -name '[!.]*.st' 2>/dev/null | wc -l)" -ge 2 ]; then break; fi
	sleep 0.05
done
kill -9 -- -"$group" 2>/dev/null
wait "$group" 2>/dev/null
check 'after kill -9 the figure is made' fig1 SEEDS='1 2 3'
check 'with the same bytes' diff -r --exclude='*.log' --exclude='checkpoint' before out

# Two makes of the same figure in the same folder: each training runs once.
rm -rf out
make -f "$figures" fig1 "${small[@]}" SEEDS="1 2 3" >out.3.txt 2>err.3.txt &
other=$!
check 'a make beside another ends well' make -f "$figures" fig1 "${small[@]}" SEEDS='1 2 3' >out.2.txt 2>err.2.txt
wait $other
check 'and so does the other' test $? -eq 0
check 'with the same bytes' diff -r --exclude='*.log' before out
check 'each training was done once' test "$(cat out/runs/job/model/*.log | grep -c '^exit 0$')" -eq 12

# Every run through something like ssh: another folder, another environment, a shell that reads the words once more.
cat >away <<'END'
#!/bin/sh
echo "$1" >>away.log
shift
cd / && exec env -i PATH=/usr/bin:/bin sh -c "$*"
END
chmod +x away
rm -rf out
check 'a figure by another way to run' make -f "$figures" -j2 fig1 "${small[@]}" SEEDS='1 2 3' LAUNCH="$PWD/away "'$(MEM_MB)' >out.txt 2>err.txt
check 'has the same bytes' diff -r --exclude='*.log' before out
check 'every training and evaluation went that way' test "$(wc -l <away.log)" -eq 24
check 'each with its memory' test -z "$(grep -Ev '^[1-9][0-9]+$' away.log)"
log=out/runs/job/model/fashion-mnist_nr200_in0_ds1_ntmlp4x4_ep2_bs32_lr0.05_sd1.log
check "a run's log has its command" grep -q '^\$ .*/mn-train -q .* --net mlp:4,4 ' "$log"
check 'its time and memory' grep -Eq '^[0-9.]+ s, [0-9.]+ \+ [0-9.]+ s of a processor, [1-9][0-9]* KiB at most$' "$log"
check 'and its end' test "$(tail -n 1 "$log")" = 'exit 0'
check 'two models in an argument' make -s -f "$figures" "${small[@]}" LAUNCH="$PWD/away 1" \
	out/runs/end/fashion-mnist_nr200_in0_ds1_ntmlp4x4_ep2_bs32_lr0.05_sl9_sd1.st
check 'the one of a condition is met' mn-train --describe out/runs/matched/fashion-mnist_nr200_in0_ds1_ntmlp4x4_ep2_bs32_lr0.05_sl9_sd1.st >described.txt
check 'as it was asked for' grep -q 'loss<9' described.txt

# A job array whose tasks begin without anything of the make that submitted them: what they need of its settings is in their script.
cat >sbatch <<'END'
#!/bin/bash
cd "${1#--chdir=}" || exit 1
count=$(sed -n 's/.*--array=1-\([0-9]*\) .*/\1/p' "$2")
for ((task = 1; task <= count; task++)); do env -i PATH=/usr/bin:/bin SLURM_ARRAY_TASK_ID=$task bash "$2" || exit 1; done
END
chmod +x sbatch
fig3r=(FIG3R_NET=mine NET_mine=conv2k3s4/relu/fc10 FIG3R_ROWS=100 FIG3R_VALIDATION=100 FIG3R_DROPOUT= FIG3R_INPUT_DROPOUT=0.5 FIG3R_NOISE=
	FIG3R_DECAY= FIG3R_EPOCHS=2 CHECKPOINT_EVERY=1 SEEDS=7)
rm -rf out
check 'settings reach the tasks of a job array' make -f "$figures" -j2 submit BIN="$bin" "${fig3r[@]}" WANTED=fig3-right SBATCH="$PWD/sbatch" \
	LAUNCH=false >out.txt 2>err.txt
check 'a network of their own' grep -rq -- ' --net conv2k3s4/relu/fc10 .* --checkpoint-every 1' out/runs/job/model
check 'all runs arrive' grep -q '^fig3-right: 4 of 4 runs$' <(make -f "$figures" collect BIN="$bin" "${fig3r[@]}" WANTED=fig3-right 2>&1)

# SIGTERM reaches a training, which saves its checkpoint; then the run goes on from it.
long=fashion-mnist_nr200_in0_ds1_ntmlp64x64_ep2000_bs32_lr0.05_sd1
make -s -f "$figures" "${small[@]}" "out/runs/model/$long.st" >term.txt 2>&1 &
for ((i = 0; i < 400; i++)); do
	if grep -qs '^process' "out/runs/job/model/$long.log"; then break; fi
	sleep 0.05
done
sleep 0.5
kill $!
wait $!
check 'an ended training says so' grep -q '^ended by SIGTERM$' "out/runs/job/model/$long.log"
check 'and how much memory it took' grep -q 'KiB at most$' "out/runs/job/model/$long.log"
check 'and has saved itself' test -s "out/runs/checkpoint/model/$long.st"
rm -f "out/runs/checkpoint/model/$long.st"

# A checkpoint of another run, or one whose log is gone, is not a trap.
run=fashion-mnist_nr200_in0_ds1_ntmlp4x4_ep2_bs32_lr0.05_sd1
mkdir -p out/runs/checkpoint/model out/runs/checkpoint/until
rm -f "out/runs/model/$run.st" "out/runs/eval/$run.csv"
mn-train -q --net mlp:5 --epochs 1 --checkpoint "out/runs/checkpoint/model/$run.st" out/runs/data/fashion-mnist_nr200_in0_ds1.st >other.st
check 'a checkpoint of another run does not stop it' fig1 SEEDS='1 2 3'
check 'with the same bytes' cmp "before/runs/model/$run.st" "out/runs/model/$run.st"
check 'it is kept' test -s "out/runs/checkpoint/model/$run.st.refused"
until=fashion-mnist_nr200_in0_ds1_ntmlp4x4_ep3_bs32_lr0.05_un1_sd1
check 'a run with a log' make -s -f "$figures" "${small[@]}" "out/runs/until/$until.st"
cp "out/runs/until/$until.log" want.log
mn-train -q --keep-diverged --evaluate needed --net mlp:4,4 --epochs 1 --batch 32 --lr 0.05 --until-accuracy 1 --seed 1 --log other.csv \
	--checkpoint "out/runs/checkpoint/until/$until.st" out/runs/data/fashion-mnist_nr200_in0_ds1.st >other.st
rm "out/runs/until/$until".*
check 'a lost log does not stop it' make -s -f "$figures" "${small[@]}" "out/runs/until/$until.st"
check 'and the log is the same' cmp want.log "out/runs/until/$until.log"

# A run that cannot work does not stop the others.
rm -rf out
mkdir -p out/runs/data
echo nonsense >out/runs/data/fashion-mnist_nr200_in0.5_ds2.st
touch -d tomorrow out/runs/data/fashion-mnist_nr200_in0.5_ds2.st
fig1 SEEDS='1 2 3'
check 'a failed run fails the figure' test $? -ne 0
check 'the failed runs are named' grep -q 'failed: fashion-mnist_nr200_in0.5_ds2_ntmlp4x4.*exit 1: mn-train: .*\.st: ' err.txt
check 'the others were made' test "$(models | wc -l)" -eq 10
check 'and are in the table' test -s out/demo/fig1.csv

# Figure 2: both halves, from the same logs' times; runs that are not done within the epochs are censored.
rm -rf out
check 'both halves of Figure 2 are made' make -f "$figures" fig2 BIN="$bin" JOBS=2 SEEDS='1 2 3' FIG2L_ROWS=50 FIG2L_WIDTHS='2 16' \
	FIG2L_NOISE='0 1' FIG2L_EPOCHS=100 FIG2L_LR=0.2 FIG2R_ROWS='25 50' FIG2R_NET=mlp16x16 FIG2R_NOISE='0 1' FIG2R_EPOCHS=100 FIG2R_LR=0.2 >out.txt 2>err.txt
for half in left right; do
	for file in fig2-$half.csv fig2-$half-claims.csv fig2-$half.svg; do
		check "it has $file" test -s "out/demo/$file"
	done
	check "fig2-$half has a row a place, level and kind" test "$(wc -l <out/demo/fig2-$half.csv)" -eq 7
done
check 'gnuplot has nothing to say' test ! -s <(grep -v -e '^fig2-' err.txt)
check 'two units are too few: three runs in three are censored' grep -q ',2,3,3,inf,inf,inf,' out/demo/fig2-left.csv
check 'the picture says so' grep -q '>at least that<' out/demo/fig2-left.svg
check 'and what was allowed' grep -q '>100 epochs allowed<' out/demo/fig2-left.svg
check 'it has no upper bound' test -z "$(grep 'at most' out/demo/fig2-left.svg)"
awk -F, -v OFS=, '$5 == 2 || $5 == 16 { $5 = 18 - $5 } { print }' out/demo/fig2-left.csv >other.csv # The widest net is the one that fails.
cp other.csv out/demo/fig2-left.csv
check 'a picture of such a table' make -s -f "$figures" BIN="$bin" SEEDS='1 2 3' FIG2L_ROWS=50 FIG2L_WIDTHS='2 16' FIG2L_NOISE='0 1' FIG2L_EPOCHS=100 \
	FIG2L_LR=0.2 out/demo/fig2-left.svg
check 'where that is unknown, ratios to it are upper bounds' grep -q '>at most that<' out/demo/fig2-left.svg
check 'the halves share runs\' test "$(find out/runs/until -name '*_nr50_*ntmlp16x16*.st' | wc -l)" -eq 9

# Figure 3, left: four lines a run and part of the rows, at the end and at matched loss, which only noise inputs come down to here.
rm -rf out
sharpness() {
	make -f "$figures" BIN="$bin" JOBS=2 SEEDS='1 2' FIG3L_ROWS=30 FIG3L_NET=mlp4 FIG3L_NOISE='0 1' FIG3L_EPOCHS=30 FIG3L_LOSS=1.9 FIG3L_LR=0.2 \
		"$@" >out.txt 2>err.txt
}
silent() { check 'gnuplot has nothing to say' test ! -s <(grep -v -E '^(fig[0-9a-z-]+|curves): [0-9]+ of ' err.txt); }
check 'Figure 3 (left) is made' sharpness fig3-left
silent
table=out/demo/fig3-left.csv
check 'a row a level and kind, part of the rows and model' test "$(wc -l <$table)" -eq 19
check 'noise inputs were measured at matched loss' test "$(grep -c '^fashion-mnist,30,1,0,[a-z]*,loss<1.9,finished,1,2,' $table)" -eq 2
check 'the others as they ended' test "$(grep -c ',unmet,finished,1,2,' $table)" -eq 4
check 'no clean row, no eigenvalue' grep -q '^fashion-mnist,30,0,1,clean,,finished,,0,,,,' $table
check 'eigenvalues that grow with noise' test "$(cut -d, -f6 out/demo/fig3-left-claims.csv | grep -c '^log2_eigenvalue_end_all_per_noise$')" -eq 2
check 'the picture says what the hollow points are' grep -q '>not below 1.9: at the end<' out/demo/fig3-left.svg
check 'and of no others' test -z "$(grep -E '>(diverged runs|[0-9]+ not converged)' out/demo/fig3-left.svg)"

# An eigenvalue that did not converge and a run that diverged are neither in the means nor unseen.
run=fashion-mnist_nr30_in1_ds1_ntmlp4_ep30_bs32_lr0.2_sl1.9_sd1
sed -i '2,$s/,1\(,[^,]*,[^,]*,[^,]*\)$/,0\1/' out/runs/hessian-all/$run.csv
run=fashion-mnist_nr30_la1_ds2_ntmlp4_ep30_bs32_lr0.2_sl1.9_sd2
diverge='2,$s/,finished,\(.*,largest\),.*,\([^,]*\)$/,diverged,\1,,,,,,,,nan,0.1,\2/'
sed -i "$diverge" out/runs/hessian-all/$run.csv
rm $table
check 'a changed table makes the picture anew' sharpness fig3-left-results
silent
check 'no convergence is a group of its own' grep -q '^fashion-mnist,30,1,0,all,,finished,0,1,' $table
check 'so is divergence, without values' grep -q '^fashion-mnist,30,0,1,all,,diverged,,0,,,,0,' $table
check 'the picture counts the one, of both models' grep -q '>2 not converged or not ' out/demo/fig3-left.svg
check 'and the other' grep -q '>diverged runs: 1<' out/demo/fig3-left.svg

sed -i "$diverge" out/runs/hessian-all/*.csv
rm $table
check 'where all runs diverged, there is a picture, too' sharpness fig3-left-results
silent
check 'that says so' grep -q '>diverged runs: 6<' out/demo/fig3-left.svg
check 'where no run works, the figure fails' test "$(sharpness fig3-left OUT=wild SEEDS=1 FIG3L_NOISE=0 FIG3L_LR=1e8; echo $?)" -eq 2
check 'it says so' grep -qx 'fig3-left: there is none of its runs, so there are no results' err.txt
check 'and why' grep -q "^failed: .*: mn-train: --lr: '1e8'" err.txt

# Figure 3, right: the runs without a regularizer are shared by all four, and what there is of an interrupted sweep is shown.
regularizers() {
	make -f "$figures" BIN="$bin" JOBS=2 SEEDS='1 2' FIG3R_ROWS=50 FIG3R_VALIDATION=100 FIG3R_NET=mlp8 FIG3R_EPOCHS=3 FIG3R_DROPOUT=0.5 \
		FIG3R_INPUT_DROPOUT='0.5 0.9' FIG3R_NOISE=1 FIG3R_DECAY=0.01 "$@" >out.txt 2>err.txt
}
check 'Figure 3 (right) is made' regularizers fig3-right
for file in fig3-right.csv fig3-right-claims.csv fig3-right.svg; do
	check "it has $file" test -s "out/demo/$file"
done
check 'a row a regularizer and value' test "$(wc -l <out/demo/fig3-right.csv)" -eq 10
check 'each with both kinds of runs of both seeds' test "$(cut -d, -f1,2,5,9,13,17,18 out/demo/fig3-right.csv | grep -c '^fashion-mnist,50,2,2,2,0,0$')" -eq 9
check 'of six runs a seed and kind' test "$(models | wc -l)" -eq 12 -a "$(find out/runs/best -name '*_nv100_*.csv' | wc -l)" -eq 12
check 'gnuplot has nothing to say' test ! -s <(grep -v -e '^fig3-right: ' err.txt)
check 'the last values come last' grep -q _id0.9_sd2 <(tail -1 out/demo/.fig3-right.runs)
for file in $(tail -7 out/demo/.fig3-right.runs); do rm "$file"; done
check 'what there is can be shown' regularizers fig3-right-results
check 'with fewer seeds' test "$(cut -d, -f3-5,9 out/demo/fig3-right.csv | grep -c ',1,1$')" -eq 3
rm out/runs/best/*.csv
check 'without any run on real labels, too' regularizers fig3-right-results

# The demo's net without a regularizer learns random labels, or its figure could not show what regularizers do. Too long under sanitizers.
if [[ ${BUILD:-} != *asan* ]]; then
	run=$(make -s -f "$figures" BIN="$bin" --eval='first: ; @echo $(firstword $(RUNS_fig3-right))' first)
	check "the demo's first run is made" make -s -f "$figures" BIN="$bin" "$run"
	accuracy=$(mn-summarize --value noisy_accuracy --stat min "$run" | tail -1)
	check "it has random labels right to 95%: $accuracy" awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.95) }'
fi

# Learning curves.
check 'learning curves are made' make -f "$figures" curves BIN="$bin" JOBS=2 CURVES_ROWS=50 CURVES_NET=mlp8x8 CURVES_EPOCHS=3 >out.txt 2>err.txt
for file in curves.csv curves-claims.csv curves.svg; do
	check "it has $file" test -s "out/demo/$file"
done
check 'a row an epoch and kind of noise' test "$(wc -l <out/demo/curves.csv)" -eq 7
silent
check 'no run diverged' test -z "$(grep '>diverged runs' out/demo/curves.svg)"
for file in out/runs/curve/*.csv; do # Each in its first epoch.
	sed -i '3,$d; 2s/,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*$/,nan,,,,,,/' "$file"
done
rm out/demo/curves.csv
check 'where all runs diverged, there is a picture' make -f "$figures" curves-results BIN="$bin" CURVES_ROWS=50 CURVES_NET=mlp8x8 CURVES_EPOCHS=3 >out.txt 2>err.txt
silent
check 'that says so' grep -q '>diverged runs: 6<' out/demo/curves.svg
