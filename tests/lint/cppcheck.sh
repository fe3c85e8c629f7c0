# cppcheck: what it can see from the sources alone.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1
# Suppressed: arrayIndexThenCheck takes a rank that is compared for an index that is checked; autoVariables takes every
# pointer to a caller's variable for one that outlives it (clang's analyzer knows better).
check 'cppcheck finds nothing' cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --std=c11 \
	--suppress=arrayIndexThenCheck --suppress=autoVariables --include="$(pkg-config --variable=includedir jansson)/jansson.h" \
	-Iinclude -D_GNU_SOURCE -DMN_VERSION='"0"' cmd lib tests/unit
