import Testing

@testable import WorkerPool

@Suite struct MasterStatusTests {
    typealias R = MasterRehearsal

    @Test(arguments: [
        (
            MasterStatus(
                configured: 4, registered: 4, busy: 3, restarting: 1, succeeded: 12041, failed: 3),
            "4/4 workers, 3 busy, 1 restarting; 12041 jobs ok, 3 failed"
        ),
        (MasterStatus(configured: 4, starting: 4), "0/4 workers, 4 starting"),
        (
            MasterStatus(
                configured: 4, starting: 4,
                complaint: "connecting to redis: Connection refused (unix:///run/redis.sock)"),
            "0/4 workers; connecting to redis: Connection refused (unix:///run/redis.sock)"
        ),
        (
            MasterStatus(configured: 2, registered: 1, failing: 1, complaint: "boom"),
            "1/2 workers, 0 busy, 1 failing; 0 jobs ok, 0 failed; boom"
        ),
        (
            MasterStatus(configured: 4, registered: 4, busy: 2, stopping: .warm),
            "stopping: 2 jobs running"
        ),
        (
            MasterStatus(configured: 4, registered: 1, busy: 1, stopping: .cold),
            "stopping at once: 1 job running"
        ),
        (MasterStatus(configured: 4, registered: 2, stopping: .warm), "stopping: 2 workers left"),
        (MasterStatus(configured: 4, stopping: .warm), "stopping"),
        (
            MasterStatus(
                configured: 4, registered: 4, busy: 1, paused: 2, suspended: 1, succeeded: 1,
                scheduler: "restarting"),
            "4/4 workers, 1 busy, 2 paused, 1 suspended; 1 job ok, 0 failed; scheduler restarting"
        ),
        (MasterStatus(configured: 4, isOver: true), "stopped"),
    ])
    func `the line says what an operator wants to know`(status: MasterStatus, line: String) {
        #expect(status.line == line)
    }

    @Test func `the title counts the registered workers`() {
        #expect(MasterStatus(configured: 4, registered: 3).title == "rqd: master 3/4")
    }

    @Test func `everybody is counted once`() {
        var master = R(workers: 4)
        _ = master.beginOnly()
        var busy = R.reading(of: 0, job: "a job")
        busy.succeeded = 7
        busy.failed = 1
        master.look(0, busy)
        master.register(1)
        for _ in 0..<2 { _ = master.ended(2, .exited(code: 3)) }
        let status = MasterStatus(of: master.state)
        #expect(
            status
                == MasterStatus(
                    configured: 4, registered: 2, starting: 1, busy: 1, restarting: 1,
                    succeeded: 7, failed: 1))
    }

    @Test func `a worker that has lost Redis is not there until it is back`() {
        var master = R(workers: 2)
        master.begin()
        var lost = R.reading(of: 0)
        (lost.state, lost.complaint) = (.connecting, "Connection refused")
        master.look(0, lost)
        let away = MasterStatus(of: master.state).line
        master.register(0)
        let back = MasterStatus(of: master.state).line
        #expect(away == "1/2 workers, 0 busy; 0 jobs ok, 0 failed; Connection refused")
        #expect(back == "2/2 workers, 0 busy; 0 jobs ok, 0 failed")
    }

    @Test func `a scheduler that has died is told until the next one runs`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        for _ in 0..<2 { _ = master.schedulerEnded() }
        let line = MasterStatus(of: master.state).line
        _ = master.waitUntilDue()
        let later = MasterStatus(of: master.state).line
        #expect(line.hasSuffix("; scheduler restarting"))
        #expect(!later.contains("scheduler"))
    }

    @Test func `the counts of a dead worker are not lost`() {
        var master = R(workers: 1)
        master.begin()
        var last = R.reading(of: 0)
        last.succeeded = 7
        _ = master.ended(0, .killed(signal: 9), last)
        let succeeded = MasterStatus(of: master.state).succeeded
        #expect(succeeded == 7)
    }

    @Test func `a stable's trouble is told before a worker's`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        var reading = R.reading(of: 0)
        reading.complaint = "waiting for python"
        master.look(0, reading)
        let before = MasterStatus(of: master.state).complaint
        _ = master.stableEnded(0, .exited(code: 1))
        let after = MasterStatus(of: master.state).complaint
        #expect(before == "waiting for python")
        #expect(after == "/opt/python0 ended: exit status 1")
    }

    @Test func `the service is ready once each slot has had a registered worker`() {
        var master = R(workers: 2)
        _ = master.beginOnly()
        master.register(0)
        let early = master.state.isReady
        master.register(1)
        _ = master.ended(0, .killed(signal: 9))
        let later = master.state.isReady
        #expect(!early)
        #expect(later)
    }
}
