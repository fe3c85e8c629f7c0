#include "mn/gemm.h"

#include <cblas.h>
#include <stdio.h>
#include <sys/mman.h>

/* A piece is worth handing to another thread from about this many multiplications. */
static const double piece_work = 4e6;
/* Every piece packs the operand that the pieces share, so a narrow one wastes time: with this many rows or columns or more it was up to
 * 6%, with 32 up to 20%. The number of pieces is a power of two, so that two or four threads end together. */
enum { PIECE_LEAST = 256, PIECES_MAX = 8, PIECE_ALIGN = 16 };

struct product {
	int m, n, k, stride;
	mn_real alpha, beta;
	struct mn_matrix a, b;
	mn_real *c;
	bool by_rows; /* pieces are bands of C's rows, else of its columns */
	int band;     /* rows or columns a piece */
};

static void multiply(const struct product *p, int m, int n, const mn_real *a, const mn_real *b, mn_real *c)
{
	enum CBLAS_TRANSPOSE ta = p->a.transposed ? CblasTrans : CblasNoTrans;
	enum CBLAS_TRANSPOSE tb = p->b.transposed ? CblasTrans : CblasNoTrans;
#ifdef MN_DOUBLE
	cblas_dgemm(CblasRowMajor, ta, tb, m, n, p->k, p->alpha, a, p->a.stride, b, p->b.stride, p->beta, c, p->stride);
#else
	cblas_sgemm(CblasRowMajor, ta, tb, m, n, p->k, p->alpha, a, p->a.stride, b, p->b.stride, p->beta, c, p->stride);
#endif
}

static void multiply_band(void *arg, int piece, int worker)
{
	(void)worker;
	const struct product *p = arg;
	int first = piece * p->band;
	int all = p->by_rows ? p->m : p->n;
	int count = all - first < p->band ? all - first : p->band;
	if (p->by_rows) {
		const mn_real *a = p->a.at + (p->a.transposed ? (size_t)first : (size_t)first * (size_t)p->a.stride);
		multiply(p, count, p->n, a, p->b.at, p->c + (size_t)first * (size_t)p->stride);
	} else {
		const mn_real *b = p->b.at + (p->b.transposed ? (size_t)first * (size_t)p->b.stride : (size_t)first);
		multiply(p, p->m, count, p->a.at, b, p->c + first);
	}
}

void mn_gemm(struct mn_pool *pool, int m, int n, int k, mn_real alpha, struct mn_matrix a, struct mn_matrix b, mn_real beta, mn_real *c,
             int stride)
{
	struct product p = {.m = m, .n = n, .k = k, .stride = stride, .alpha = alpha, .beta = beta, .a = a, .b = b, .c = c};
	p.by_rows = m >= 2 * PIECE_LEAST && 2 * m > n;
	int all = p.by_rows ? m : n, pieces = 1;
	double work = (double)m * n * k;
	while (pieces < PIECES_MAX && all >= 2 * pieces * PIECE_LEAST && work >= 2 * pieces * piece_work)
		pieces *= 2;
	p.band = ((all + pieces - 1) / pieces + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
	mn_pool_run(pool, (all + p.band - 1) / p.band, multiply_band, &p);
}

void mn_blas_name(char *text, size_t size)
{
	snprintf(text, size, "%s %s", openblas_get_config(), openblas_get_corename());
}

int mn_blas_start(int threads, struct mn_error *err)
{
	/* OpenBLAS's BUFFER_SIZE for x86-64, the largest, and a page of its allocator. Every thread that multiplies has one. */
	enum { BUFFER = 32 << 22, MORE = 1 << 20, N = 64 };
	size_t bytes = (size_t)(threads > 0 ? threads : 1) * (BUFFER + MORE);
	void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return mn_fail_memory(err, "OpenBLAS", bytes);
	munmap(room, bytes);
	openblas_set_num_threads(1);
	mn_real a[N * N] = {0}, c[N * N];
	mn_gemm(NULL, N, N, N, 1, (struct mn_matrix){a, N, false}, (struct mn_matrix){a, N, false}, 0, c, N);
	return 0;
}
