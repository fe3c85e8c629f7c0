# curves.gp - accuracy by epoch, mean over seeds, the range of the seeds as a band: patterns first, memorizing later. A cross on the axis:
# where a run diverged; from there on the others' mean is drawn.
set terminal svg size 960,520 dynamic enhanced font "Helvetica,14" background rgb "white"
set multiplot layout 1,2 margins 0.09,0.98,0.27,0.84 spacing 0.12,0.1 \
	title sprintf("Learning curves: %s, %s rows, %s, %g%% noise", data, rows, net, 100 * real(level)) noenhanced
set xlabel "epoch"
set ylabel "accuracy (%)" offset 1
set logscale x 10
set xrange [1:epochs > 1 ? epochs : 10]
set yrange [0:101]

of(kind) = column(kind) > 0 ? column("epoch") : NaN
columns = "clean_accuracy noisy_accuracy noisy_true_accuracy validation_accuracy"
array label[4] = ["clean rows", "noisy rows, given label", "noisy rows, true label", "validation rows"]
stats [*:*] [*:*] csv using (column("train_loss_nonfinite")) nooutput name "gone"

do for [k = 1:2] {
	kind = k == 1 ? "label_noise" : "input_noise"
	set title (k == 1 ? "random labels" : "noise inputs (their labels are true)")
	if (k == 1) { set key at screen 0.5, 0.07 center maxrows 2 } else { unset key }
	plot 0 with lines lc rgb "#ffffffff" notitle, \
	     for [i = 1:4] csv using (k == 2 && i == 3 ? NaN : of(kind)):(100 * column(word(columns, i)."_min")):(100 * column(word(columns, i)."_max")) \
	       with filledcurves fc rgb colour[i] fs transparent solid 0.15 noborder notitle, \
	     for [i = 1:4] csv using (k == 2 && i == 3 ? NaN : of(kind)):(100 * column(word(columns, i)."_mean")) \
	       with lines lc rgb colour[i] lw 2 dt 1 + (i == 4) title label[i], \
	     csv using (column("train_loss_nonfinite") > 0 ? of(kind) : NaN):(0) with points lc rgb "#999999" lw 2 pt 2 ps 1.2 notitle, \
	     NaN with points lc rgb "#999999" lw 2 pt 2 ps 1.2 title gone_sum > 0 ? sprintf("diverged runs: %d", gone_sum) : ""
}
unset multiplot
