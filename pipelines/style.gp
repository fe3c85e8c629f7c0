# style.gp - what all figures share: size, fonts, grid, and colours that colour-blind readers tell apart (Okabe & Ito 2008).
set terminal svg size 720,480 dynamic enhanced font "Helvetica,14" background rgb "white"
set output svg
set datafile separator comma
set datafile missing NaN
set key outside right top Left reverse samplen 2 spacing 1.2
set grid lc rgb "#dddddd" lw 1
set border 3
set tics nomirror out
array colour[8] = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442"]
array mark[8] = [7, 5, 9, 11, 13, 4, 6, 8]
# For a logarithmic axis over few decades: eval one_two_five.
one_two_five = 'set ytics (); set for [decade = -9:9] for [digit in "1 2 5"] ytics add (real(digit) * 10.0 ** decade)'
