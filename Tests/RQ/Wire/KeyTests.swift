import RQ
import Testing

struct `A key` {
    @Test(arguments: ["rq", "app1", "{tenant}:rq", "a.b-c_D9"])
    func `starts with the prefix, whatever it is`(prefix: String) throws {
        let keys = try Keys(prefix: prefix)
        #expect(keys.prefix == prefix)
        #expect(text(keys.queue("high prio")) == "\(prefix):queue:high prio")
        #expect(text(keys.dependencies("j")) == "\(prefix):job::j:dependencies")
        #expect(text(keys.commands("w")) == "\(prefix):pubsub:w")
        #expect(keys.queueName(ofKey: keys.queue("a:b")) == "a:b")
        #expect(keys.workerName(ofKey: keys.worker("w")) == "w")
    }

    @Test(arguments: ["", "a b", "a*", "ä", "rq\n"])
    func `cannot have a prefix that rq refuses`(prefix: String) {
        let error = #expect(throws: WireError.self) { try Keys(prefix: prefix) }
        #expect(error?.field == "key_prefix")
    }

    /// The rest of RQ's keys; those in the recordings are compared with the recordings.
    @Test func `is spelled as in rq where no recording has it`() {
        let keys = Keys()
        let spelled: [([UInt8], String)] = [
            (keys.intermediate("q"), "rq:queue:q:intermediate"),
            (keys.intermediateFirstSeen("q", "j"), "rq:queue:q:intermediate:first_seen:j"),
            (keys.compacting("1-2"), "rq:queue:_compact:1-2"),
            (keys.ready("q"), "rq:ready:q"),
            (keys.cleanRegistries("q"), "rq:clean_registries:q"),
            (keys.schedulerLock("q"), "rq:scheduler-lock:q"),
            (keys.scheduler("s"), "rq:scheduler:s"),
            (keys.suspended, "rq:suspended"),
            (keys.cronSchedulers, "rq:cron_schedulers"),
            (keys.cronScheduler("h:1:abc"), "rq:cron_scheduler:h:1:abc"),
            (keys.cronJobs, "rq:cron_jobs"),
            (keys.cronJobHistory("nightly"), "rq:cron_job:nightly:jobs"),
            (keys.claims("w"), "rq:rqd:claims:w"),
            (keys.claimants, "rq:rqd:workers"),
        ]
        for (key, expected) in spelled { #expect(text(key) == expected) }
    }

    @Test func `takes ids that are not text as they are`() {
        let id = JobID(bytes: [0xff, 0x00, 0x3a])
        #expect(Keys().job(id) == Array("rq:job:".utf8) + [0xff, 0x00, 0x3a])
    }

    @Test(arguments: ["rq:queue:", "rq:queues", "other:queue:q", ""])
    func `that is not one of a queue names no queue`(key: String) {
        #expect(Keys().queueName(ofKey: Array(key.utf8)) == nil)
    }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }
}
