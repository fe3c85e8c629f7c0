# A sample of tests/fault/network.sh.
FETCH_SAMPLE=1
. "$TESTS/fault/network.sh"
