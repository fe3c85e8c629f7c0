# A sample of tests/fault/kill-train.sh.
KILLS=5 exec bash "$TESTS/fault/kill-train.sh"
