# cost.awk - what a run needs, from its name. With -v nets='KEY=NET ...' for the networks whose names are not of the kind mlp64x64.

# The value of a key of two letters in a run's name; the name's first word is the data set.
function get(name, key,    part, n, i)
{
	n = split(name, part, "_")
	for (i = 2; i <= n; i++)
		if (substr(part[i], 1, 2) == key)
			return substr(part[i], 3)
	return ""
}

# What --net says for a key.
function net_of(key,    pair, n, i, at, net)
{
	if (key ~ /^mlp/) {
		net = "mlp:" substr(key, 4)
		gsub(/x/, ",", net)
		return net
	}
	n = split(nets, pair, " ")
	for (i = 1; i <= n; i++) {
		at = index(pair[i], "=")
		if (substr(pair[i], 1, at - 1) == key)
			net = substr(pair[i], at + 1)
	}
	return net
}

# The layers that have a size.
function layers_of(key,    net)
{
	net = net_of(key)
	if (sub(/^mlp:/, "fc", net))
		gsub(/,/, "/fc", net)
	if (key ~ /^mlp/)
		return net "/fc10"
	if (net == "alexnet")
		return "conv64k5/pool3s2/lrn/conv64k5/pool3s2/lrn/fc384/fc192/fc10"
	if (net == "alexnet-bn")
		return "conv200k5/bn/pool3s2/conv200k5/bn/pool3s2/fc384/bn/fc192/bn/fc10"
	return net
}

# What a run's time for a row depends on: its network, batch, input and momentum; with drawn also whether it drops or adds noise.
function setting(name, drawn)
{
	return get(name, "nt") ",bs" get(name, "bs") ",ip" get(name, "ip") ",mo" get(name, "mo") \
	       (drawn && get(name, "dr") != "" ? ",dr" : "") (drawn && get(name, "id") != "" ? ",id" : "") (drawn && get(name, "gn") != "" ? ",gn" : "")
}

function letter(word, which, otherwise)
{
	return match(word, "[0-9]" which "[0-9]+") ? substr(word, RSTART + 2, RLENGTH - 2) + 0 : otherwise
}

function up(x) { return x == int(x) ? x : int(x) + 1 }

# Sets for the run's network: parameters, products (multiplications of one row forwards), first (those of the layer that reads the pixels),
# values (numbers that a row is on its way).
function count(name,    word, n, i, channels, side, k, width, here)
{
	parameters = products = first = values = 0
	channels = name ~ /^cifar/ ? 3 : 1
	side = 28
	n = split(layers_of(get(name, "nt")), word, "/")
	for (i = 1; i <= n; i++) {
		width = word[i]
		sub(/^[a-z]+/, "", width)
		width += 0
		if (word[i] ~ /^(fc|conv)/) {
			if (word[i] ~ /^fc/) {
				k = channels * side * side
				side = 1
			} else {
				k = channels * letter(word[i], "k", 3) ^ 2
				side = up(side / letter(word[i], "s", 1))
			}
			here = k * width * side * side
			parameters += (k + 1) * width
			products += here
			if (!first)
				first = here
			channels = width
		} else if (word[i] ~ /^pool/)
			side = up(side / letter(word[i], "s", 1))
		else if (word[i] ~ /^bn/)
			parameters += 2 * channels
		values += channels * side * side
	}
}

# Bytes of a data set: pixels of bytes, or after noise in the inputs of four bytes.
function data_bytes(name, rows)
{
	return rows * ((name ~ /^cifar/ ? 3072 : 784) * (get(name, "in") > 0 ? 4 : 1) + 20)
}

# MiB that a step may need at most (measured: the data, weights and gradient, those of a model that is saved on the way; the Lanczos vectors
# of mn-hessian, --memory 2048 by default; a batch of up to 128 rows; libraries), with an eighth to spare.
function memory(stage, name,    models, bytes)
{
	count(name)
	models = 2 + (get(name, "mo") > 0) + 2 * (get(name, "sl") != "")
	bytes = data_bytes(name, get(name, "nr")) + data_bytes("cifar", 10000)
	if (stage ~ /^hessian/) {
		models = 6
		bytes += 1048576 * (parameters * 4 * 200 > 2^31 ? 2048 : parameters * 800 / 1048576)
	}
	bytes += models * 4 * parameters + 128 * 4 * 6 * values
	return int(bytes / 1048576 * 1.125) + 48
}
