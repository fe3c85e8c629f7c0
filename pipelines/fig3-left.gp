# fig3-left.gp - the largest Hessian eigenvalue against the noise fraction: at the end of training, and at matched loss.
# Crosses: runs that did not reach that loss, as they were at their end.
set terminal svg size 960,480 dynamic enhanced font "Helvetica,14" background rgb "white"
set multiplot layout 1,2 title sprintf("Sharpness: %s, %s rows, %s", data, rows, net) noenhanced
set xlabel "fraction of noise"
set ylabel "largest eigenvalue of the Hessian"
set logscale y
set format y "%g"
set xrange [-0.05:1.05]
set key inside top left

is(part, which) = strcol("rows") eq part && strcol("status") ne "diverged" && strcol("condition") eq which
inputs(which) = is("all", which) && column("label_noise") == 0 ? column("input_noise") : NaN
labels(which) = is("all", which) && column("input_noise") == 0 ? column("label_noise") : NaN
stats csv using (strcol("condition") eq "unmet") nooutput name "unmet"
do for [panel = 1:2] {
	which = panel == 1 ? "" : "loss<".matched
	set title (panel == 1 ? "at the end of training" : "at the first epoch with a loss below ".matched) noenhanced
	plot csv using (inputs(which)):(column("value_mean")):(column("value_ci95_low")):(column("value_ci95_high")) \
	       with yerrorbars lc rgb colour[2] pt mark[1] ps 0.8 notitle, \
	     csv using (inputs(which)):(column("value_mean")) with linespoints lc rgb colour[2] lw 2 pt mark[1] ps 0.8 title "noise inputs", \
	     csv using (labels(which)):(column("value_mean")):(column("value_ci95_low")):(column("value_ci95_high")) \
	       with yerrorbars lc rgb colour[3] pt mark[2] ps 0.8 notitle, \
	     csv using (labels(which)):(column("value_mean")) with linespoints lc rgb colour[3] lw 2 pt mark[2] ps 0.8 title "random labels", \
	     csv using (panel == 2 ? inputs("unmet") : NaN):(column("value_mean")) with points lc rgb colour[2] pt 2 ps 1 notitle, \
	     csv using (panel == 2 ? labels("unmet") : NaN):(column("value_mean")) with points lc rgb colour[3] pt 2 ps 1 notitle, \
	     for [i = 1:(panel == 2 ? unmet_max : 0)] NaN with points lc rgb "#999999" pt 2 ps 1 title "not below it: at the end"
}
unset multiplot
