import Testing

@testable import WorkerPool

@Suite struct PoolRulesTests {
    @Test func `the placeholders of a worker's name are filled in`() {
        let pool = PoolConfiguration(name: "web", workerName: "%h.%p.%s-100%%")
        #expect(pool.workerName(host: "box", slot: 7) == "box.web.7-100%")
    }

    @Test(arguments: ["a b", "a:b", "a,b", "%x", "50%", "é", "", "a%"])
    func `a name that Redis or RQ would misread is refused`(template: String) {
        let complaints = Sample.complaints("[pool.web]\nworker_name = \"\(template)\"")
        #expect(complaints.count == 1)
        #expect(
            complaints[0].hasPrefix("/etc/rqd.conf:2:15: pool.web.worker_name must be printable"))
    }

    @Test func `a queue that RQ would show as two is refused`() {
        #expect(
            Sample.complaints("[pool.web]\nqueues = [\"a,b\"]") == [
                "/etc/rqd.conf:2:11: pool.web.queues must hold queue names without commas or "
                    + "control characters, not \"a,b\""
            ])
    }

    @Test func `least and most workers may stand in one table`() {
        #expect(
            Sample.complaints("[pool.web]\nworkers = { min = 2, max = 1 }") == [
                "/etc/rqd.conf:2:28: pool.web.max_workers must be at least workers, 2, not 1"
            ])
        #expect(Sample.complaints("[pool.web]\nworkers = { min = 2, max = 16 }") == [])
        #expect(
            Sample.complaints("[pool.web]\nworkers = { mix = 2 }") == [
                "/etc/rqd.conf:2:13: unknown key pool.web.workers.mix"
            ])
    }

    @Test func `what makes no sense beside isolation is refused`() {
        #expect(
            Sample.complaints(
                "[pool.web]\nisolation = \"spawn\"\nworker_class = \"rq.SimpleWorker\"") == [
                    "/etc/rqd.conf:2:13: pool.web.isolation must be \"fork\" or not be given beside "
                        + "worker_class, which starts its jobs' processes itself"
                ])
        #expect(
            Sample.complaints("[pool.web]\nspares = 2") == [
                "/etc/rqd.conf:2:10: pool.web.spares needs isolation = \"spawn\": of processes that "
                    + "are forked one is always ready"
            ])
        #expect(Sample.complaints("[pool.web]\nisolation = \"spawn\"\nspares = 2") == [])
    }

    @Test func `several workers need their slot in the name`() {
        #expect(
            Sample.complaints("[pool.web]\nworkers = 4\nworker_name = \"%h.100%%s\"") == [
                "/etc/rqd.conf:3:15: pool.web.worker_name must contain %s, "
                    + "for the pool has 4 workers"
            ])
        #expect(Sample.complaints("[pool.web]\nworkers = 1\nworker_name = \"one\"") == [])
    }

    @Test func `two pools must not give the same name`() {
        let toml = """
            [pool.web]
            workers = 11
            worker_name = "%p%s"
            [pool.web1]
            workers = 1
            worker_name = "%p%s"
            [pool.mail]
            worker_name = "%p%s"
            """
        #expect(
            Sample.complaints(toml) == [
                "/etc/rqd.conf:6:15: pool.web1.worker_name gives the name web10, "
                    + "which a worker of pool.web has too"
            ])
    }

    @Test func `a name longer than a slot record holds is refused`() {
        let long = String(repeating: "n", count: 190)
        #expect(Sample.complaints("[pool.web]\nworker_name = \"\(long)%s\"") == [])
        #expect(
            Sample.complaints("[pool.web]\nworker_name = \"\(long)%h%s\"") == [
                "/etc/rqd.conf:2:15: pool.web.worker_name can give names longer than 255 bytes"
            ])
    }

    @Test func `two pools may work on the same queue`() {
        #expect(Sample.complaints("[pool.a]\nqueues = [\"x\"]\n[pool.b]\nqueues = [\"x\"]") == [])
    }
}
