. "$TESTS/lib.sh"
# The largest eigenvalue of softmax regression at W = 0 on all of Fashion-MNIST has a closed form.
reference() { /usr/bin/python3 "$TESTS/reference/hessian_numpy.py" "$@"; }
if ! /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	skip 'no numpy: softmax regression on all of Fashion-MNIST'
	exit 0
fi
mn-fetch fashion-mnist >all.st || exit 1
reference zero all.st zero.st
want=$(reference moments all.st)
got=$(mn-hessian --data all.st --tolerance 1e-5 zero.st | tail -n 1 | cut -d, -f33)
check "on 60,000 rows: $got, numpy says $want" awk -v a="$got" -v b="$want" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(d <= 1e-6 * b) }'
