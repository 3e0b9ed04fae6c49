// Linux calls that Swift's Glibc module does not show: variadics, macros, newer headers.
// No _GNU_SOURCE here: it would change fd_set under SwiftGlibc's feet.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_memfd_create
#define SYS_memfd_create 319
#endif

static inline int rqd_set_parent_death_signal(int sig) { return prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0); }
static inline int rqd_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline int rqd_set_child_subreaper(int on) { return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0); }
// Whether others of the same user may look into this process and change it; a crash leaves no core then.
static inline int rqd_set_dumpable(int on) { return prctl(PR_SET_DUMPABLE, on, 0, 0, 0); }
static inline int rqd_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
/* Bytes sent on a Unix socket that its other end has not read; SIOCOUTQ, unix(7) does not say so. */
static inline int rqd_unread_by_peer(int fd) { int size = 0; return ioctl(fd, TIOCOUTQ, &size) == 0 ? size : 0; }
static inline int rqd_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int rqd_pidfd_send_signal(int fd, int sig) { return (int)syscall(SYS_pidfd_send_signal, fd, sig, 0, 0); }
// To the process's whole group, with PIDFD_SIGNAL_PROCESS_GROUP; EINVAL before Linux 6.9.
static inline int rqd_pidfd_send_group_signal(int fd, int sig) { return (int)syscall(SYS_pidfd_send_signal, fd, sig, 0, 4); }
static inline int rqd_signal_thread(pid_t pid, pid_t thread, int sig) { return (int)syscall(SYS_tgkill, pid, thread, sig); }
static inline int rqd_last_realtime_signal(void) { return SIGRTMAX; }
static inline int rqd_close_range(unsigned first, unsigned last) { return (int)syscall(SYS_close_range, first, last, 0); }
static inline int rqd_memfd_create(const char *name) { return (int)syscall(SYS_memfd_create, name, 0); }
// O_PATH, which hides behind _GNU_SOURCE: a program need not be readable.
static inline int rqd_open_program(const char *path) { return open(path, 010000000 | O_CLOEXEC); }
// The environment is a variable of C's that Swift does not let us name.
static inline int rqd_fexecve(int fd, char *const words[]) { return fexecve(fd, words, __environ); }
static inline int rqd_set_cloexec(int fd, int on) { return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0); }
static inline int rqd_set_nonblocking(int fd) { int f = fcntl(fd, F_GETFL); return f < 0 ? f : fcntl(fd, F_SETFL, f | O_NONBLOCK); }
// Whose process: 0 is the caller. All of these work on a process of the same user.
static inline int rqd_set_cores(pid_t pid, const uint64_t *mask, size_t bytes) { return (int)syscall(SYS_sched_setaffinity, pid, bytes, mask); }
static inline int rqd_set_nice(pid_t pid, int nice) { return (int)syscall(SYS_setpriority, PRIO_PROCESS, pid, nice); }
static inline int rqd_set_io_priority(pid_t pid, int class, int priority) { return (int)syscall(SYS_ioprio_set, 1, pid, class << 13 | priority); }
static inline int rqd_set_resource_limit(pid_t pid, int resource, uint64_t soft, uint64_t hard) {
    const uint64_t limit[2] = {soft, hard};
    return (int)syscall(SYS_prlimit64, pid, resource, limit, NULL);
}
// Whether a file has this extended attribute, with the value "1".
static inline int rqd_attribute_is_one(const char *path, const char *name) {
    char value[2];
    return getxattr(path, name, value, sizeof value) == 1 && value[0] == '1';
}
// Fills a bit mask with the processors that this process may use; returns its length in bytes.
static inline long rqd_allowed_cores(uint64_t *mask, size_t bytes) { return syscall(SYS_sched_getaffinity, 0, bytes, mask); }

// The real, effective and saved numbers at once; of this thread, which must be the only one.
static inline int rqd_set_user(uid_t user) { return (int)syscall(SYS_setresuid, user, user, user); }
static inline int rqd_set_group(gid_t group) { return (int)syscall(SYS_setresgid, group, group, group); }
// Gives up all capabilities but these bits, which the process must have.
static inline int rqd_keep_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t low = (uint32_t)kept, high = (uint32_t)(kept >> 32);
    struct __user_cap_data_struct sets[2] = {{low, low, 0}, {high, high, 0}};
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return (int)syscall(SYS_capset, &header, sets);
}

// Gives up all capabilities but these bits, which the process must have, and lets the program that
// this process becomes keep them.
static inline int rqd_pass_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t low = (uint32_t)kept, high = (uint32_t)(kept >> 32);
    struct __user_cap_data_struct sets[2] = {{low, low, low}, {high, high, high}};
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &header, sets) != 0) return -1;
    for (unsigned long bit = 0; bit < 64; bit++)
        if (kept >> bit & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) != 0) return -1;
    return 0;
}

// Takes all but these bits out of the bounding set; only who has CAP_SETPCAP may.
static inline void rqd_bound_capabilities(uint64_t kept) {
    for (unsigned long bit = 0; bit < 64; bit++)
        if (!(kept >> bit & 1)) prctl(PR_CAPBSET_DROP, bit, 0, 0, 0);
}

