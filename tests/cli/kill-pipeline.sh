# A sample of tests/fault/kill-pipeline.sh.
KILLS=5
. "$TESTS/fault/kill-pipeline.sh"
