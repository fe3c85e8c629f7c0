# plan-least.awk - the least of several rounds of one calibration: awk -f plan-least.awk FILE.1 FILE.2 ... of lines "SETTING ROWS NOISE EPOCHS
# SECONDS SECONDS SECONDS". The files of a network have the same lines, and names that differ in the number at their end.
{
	line = FILENAME
	sub(/[0-9]+$/, FNR, line)
	if (!(line in setting)) {
		by_place[++lines] = line
		setting[line] = $1 " " $2 " " $3 " " $4
	}
	for (i = 5; i <= 7; i++)
		if (!((line, i) in least) || $i < least[line, i])
			least[line, i] = $i
}

END {
	for (i = 1; i <= lines; i++)
		print setting[by_place[i]], least[by_place[i], 5], least[by_place[i], 6], least[by_place[i], 7]
}
