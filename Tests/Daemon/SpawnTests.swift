import Glibc
import TestSupport
import Testing

/// Jobs in processes that are started, each with an application of its own: `isolation = "spawn"`.
@Suite struct SpawnTests {
    static func run(
        workers: Int = 1, isolation: String = "spawn", pool: String = "",
        adding python: String = "", _ body: (Daemon) throws -> Void
    ) throws {
        var settings = Daemon.Settings()
        (settings.workers, settings.pool) = (workers, "isolation = \"\(isolation)\"\n\(pool)")
        let daemon = try Daemon(settings, on: RedisServer())
        let path = daemon.directory.file("app/tasks.py")
        let tasks = String(decoding: try readFile(path), as: UTF8.self)
        try daemon.directory.write("app/tasks.py", "\(tasks)\n\n\(python)\n")
        try daemon.explain {
            try daemon.start()
            try eventually("a horse waits") {
                !daemon.processes("rqd: horse default/0 waiting").isEmpty
            }
            try body(daemon)
        }
    }

    @Test func `an application with threads and a used executor runs its jobs`() throws {
        let python = """
            import threading
            from concurrent.futures import ThreadPoolExecutor
            executor = ThreadPoolExecutor(2)
            executor.submit(int).result()
            threading.Thread(target=time.sleep, args=(3600,), name='sleepy', daemon=True).start()

            def use():
                names = [each.name for each in threading.enumerate()]
                return executor.submit(os.getpid).result(), 'sleepy' in names
            """
        try Self.run(pool: "[pool.default.python]\non_unsafe_fork = \"refuse\"", adding: python) {
            daemon in
            var values: [String] = []
            for _ in 0..<3 {
                let job = try daemon.enqueue("use", "")
                try daemon.waitFor("finished", of: job)
                values.append(try daemon.value(of: job))
            }
            #expect(values.allSatisfy { $0.hasSuffix(", True)") }, "\(values)")
            #expect(Set(values).count == 3)
            #expect(!daemon.log.contains("not safe to fork"))
        }
    }

    @Test func `a job finds what it finds in a process that was forked`() throws {
        let python = """
            def surroundings():
                import __main__
                handlers = [str(signal.getsignal(n)) for n in (2, 13, 15, 17)]
                return (sys.argv, sys.path, sorted(vars(__main__)), os.getcwd(), handlers,
                        os.getpid() == os.getpgid(0), sorted(os.environ), os.isatty(0))
            """
        var found: [String] = []
        for isolation in ["fork", "spawn"] {
            try Self.run(isolation: isolation, adding: python) { daemon in
                let job = try daemon.enqueue("surroundings", "")
                try daemon.waitFor("finished", of: job)
                let place = daemon.directory.path
                found.append(try daemon.value(of: job).replacing(place, with: "PLACE"))
            }
        }
        #expect(found[0] == found[1])
    }