// A raw wait status, as in waitpid(2).
static inline int rqd_exited(int status) { return WIFEXITED(status); }
static inline int rqd_exit_code(int status) { return WEXITSTATUS(status); }
static inline int rqd_signaled(int status) { return WIFSIGNALED(status); }
static inline int rqd_term_signal(int status) { return WTERMSIG(status); }

// "KILL" for 9; NULL for a number without a name. Declared here because glibc (2.32) shows it
// with _GNU_SOURCE only.
extern const char *sigabbrev_np(int sig);
static inline const char *rqd_signal_name(int sig) { return sigabbrev_np(sig); }

// siginfo_t, as waitid(2) and sd-event fill it for a child.
static inline pid_t rqd_si_pid(const siginfo_t *si) { return si->si_pid; }
static inline int rqd_si_code(const siginfo_t *si) { return si->si_code; }
static inline int rqd_si_status(const siginfo_t *si) { return si->si_status; }

// Shared memory that one process writes and another reads without a lock.
static inline uint64_t rqd_load(const volatile uint64_t *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static inline void rqd_store(volatile uint64_t *p, uint64_t v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
static inline uint64_t rqd_add(volatile uint64_t *p, uint64_t v) { return __atomic_add_fetch(p, v, __ATOMIC_ACQ_REL); }
static inline int rqd_compare_exchange(volatile uint64_t *p, uint64_t expected, uint64_t desired) {
    return __atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

// Returns what was there before. No access of this thread moves across it, in either direction.
static inline uint64_t rqd_exchange_if(volatile uint64_t *p, uint64_t expected, uint64_t desired) {
    __atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}

// Orders plain copies of shared memory against the atomics above.
static inline void rqd_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// The process's environment block, whose memory a title may take over.
extern char **environ;
static inline char **rqd_environment(void) { return environ; }
static inline void rqd_set_environment(char **to) { environ = to; }

// The C library's own pointers into argv[0], which a title overwrites: libsystemd reads them for
// each journal entry. The copies stay for good.
extern char *program_invocation_name, *program_invocation_short_name;
static inline void rqd_keep_program_name(void) {
    char *whole = strdup(program_invocation_name), *last = whole ? strrchr(whole, '/') : NULL;
    if (!whole) return;
    program_invocation_name = whole;
    program_invocation_short_name = last ? last + 1 : whole;
}

// sendmsg/recvmsg with descriptors (SCM_RIGHTS). At most 8.
static inline long rqd_send_descriptors(int sock, const void *bytes, size_t length, const int *fds, int count, int flags) {
    char control[CMSG_SPACE(8 * sizeof(int))];
    memset(control, 0, sizeof control);
    struct iovec iov = {(void *)bytes, length};
    struct msghdr msg = {0};
    msg.msg_iov = &iov;
    msg.msg_iovlen = 1;
    if (count > 0) {
        msg.msg_control = control;
        msg.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(c), fds, (size_t)count * sizeof(int));
    }
    return sendmsg(sock, &msg, flags | MSG_NOSIGNAL);
}
// struct ucred, as socket(7) has it and <sys/socket.h> with _GNU_SOURCE only.
struct rqd_credentials { pid_t pid; uid_t uid; gid_t gid; };
#ifndef SO_PASSCRED
#define SO_PASSCRED 16
#endif
#ifndef SO_PEERCRED
#define SO_PEERCRED 17
#endif
#define RQD_SCM_CREDENTIALS 2
// Has the kernel say of each message who has sent it.
static inline int rqd_want_credentials(int sock) { int on = 1; return setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &on, sizeof on); }
// Who has called listen() or connect() at the other end.
static inline int rqd_peer_credentials(int sock, struct rqd_credentials *peer) {
    socklen_t length = sizeof *peer;
    return getsockopt(sock, SOL_SOCKET, SO_PEERCRED, peer, &length);
}
// The sender is pid 0 where the kernel does not say who it is.
static inline long rqd_receive_descriptors(int sock, void *bytes, size_t length, int *fds, int capacity, int *count, struct rqd_credentials *sender, int flags) {
    char control[CMSG_SPACE(8 * sizeof(int)) + CMSG_SPACE(sizeof *sender)];
    struct iovec iov = {bytes, length};
    struct msghdr msg = {0};
    msg.msg_iov = &iov;
    msg.msg_iovlen = 1;
    msg.msg_control = control;
    msg.msg_controllen = sizeof control;
    *count = 0;
    memset(sender, 0, sizeof *sender);
    long n = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);
    if (n < 0) return n;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level != SOL_SOCKET) continue;
        if (c->cmsg_type == RQD_SCM_CREDENTIALS) memcpy(sender, CMSG_DATA(c), sizeof *sender);
        if (c->cmsg_type != SCM_RIGHTS) continue;
        int n_fds = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < n_fds; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + (size_t)i * sizeof(int), sizeof(int));
            if (*count < capacity) fds[(*count)++] = fd; else close(fd);
        }
    }
    return n;
}
// What a descriptor is: the S_IFMT bits of its mode; 0 where that is not known.
static inline unsigned rqd_kind_of(int fd) { struct stat status; return fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0; }

// posix_spawn's non-portable half, which <spawn.h> hides without _GNU_SOURCE.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int rqd_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}
static inline int rqd_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
