# plan-settings.awk - which short trainings tell what those of a list need: awk -v nets=... -v scratch=FOLDER -f cost.awk -f plan-settings.awk
#
# Writes FOLDER/PRODUCTS-N.net, one a network with its batch, input and momentum, of lines "SETTING DATA ROWS NOISE EPOCHS EVALUATE OPTIONS":
# the plain one first, then those with noise in the inputs and with regularizers that draw numbers.

function line(name, key, noise, extra,    rows, epochs)
{
	if ((file, key, noise) in seen)
		return
	seen[file, key, noise] = 1
	# About a seventh of a second, and no less than once more through the rows.
	rows = products <= 1e6 ? 256 : 128
	epochs = int(0.15 / (rows * (6 * products / 2e10 + 1e-6)))
	epochs = epochs < 1 ? 1 : epochs > 400 ? 400 : epochs
	print key, name_of, rows, noise, epochs, (noise == 0 && key == plain && (small || key !~ /^mlp/)), options extra >(scratch "/" file)
}

/\.st$/ {
	n = split($0, part, "/")
	name = part[n]
	sub(/\.st$/, "", name)
	name_of = name
	sub(/_.*/, "", name_of)
	count(name)
	if (products > 26e6)
		next # as fast for their size as the largest below
	small = products <= 6e6
	plain = setting(name, "")
	if (!((name_of, plain) in number))
		number[name_of, plain] = ++files
	file = products "-" number[name_of, plain] ".net"
	net = get(name, "nt")
	options = "--net " net_of(net) option(name, "bs", "batch") option(name, "ip", "input") option(name, "mo", "momentum")
	line(name, plain, 0, "")
	if (get(name, "in") > 0 && small)
		line(name, plain, 1, "")
	if (small)
		line(name, setting(name, "drawn"), 0, option(name, "dr", "dropout") option(name, "id", "input-dropout") \
		     option(name, "gn", "gaussian-noise"))
}

function option(name, key, word)
{
	return get(name, key) == "" ? "" : " --" word " " get(name, key)
}
