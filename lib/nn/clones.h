/* clones.h - loops compiled for several instruction sets; the loader takes the best that the processor has. They do the same operations in
 * the same order (no product and sum is made one, sums are not split), so that the bits are the same on all. */
#ifndef MN_NN_CLONES_H
#define MN_NN_CLONES_H

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define MN_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define MN_CLONES
#endif

#endif