    @Test func `a job that fails, is late, is stopped or killed ends as it does elsewhere`() throws
    {
        let python = """
            def fail():
                raise ValueError('as it should')
            """
        try Self.run(adding: python) { daemon in
            let failing = try daemon.enqueue("fail", "")
            try daemon.waitFor("failed", of: failing)
            let text = try daemon.exception(of: failing)
            try #require(text.contains("ValueError: as it should"), "\(text)")
            let late = try daemon.enqueue("hold", "'late', job_timeout=1")
            try daemon.waitFor("failed", of: late)
            let stopped = try daemon.enqueue("hold_with_child", "'stopped'")
            let child = try daemon.process(from: "stopped.child")
            try daemon.tell("stop-job", stopped)
            try daemon.waitFor("stopped", of: stopped)
            try child.waitForEnd()
            let killed = try daemon.enqueue("hold", "'killed'")
            try daemon.process(from: "killed.pid").send(SIGKILL)
            try daemon.waitFor("failed", of: killed)
            let how = try daemon.exception(of: killed)
            try #require(how.hasSuffix("it was killed by SIGKILL (signal 9)"), "\(how)")
            let last = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: last)
        }
    }

    @Test func `a job that holds too much memory fails with the figures, and its limits are set`()
        throws
    {
        let pool = "memory_max = \"160M\"\nnice = 7\nlimit_nofile = \"200:400\""
        try Self.run(pool: pool) { daemon in
            let job = try daemon.enqueue("take", "300, 0, 'a'")
            try daemon.waitFor("failed", of: job)
            let told = try daemon.exception(of: job)
            try #require(told.contains("its memory limit: memory_max 160 MiB, "), "\(told)")
            let next = try daemon.enqueue("limits", "")
            try daemon.waitFor("finished", of: next)
            let value = try daemon.value(of: next)
            #expect(value.hasPrefix("[7, ") && value.contains("[200, 400]"), "\(value)")
        }
    }

    @Test func `as many processes as it says are ready, each for so many jobs`() throws {
        let python = """
            def pid():
                return os.getpid()
            """
        try Self.run(pool: "spares = 3\njobs_per_horse = 2", adding: python) { daemon in
            try eventually("3 spares") {
                daemon.processes("rqd: horse default/0 waiting").count == 3
            }
            var pids: [String] = []
            for _ in 0..<4 {
                let job = try daemon.enqueue("pid", "")
                try daemon.waitFor("finished", of: job)
                pids.append(try daemon.value(of: job))
            }
            #expect(pids[0] == pids[1] && pids[2] == pids[3] && pids[1] != pids[2], "\(pids)")
            try eventually("3 spares again") {
                daemon.processes("rqd: horse default/0 waiting").count == 3
            }
        }
    }

    @Test func `what an import prints is no job's, what a job prints has its fields`() throws {
        let python = """
            print('imported')

            def say():
                print('said')
            """
        try Self.run(adding: python) { daemon in
            let job = try daemon.enqueue("say", "")
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.waitForLog("out| said").contains(job))
            #expect(daemon.log.contains("imported"))
            #expect(!daemon.log.contains("out| imported"))
        }
    }

    @Test func `a slow job tells its stack`() throws {
        try Self.run(pool: "slowlog = \"200ms\"") { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            try daemon.waitForLog("in hold")
            let stack = try daemon.tell("stack", job)
            #expect(stack.output.contains("in hold"), "\(stack.output)")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a reload brings the next job new code, and the job that runs its end`() throws {
        let python = """
            def version():
                return 1
            """
        try Self.run(adding: python) { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            _ = try daemon.process(from: "held.pid")
            let path = daemon.directory.file("app/tasks.py")
            let tasks = String(decoding: try readFile(path), as: UTF8.self)
            let changed = tasks.replacing("return 1", with: "return 2")
            try daemon.directory.write("app/tasks.py", changed)
            let old = daemon.processes("rqd: horse default/0 waiting")
            try daemon.tell("restart", "default")
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            let job = try daemon.enqueue("version", "")
            try daemon.waitFor("finished", of: job)
            #expect(try daemon.value(of: job) == "2")
            for horse in old { try horse.waitForEnd() }
        }
    }

    @Test func `a restart with code that cannot be loaded is refused with its line`() throws {
        try Self.run { daemon in
            let path = daemon.directory.file("app/tasks.py")
            let tasks = String(decoding: try readFile(path), as: UTF8.self)
            try daemon.directory.write("app/tasks.py", tasks + "\nraise KeyError('broken')\n")
            let answer = try daemon.askDirectly("restart", "default")
            #expect(answer.ending == .exited(code: 78))
            let line = "KeyError: 'broken'"
            #expect(answer.errorOutput.contains(line), "\(answer.errorOutput)")
            #expect(answer.errorOutput.contains("tasks.py"), "\(answer.errorOutput)")
        }
    }
}
