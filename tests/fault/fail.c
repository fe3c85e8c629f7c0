/* fail.c - a library to preload (LD_PRELOAD) that makes one call of the program fail. FAIL=KIND:N says which: the N-th
 *
 *     write   write(2): no space left (writes to standard error are not counted)
 *     half    write(2): writes half of it, which is no failure
 *     full    the same, and from then on no space is left
 *     fsync   fsync(2) of a file (not of a folder): an I/O error
 *     rename  rename(2): no space left
 *     open    open(2) of a file that may have to be created: no space left
 *     malloc  allocation from main() on (but for libcrypto's own): none to be had
 *
 * and FAIL_HIT=FILE is made when that happens. A program that hangs is ended by SIGALRM after a minute. System calls are caught by a
 * seccomp filter, as stdio's do not go through write(). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* As the sixth argument, which none of these calls has: let through. */
static const unsigned long ours = 0x6d6e6d6e;

enum kind { NONE, WRITE, HALF, FULL, FSYNC, RENAME, OPEN, MALLOC };
static enum kind kind;
static long wanted;
static atomic_long counted;
static const char *hit_path;

static long call(long number, const unsigned long a[5])
{
	int was = errno;
	long result = syscall(number, a[0], a[1], a[2], a[3], a[4], ours);
	if (result < 0)
		result = -errno;
	errno = was;
	return result;
}

static void mark_hit(void)
{
	const unsigned long open_hit[5] = {(unsigned long)AT_FDCWD, (unsigned long)hit_path, O_WRONLY | O_CREAT, 0666};
	if (hit_path)
		call(SYS_close, (const unsigned long[5]){(unsigned long)call(SYS_openat, open_hit)});
}

/* Whether this is the call that is to fail. */
static bool is_it(enum kind now)
{
	if (now != kind || atomic_fetch_add(&counted, 1) + 1 != wanted)
		return false;
	mark_hit();
	return true;
}

static bool is_folder(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

static long half_write(long number, const unsigned long a[5])
{
	unsigned long half[5] = {a[0], a[1], (a[2] + 1) / 2};
	return call(number, half);
}

static long judge(long number, const unsigned long a[5])
{
	switch (number) {
	case SYS_write:
		if (a[0] == STDERR_FILENO)
			break;
		if (kind == FULL && atomic_load(&counted) >= wanted)
			return -ENOSPC;
		if (is_it(WRITE))
			return -ENOSPC;
		if (is_it(HALF) || is_it(FULL))
			return half_write(number, a);
		break;
	case SYS_fsync:
	case SYS_fdatasync:
		if (!is_folder((int)a[0]) && is_it(FSYNC))
			return -EIO;
		break;
#ifdef SYS_rename
	case SYS_rename:
#endif
	case SYS_renameat:
	case SYS_renameat2:
		if (is_it(RENAME))
			return -ENOSPC;
		break;
	case SYS_openat:
		if (a[2] & O_CREAT && is_it(OPEN))
			return -ENOSPC;
		break;
	default:
		break;
	}
	return call(number, a);
}

static void trapped(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
#if defined __x86_64__
	greg_t *r = m->gregs;
	const unsigned long a[5] = {(unsigned long)r[REG_RDI], (unsigned long)r[REG_RSI], (unsigned long)r[REG_RDX],
	                            (unsigned long)r[REG_R10], (unsigned long)r[REG_R8]};
	r[REG_RAX] = judge(info->si_syscall, a);
#elif defined __aarch64__
	const unsigned long a[5] = {m->regs[0], m->regs[1], m->regs[2], m->regs[3], m->regs[4]};
	m->regs[0] = (unsigned long)judge(info->si_syscall, a);
#else
#error "how does this processor pass the arguments of system calls?"
#endif
}

static int catch_system_calls(void)
{
	enum { CALL = 0, ARGUMENT = offsetof(struct seccomp_data, args[5]) };
	static const long number[] = {
#ifdef SYS_rename
	        SYS_rename,
#endif
	        SYS_write,  SYS_fsync, SYS_fdatasync, SYS_renameat, SYS_renameat2, SYS_openat};
	enum { NUMBERS = sizeof number / sizeof *number };
	struct sock_filter filter[NUMBERS + 5];
	size_t n = 0;
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, CALL);
	for (size_t i = 0; i < NUMBERS; i++) /* to the look at the argument, or on; past the last one to the end */
		filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number[i], (uint8_t)(NUMBERS - 1 - i),
		                                           i + 1 < NUMBERS ? 0 : 2);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT);
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)ours, 0, 1);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	const struct sock_fprog program = {(unsigned short)n, filter};
	struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_NODEFER};
	return sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

__attribute__((constructor)) static void begin(void)
{
	static const char *const names[] = {"none", "write", "half", "full", "fsync", "rename", "open", "malloc"};
	const char *text = getenv("FAIL"), *colon = text ? strchr(text, ':') : NULL;
	enum kind asked = NONE;
	for (int i = WRITE; colon && i <= MALLOC; i++)
		if (strlen(names[i]) == (size_t)(colon - text) && strncmp(text, names[i], strlen(names[i])) == 0)
			asked = (enum kind)i;
	if (asked == NONE)
		return;
	alarm(60);
	hit_path = getenv("FAIL_HIT");
	wanted = strtol(colon + 1, NULL, 10);
	if (asked != MALLOC && catch_system_calls())
		return;
	kind = asked;
}

/* --- the allocator's functions, before glibc's own */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* Not what libcrypto allocates for itself: OpenSSL 3.0 crashes where it cannot make a lock. */
static bool runs_out(const void *caller)
{
	Dl_info from;
	if (kind != MALLOC || (dladdr(caller, &from) && strstr(from.dli_fname, "libcrypto")) || !is_it(MALLOC))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return runs_out(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return runs_out(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return runs_out(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return runs_out(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
	return runs_out(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **made, size_t alignment, size_t size)
{
	*made = memalign(alignment, size);
	return *made ? 0 : ENOMEM;
}
