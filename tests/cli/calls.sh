# A sample of tests/fault/calls.sh.
FIRST=${FIRST:-20}
. "$TESTS/fault/calls.sh"
