# Places that cannot be written: all of tests/fault/places.sh, which takes a second.
. "$TESTS/fault/places.sh"
