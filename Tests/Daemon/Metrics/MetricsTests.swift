import Glibc
import TestSupport
import Testing

/// What the service counts, by `rqd metrics` and over HTTP.
@Suite struct MetricsTests {
    @Test func `each end of a job is counted, and times, forks and round trips with it`() throws {
        try Daemon.run { daemon in
            try daemon.enqueue("add", "1, 2")
            try daemon.enqueue("add", "1, 'x', retry=rq.Retry(max=1)")
            for (name, end) in [("a", "stop-job"), ("b", "kill-job")] {
                let job = try daemon.enqueue("hold", "'\(name)'")
                _ = try daemon.process(from: "\(name).pid")
                try daemon.tell(end, job)
                try daemon.waitFor(end == "stop-job" ? "stopped" : "failed", of: job)
            }
            let numbers = try daemon.numbers("all five ends") { $0.sum("rqd_jobs_total") == 5 }
            let all = "\(numbers)"
            try #require(numbers.jobs("add", "finished") == 1, "\(all)")
            try #require(numbers.jobs("add", "retried") == 1, "\(all)")
            try #require(numbers.jobs("add", "failed") == 1, "\(all)")
            try #require(numbers.jobs("hold", "stopped") == 1, "\(all)")
            try #require(numbers.jobs("hold", "died") == 1, "\(all)")
            // Those that were ended did not tell how long they ran.
            try #require(numbers.sum("rqd_job_running_seconds_count") == 3, "\(all)")
            try #require(numbers.sum("rqd_job_waiting_seconds_count") == 5, "\(all)")
            try #require(numbers.sum("rqd_job_waiting_seconds_sum") < 60, "\(all)")
            try #require(numbers.sum("rqd_horse_fork_seconds_count") >= 5, "\(all)")
            // A registration and five outcomes; a claim may travel with the outcome before it.
            try #require(numbers.sum("rqd_redis_round_trip_seconds_count") >= 6, "\(all)")
            try #require(numbers.sum("rqd_workers") == 1, "\(all)")
            try #require(numbers.samples["rqd_info{\"version\":\"0.1.0\"}"] == 1, "\(all)")
        }
    }

    @Test func `counts outlive the workers that made them, and restarts are counted`() throws {
        try Daemon.run(workers: 2) { daemon in
            for _ in 0..<4 { try daemon.waitFor("finished", of: daemon.enqueue("add", "1, 2")) }
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let busy = try daemon.tell("status").output.split(separator: "\n")
                .first { $0.contains(" busy ") }
            let slot = try #require(busy?.split(separator: " ").first)
            try daemon.process("rqd: worker \(slot)").send(SIGKILL)
            try daemon.waitForLog("listening")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try daemon.tell("scale", "default", "0")
            try eventually("no workers") { daemon.processes("rqd: worker").isEmpty }
            let numbers = try Numbers(of: daemon)
            try #require(numbers.jobs("add", "finished") == 4, "\(numbers)")
            try #require(numbers.jobs("hold", "finished") == 1, "\(numbers)")
            try #require(numbers.sum("rqd_jobs_total") == 6, "handed back once: \(numbers)")
            try #require(
                numbers.samples[#"rqd_restarts_total{"pool":"default","process":"worker"}"#] == 1)
            try #require(numbers.sum("rqd_workers") == 0)
        }
    }

    @Test func `what runs in a worker class is counted as well`() throws {
        try Daemon.run(pool: "worker_class = \"rq.SimpleWorker\"") { daemon in
            for text in ["1, 2", "1, 'x'"] { try daemon.enqueue("add", text) }
            let numbers = try daemon.numbers("two ends") { $0.sum("rqd_jobs_total") == 2 }
            try #require(numbers.jobs("add", "finished") == 1, "\(numbers)")
            try #require(numbers.jobs("add", "failed") == 1, "\(numbers)")
            try #require(numbers.sum("rqd_job_running_seconds_count") == 2, "\(numbers)")
            try #require(numbers.sum("rqd_job_waiting_seconds_count") == 2, "\(numbers)")
        }
    }

    @Test func `more functions than there is room for are counted together, oddest names too`()
        throws
    {
        try Daemon.run(workers: 2) { daemon in
            try daemon.python(
                """
                queue = Queue(connection=redis)
                for number in range(270):
                    queue.enqueue('odd"\\\\\\n.f%d%s' % (number, 'é' * (number % 100)))
                """)
            let numbers = try daemon.numbers("270 ends") { $0.sum("rqd_jobs_total") == 270 }
            let other = #"{"function":"(other)","outcome":"failed","queue":"(other)"}"#
            try #require(numbers.samples["rqd_jobs_total\(other)"] == 14, "\(numbers)")
        }
    }

    @Test func `bad clients of the address get their answer and are in nobody's way`() throws {
        let port = try LoopbackPort.free()
        try Daemon.run(pool: "[metrics]\nlisten = \"127.0.0.1:\(port)\"") { daemon in
            let talk = try run([
                try ToolEnvironment.metrics.program("python"),
                "\(PackageRoot.path)/Tests/Daemon/Metrics/clients.py", "\(port)",
            ])
            let expected = """
                HTTP/1.1 405 Method Not Allowed
                HTTP/1.1 404 Not Found
                HTTP/1.1 400 Bad Request
                HTTP/1.1 431 Request Header Fields Too Large
                HTTP/1.1 200 OK without a body
                HTTP/1.1 200 OK
                0 bytes for the silent one

                """
            try #require(talk.output == expected, "\(talk.output)\(talk.errorOutput)")
            try daemon.waitFor("finished", of: daemon.enqueue("add", "1, 2"))
        }
    }

    @Test func `a unix socket offers them to the daemon's group`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("numbers")
        try Daemon.run(pool: "[metrics]\nlisten = \"unix:\(path)\"") { _ in
            var status = stat()
            try #require(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
            let answer = try run(["curl", "-sf", "--unix-socket", path, "http://rqd/metrics"])
            try #require(try Numbers(answer.output).sum("rqd_workers") == 1)
        }
    }

    @Test func `a reload moves the address`() throws {
        let ports = [try LoopbackPort.free(), try LoopbackPort.free()]
        try Daemon.run(pool: "[metrics]\nlisten = \"127.0.0.1:\(ports[0])\"") { daemon in
            let file = daemon.directory.file("rqd.conf")
            let text = String(decoding: try readFile(file), as: UTF8.self)
            try daemon.directory.write(
                "rqd.conf", text.replacing(":\(ports[0])\"", with: ":\(ports[1])\""))
            try daemon.tell("reload")
            let answers = try ports.map {
                try run(["curl", "-sf", "http://127.0.0.1:\($0)/metrics"])
            }
            try #require(answers[0].ending != .exited(code: 0))
            try #require(try Numbers(answers[1].output).sum("rqd_workers") == 1)
        }
    }

    @Test func `an address that is taken is told, and the service works without it`() throws {
        let port = try LoopbackPort.free()
        let listen = "[metrics]\nlisten = \"127.0.0.1:\(port)\""
        try Daemon.run(pool: listen) { _ in
            try Daemon.run(pool: listen) { second in
                try second.waitForLog("metrics are not offered")
                try second.waitFor("finished", of: second.enqueue("add", "1, 2"))
            }
        }
    }
}
