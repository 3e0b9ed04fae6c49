import RQ
import Testing

struct `A name` {
    @Test(arguments: [
        ("4f7e1a2b-0c3d-4e5f-8a9b-0c1d2e3f4a5b", true), ("A_z-9", true), ("a", true), ("", false),
        ("a.b", false), ("a b", false), ("a:b", false), ("ä", false), ("a\n", false),
    ])
    func `of a job is plain when every rq can read it`(id: String, isPlain: Bool) {
        #expect(JobID(id).isPlain == isPlain)
    }

    @Test func `of a job shows its colons`() {
        #expect(JobID("a:b").hasColon)
        #expect(JobID(":").hasColon)
        #expect(!JobID("a.b").hasColon)
    }

    @Test func `is its bytes, text or not`() {
        let broken = JobID(bytes: [0x61, 0xff])
        #expect(broken.utf8 == nil)
        #expect(broken.description == "a\u{FFFD}")
        #expect(broken != JobID("a\u{FFFD}"))
        #expect(QueueName("größe").utf8 == "größe")
        // Swift holds these two equal as text; Redis does not.
        #expect(WorkerName("\u{e9}") != WorkerName("e\u{301}"))
    }

    @Test(arguments: [
        ("32b9f86020224c5ea0aedadaab79399a", true), ("32B9f86020224c5ea0aedadaab79399a", false),
        ("32b9f86020224c5ea0aedadaab79399", false), ("32b9f86020224c5ea0aedadaab79399aa", false),
        ("32b9f860-0224c5ea0aedadaab79399a", false), ("", false),
    ])
    func `of a run is hexadecimal when rq made it`(id: String, isHexadecimal: Bool) {
        #expect(ExecutionID(id).isHexadecimal == isHexadecimal)
    }
}

struct `A composite member` {
    private static let run = "32b9f86020224c5ea0aedadaab79399a"

    @Test(arguments: ["job", "with.dots and spaces", "with:colon", "a:b:c", ""])
    func `keeps any job id apart from the run`(job: String) {
        let text = "\(job):\(Self.run)"
        let member = CompositeMember(bytes: Array(text.utf8))
        #expect(member.jobID == JobID(job))
        #expect(member.executionID == ExecutionID(Self.run))
        #expect(member.bytes == Array(text.utf8))
    }

    @Test(arguments: ["job", "with:colon", "job:", ":", "", "job:32b9"])
    func `without a run is the bare job id`(text: String) {
        let member = CompositeMember(bytes: Array(text.utf8))
        #expect(member == CompositeMember(jobID: JobID(text), executionID: nil))
        #expect(member.bytes == Array(text.utf8))
    }
}
