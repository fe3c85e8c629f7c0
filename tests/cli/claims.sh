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
fails 1 'two runs with noise 0.5, 256 on the horizontal axis and seed 5' mn-summarize --claims fig1 double.csv
sed '3s/toy/other/' fig1.csv >sets.csv
fails 1 "sets.csv: line 3: data set 'other' after 'toy'" mn-summarize --claims fig1 sets.csv
fails 2 'claims' mn-summarize --claims fig9 fig1.csv
fails 2 'takes no --by' mn-summarize --claims fig1 --by width fig1.csv
fails 2 'two steps' mn-summarize --claims fig1 --censored fig1.csv

# Figure 2, left: clean 8 epochs at width 16 and 4 at 64, an exponent of -1/2; noise 0.5 64 and 4, an exponent of -2 and 3 doublings more.
fig2() { # CENSORED (of the narrow net with noise)
	echo dataset,label_noise,input_noise,train_size,width,seed,time,censored
	for s in 1 2 3 4 5; do
		echo "toy,0,0,100,16,$s,8,0"
		echo "toy,0,0,100,64,$s,4,0"
		echo "toy,0.5,0,100,16,$s,64,$1"
		echo "toy,0.5,0,100,64,$s,4,0"
	done
}
fig2 0 >fig2.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig2-left,time falls with width,toy,labels,0,width_exponent,-0.5,-0.5,-0.5,5,holds
fig2-left,time falls with width,toy,labels,0.5,width_exponent,-2,-2,-2,5,holds
fig2-left,noise needs width more,toy,labels,0,log2_time_narrow_to_wide,1,1,1,5,
fig2-left,noise needs width more,toy,labels,0.5,log2_time_narrow_to_wide,4,4,4,5,
fig2-left,noise needs width more,toy,labels,0.5,log2_time_narrow_to_wide_minus_clean,3,3,3,5,holds
fig2-left,noise needs width more,toy,labels,,log2_time_narrow_to_wide_per_noise,6,6,6,5,holds
fig2-left,random labels take longer,toy,labels,0.5,log2_time_minus_clean,1.5,1.5,1.5,5,holds
CSV
same 'Figure 2 left by hand' want mn-summarize --claims fig2-left fig2.csv
fig2 1 >censored.csv
sed -i '/0.5,width_exponent/s/-2,-2,-2/-2,-inf,-2/; /narrow_to_wide,4/s/4,4,4/4,4,inf/; s/3,3,3/3,3,inf/; s/6,6,6/6,6,inf/; s/1.5,1.5,1.5/1.5,1.5,inf/' want
same 'a run that did not get there bounds the numbers from one side' want mn-summarize --claims fig2-left censored.csv
# The same numbers as sizes, turned round: 4 epochs at 16 rows, 8 at 64, with noise in inputs.
sed '1!s/toy,0.5,0,/toy,0,0.5,/; 1!s/,100,16,/,64,9,/; 1!s/,100,64,/,16,9,/' fig2.csv >sizes.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig2-right,time grows with size,toy,inputs,0,size_exponent,0.5,0.5,0.5,5,holds
fig2-right,time grows with size,toy,inputs,0.5,size_exponent,2,2,2,5,holds
fig2-right,noise feels size more,toy,inputs,0,log2_time_large_to_small,1,1,1,5,
fig2-right,noise feels size more,toy,inputs,0.5,log2_time_large_to_small,4,4,4,5,
fig2-right,noise feels size more,toy,inputs,0.5,log2_time_large_to_small_minus_clean,3,3,3,5,holds
fig2-right,noise feels size more,toy,inputs,,log2_time_large_to_small_per_noise,6,6,6,5,holds
fig2-right,random inputs take shorter,toy,inputs,0.5,log2_time_minus_clean,1.5,1.5,1.5,5,contradicted
CSV
same 'Figure 2 right by hand' want mn-summarize --claims fig2-right sizes.csv

# Figure 3, left: at the end 2 and, with noise 0.5, 8; one run came down to the matched loss in three seeds alone.
{
	echo dataset,label_noise,input_noise,seed,status,condition,rows,statistic,which,rank,value,converged
	for s in 1 2 3 4 5; do
		met='loss<0.1'
		[ $s -le 3 ] || met=unmet
		for p in 0 0.5; do
			echo "toy,0,$p,$s,finished,,all,eigenvalue,largest,1,$([ $p = 0 ] && echo 2 || echo 8),1"
			echo "toy,0,$p,$s,finished,,all,eigenvalue,largest,2,1,1"
			echo "toy,0,$p,$s,finished,,all,trace,,,100,1"
			echo "toy,0,$p,$s,finished,,noisy,eigenvalue,largest,1,$([ $p = 0 ] || echo 4),1"
			echo "toy,0,$p,$s,finished,$([ $p = 0 ] && echo 'loss<0.1' || echo "$met"),all,eigenvalue,largest,1,16,1"
		done
	done
} >fig3.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig3-left,noise sharpens the end,toy,inputs,0,eigenvalue_end_all,2,2,2,5,
fig3-left,noise sharpens the end,toy,inputs,0.5,eigenvalue_end_all,8,8,8,5,
fig3-left,noise sharpens the end,toy,inputs,0.5,log2_eigenvalue_end_all_minus_clean,2,2,2,5,holds
fig3-left,noise sharpens the end,toy,inputs,,log2_eigenvalue_end_all_per_noise,4,4,4,5,holds
fig3-left,noise sharpens the end,toy,inputs,0.5,eigenvalue_end_noisy,4,4,4,5,
fig3-left,noise sharpens at matched loss,toy,inputs,0,eigenvalue_matched_all,16,16,16,5,
fig3-left,noise sharpens at matched loss,toy,inputs,0.5,eigenvalue_matched_all,16,16,16,3,
fig3-left,noise sharpens at matched loss,toy,inputs,0.5,log2_eigenvalue_matched_all_minus_clean,0,0,0,3,not resolved
fig3-left,noise sharpens at matched loss,toy,inputs,,log2_eigenvalue_matched_all_per_noise,0,0,0,3,not resolved
CSV
same 'Figure 3 left by hand' want mn-summarize --claims fig3-left fig3.csv

# Learning curves: half of the clean rows are right at epoch 2, of the noisy ones at epoch 4 (never in seed 3), one doubling; of the noisy rows
# 0.75 have their true label at the peak, 0.25 at the end.
{
	echo dataset,label_noise,input_noise,seed,epoch,clean_accuracy,noisy_accuracy,noisy_true_accuracy
	for s in 1 2 3; do
		late=0.5
		[ $s -ne 3 ] || late=0.4
		printf "toy,0.5,0,$s,%s\n" 1,0.25,0,0.5 2,0.5,0.25,0.75 3,1,0.25,0.5 "4,1,$late,0.25"
		echo "toy,0,0,$s,1,0.9,,"
	done
} >curves.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
curves,noise is learned later,toy,labels,0.5,log2_half_time_noisy_to_clean,1,1,inf,3,suggestive
curves,true labels are learned before given ones,toy,labels,0.5,noisy_true_accuracy_peak_minus_final,0.5,0.5,0.5,3,suggestive
CSV
same 'learning curves by hand' want mn-summarize --claims curves curves.csv
fails 1 'epoch 1 after epoch 4' mn-summarize --claims curves curves.csv curves.csv
