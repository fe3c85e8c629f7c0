. "$TESTS/lib.sh"

# same TEXT FILE COMMAND...: the command's standard output is the file's content.
same() {
	local text=$1 file=$2
	shift 2
	check "$text" diff "$file" <("$@")
}

# Figure 1. Accuracy by width 16, 64, 256; half a point below the best of 0.9 is 0.895: without noise width 16 is enough, with noise
# 0.5 width 256 is needed: 4 doublings more, 8 per unit of noise.
fig1() { # SEEDS
	echo dataset,label_noise,input_noise,width,seed,status,accuracy
	for s in $(seq "$1"); do
		for row in 0,16,0.895 0,64,0.9 0,256,0.9 0.5,16,0.7 0.5,64,0.75 0.5,256,0.8; do
			IFS=, read -r p w a <<<"$row"
			echo "toy,0,$p,$w,$s,finished,$a"
		done
	done
}
fig1 5 >fig1.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig1,noise needs more capacity,toy,inputs,0,width_needed,16,16,16,5,
fig1,noise needs more capacity,toy,inputs,0.5,width_needed,256,256,256,5,
fig1,noise needs more capacity,toy,inputs,0.5,log2_width_needed_minus_clean,4,4,4,5,holds
fig1,noise needs more capacity,toy,inputs,,log2_width_needed_per_noise,8,8,8,5,holds
fig1,accuracy grows with width,toy,inputs,0,accuracy_per_doubling,0.00125,0.00125,0.00125,5,holds
fig1,accuracy grows with width,toy,inputs,0.5,accuracy_per_doubling,0.025,0.025,0.025,5,holds
fig1,noise lowers accuracy,toy,inputs,0.5,best_accuracy_minus_clean,-0.1,-0.1,-0.1,5,holds
fig1,noise lowers accuracy,toy,inputs,,best_accuracy_per_noise,-0.2,-0.2,-0.2,5,holds
CSV
same 'Figure 1 by hand' want mn-summarize --claims fig1 fig1.csv
(head -1 fig1.csv; tail -n +2 fig1.csv | sort -r) >turned.csv
same 'whatever the order of the rows' want mn-summarize --claims fig1 turned.csv
fig1 3 >three.csv
check 'three seeds suggest' test "$(mn-summarize --claims fig1 three.csv | grep -c ',suggestive$')" -eq 6
fig1 2 >two.csv
check 'two seeds resolve nothing' test "$(mn-summarize --claims fig1 two.csv | grep -c ',not resolved$')" -eq 6
# The other way round: noise makes a small net enough.
sed 's/^toy,0,0,/toy,0,X,/; s/^toy,0,0.5,/toy,0,0,/; s/X/0.5/' fig1.csv >mirror.csv
check 'the contrary is said' grep -q 'log2_width_needed_minus_clean,-4,-4,-4,5,contradicted' <(mn-summarize --claims fig1 mirror.csv)
# One seed without clean runs, one diverged run: what is left counts.
grep -v '^toy,0,0,.*,5,finished' fig1.csv | sed 's/^\(toy,0,0.5,16,2,\)finished.*/\1diverged,0.1/' >holes.csv
check 'a seed without clean runs is not compared' grep -q 'minus_clean,4,4,4,4,suggestive' <(mn-summarize --claims fig1 holes.csv)
check 'a diverged run is left out' grep -q '0.5,accuracy_per_doubling,0.025,0.025,0.025,5,holds' <(mn-summarize --claims fig1 holes.csv)
sed 's/^toy,0,/toy,0.5,/' fig1.csv | tail -1 | cat fig1.csv - >both.csv
fails 1 'both.csv: line 32: noise in labels and inputs' mn-summarize --claims fig1 both.csv
tail -1 fig1.csv | cat fig1.csv - >double.csv
fails 1 'two runs with noise 0.5 in inputs, 256 on the horizontal axis and seed 5' mn-summarize --claims fig1 double.csv
sed '3s/toy/other/' fig1.csv >sets.csv
fails 1 "sets.csv: line 3: data set 'other' after 'toy'" mn-summarize --claims fig1 sets.csv
fails 2 'claims' mn-summarize --claims fig9 fig1.csv
fails 2 'takes no --by' mn-summarize --claims fig1 --by width fig1.csv
fails 2 'two steps' mn-summarize --claims fig1 --censored fig1.csv
