/// The application that the daemons of the tests run.
enum DaemonApplication {
    /// The module `app.tasks`, whose functions run in the daemon's directory.
    static let tasks = #"""
        import ctypes
        import os
        import resource
        import signal
        import subprocess
        import sys
        import time

        from rq import get_current_job


        def mark(path, text):
            """Makes a file at once with all that is in it."""
            with open(path + '.new', 'w') as file:
                file.write('%s\n' % text)
            os.rename(path + '.new', path)


        def add(a, b):
            return a + b


        def ask_redis():
            """What the job's own connection says."""
            return get_current_job().connection.ping()


        def variables(beginning):
            return sorted(name for name in os.environ if name.startswith(beginning))


        def rights():
            """What this process may do: users, groups, capabilities, umask, home, core dumps."""
            with open('/proc/self/status') as file:
                status = dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)
            names = ['Uid', 'Gid', 'Groups', 'CapPrm', 'CapEff', 'CapInh', 'CapAmb', 'NoNewPrivs']
            shown = [','.join(status[name].split()) for name in names]
            shown += ['%o' % os.umask(0), os.environ.get('HOME', ''), os.environ.get('USER', '')]
            return ' '.join(shown)


        def note(path, text):
            with open(path, 'a') as file:
                file.write(text + '\n')


        def wait(name):
            end = time.monotonic() + 60
            while not os.path.exists(name + '.go') and time.monotonic() < end:
                time.sleep(0.005)


        def hold(name):
            """Writes its pid to NAME.pid, then runs until NAME.go is there."""
            mark(name + '.pid', os.getpid())
            wait(name)
            return 'released'


        def hold_with_child(name):
            """The same with a child of its own, whose pid is in NAME.child."""
            pid = os.fork()
            if pid == 0:
                wait(name)
                os._exit(0)
            mark(name + '.child', pid)
            return hold(name)


        def hold_against(name, signals):
            """The same, deaf to these signals."""
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
            return hold(name)


        def finish_on_term(name):
            """The same, but SIGTERM ends it with a value."""
            class Asked(Exception):
                pass

            def ask(*_):
                raise Asked

            signal.signal(signal.SIGTERM, ask)
            try:
                return hold(name)
            except Asked:
                return 'was asked'


        def send(name):
            return hold(name)


        def take(megabytes, of_child, name, wait_for_go=True):
            """Fills memory, here and in a child, then holds like `hold`, or ends."""
            mine = b'x' * (megabytes << 20)
            code = 'import sys; x = b"x" * (%d << 20); sys.stdin.read()' % of_child
            if of_child:
                subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE)
            if wait_for_go:
                wait(name)
            return os.getpid() if mine is not None else 0


        def limits():
            """What the process was given: nice, processors, OOM score, files, core, disk class."""
            number = {'x86_64': 252, 'aarch64': 31}[os.uname().machine]
            disk = ctypes.CDLL(None).syscall(number, 1, 0) >> 13
            with open('/proc/self/oom_score_adj') as file:
                score = file.read().strip()
            files, core = (
                list(resource.getrlimit(kind))
                for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)
            )
            return [os.nice(0), sorted(os.sched_getaffinity(0)), score, files, core, disk]


        def outlive(seconds):
            """Runs for so long."""
            time.sleep(seconds)


        def hold_elsewhere(name, session, deaf_to=()):
            """Holds in another process group than it was started in, or in a session of its own."""
            signal.pthread_sigmask(signal.SIG_BLOCK, deaf_to)
            if session:
                if os.fork():
                    os.wait()
                    return 'the child has ended'
                os.setsid()
                hold(name)
                os._exit(0)
            os.setpgid(0, os.getpgid(os.getppid()))
            return hold(name)


        def hold_with_daemon(name):
            """Leaves a process in a session of its own, whose pid is in DAEMON.pid, and holds."""
            leave_daemon(name + '.daemon')
            return hold(name)


        def leave_daemon(name, text=None):
            """Leaves a process in a session of its own; it prints `text` without end."""
            pid = os.fork()
            if pid:
                os.waitpid(pid, 0)
                while not os.path.exists(name + '.pid'):
                    time.sleep(0.005)
                return 'left'
            os.setsid()
            if os.fork():
                os._exit(0)
            mark(name + '.pid', os.getpid())
            while text and not os.path.exists(name + '.go'):
                os.write(1, (text + '\n').encode() * 100)
            wait(name)
            os._exit(0)


        def fork_twice(how, wait_for_child=True):
            """Returns twice, from a child as well; there it returns, raises or exits."""
            pid = os.fork()
            if pid:
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if wait_for_child else 'own'
            if how == 'raise':
                raise ValueError('the child fails')
            if how == 'exit':
                sys.exit(3)
            time.sleep(0 if wait_for_child else 0.5)
            return 'of the child'


        def value(text, seconds):
            time.sleep(seconds)
            return text


        def kill_worker(path):
            """Kills the worker that it runs under, each time it runs."""
            job = get_current_job()
            note(path, 'run')
            os.kill(int(job.connection.hget('rq:worker:' + job.worker_name, 'pid')), signal.SIGKILL)
            time.sleep(60)

        """#
}
