# A sample of tests/fault/memory.sh.
SIZES='60000 150000 200000 260000'
. "$TESTS/fault/memory.sh"
