# fig3-left.gp - the largest Hessian eigenvalue against the noise fraction, at the end of training and at matched loss: median over seeds,
# and from the least to the greatest as a bar; the two kinds of noise stand a little apart. Hollow: runs that did not reach that loss, as
# they were at their end. A cross on the axis: runs that diverged, which have no eigenvalue. One that did not converge, or is
# not positive, is not drawn but counted.
set terminal svg size 960,540 dynamic enhanced font "Helvetica,14" background rgb "white"
set multiplot layout 1,2 margins 0.08,0.98,0.27,0.85 spacing 0.12,0.1 title sprintf("Sharpness: %s, %s rows, %s", data, rows, net) noenhanced
set xlabel "fraction of noise"
set ylabel "largest eigenvalue of the Hessian"
set logscale y
set format y "%g"
set xrange [-0.05:1.05]

array name[2] = ["noise inputs", "random labels"]
array hollow[2] = [6, 4]
x(kind) = column(kind == 1 ? "label_noise" : "input_noise") > 0 ? NaN : column(kind == 1 ? "input_noise" : "label_noise") + 0.016 * (kind - 1.5)
all(condition) = strcol("rows") eq "all" && strcol("condition") eq condition
drawn(condition) = all(condition) && strcol("converged") eq "1" && column("value_median") > 0
y(condition) = drawn(condition) ? column("value_median") : NaN
low(bottom) = column("value_min") > 0 ? column("value_min") : bottom
diverged(condition) = all(condition) && strcol("status") eq "diverged"

stats [*:*] [*:*] csv using (drawn("unmet")) nooutput name "unmet"
stats [*:*] [*:*] csv using (diverged("") ? column("weight_norm_n") : 0) nooutput name "gone"
stats [*:*] [*:*] csv using (strcol("rows") eq "all" && (strcol("converged") eq "0" || column("value_median") <= 0) && strcol("condition") ne "unmet" ? column("value_n") : 0) \
	nooutput name "hidden"
do for [panel = 1:2] {
	which = panel == 1 ? "" : "loss<".matched
	set title (panel == 1 ? "at the end of training" : "at the first epoch with a loss below ".matched) noenhanced
	in_panel(column) = drawn(which) || panel == 2 && drawn("unmet")
	stats [*:*] [*:*] csv using (in_panel(0) ? log10(low(column("value_median"))) : 99):(in_panel(0) ? log10(column("value_max")) : -99) nooutput name "log"
	# At least a decade, so that small differences look small; where there is nothing to draw, the one around 1.
	middle = log_min_x > log_max_y ? 0 : (log_min_x + log_max_y) / 2
	half = log_max_y - middle + 0.1 > 0.5 ? log_max_y - middle + 0.1 : 0.5
	bottom = 10 ** (middle - half)
	top = 10 ** (middle + half)
	set yrange [bottom:top]
	if (half < 1.5) { eval one_two_five } else { set ytics autofreq }
	if (panel == 1) { set key at screen 0.5, 0.07 center maxrows 2 } else { unset key }
	plot bottom with lines lc rgb "#ffffffff" notitle, \
	     for [k = 1:2] csv using (x(k)):(y(which)):(low(bottom)):(column("value_max")) with yerrorbars lc rgb colour[k + 1] pt mark[k] ps 0.8 notitle, \
	     for [k = 1:2] csv using (x(k)):(y(which)) with linespoints lc rgb colour[k + 1] lw 2 pt mark[k] ps 0.8 title name[k], \
	     for [k = 1:2] csv using (panel == 2 ? x(k) : NaN):(y("unmet")):(low(bottom)):(column("value_max")) \
	       with yerrorbars lc rgb colour[k + 1] pt hollow[k] ps 1 notitle, \
	     for [k = 1:2] csv using (diverged(panel == 1 ? "" : "unmet") ? x(k) : NaN):(bottom) with points lc rgb colour[k + 1] lw 2 pt 2 ps 1.2 notitle, \
	     NaN with points lc rgb "#999999" pt 6 ps 1 title unmet_max == 1 ? "not below ".matched.": at the end" : "", \
	     NaN with points lc rgb "#999999" lw 2 pt 2 ps 1.2 title gone_sum > 0 ? sprintf("diverged runs: %d", gone_sum) : "", \
	     NaN with lines lc rgb "#ffffffff" title hidden_sum > 0 ? sprintf("%d not converged or not > 0", hidden_sum) : ""
}
unset multiplot
