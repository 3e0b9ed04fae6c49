import RQ
import Testing

struct `Recorded runs` {
    private let keys = Keys()

    @Test(arguments: Recording.versions.dropFirst())
    func `say the same to us as to rq and are written the same`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("running")
        let theirs = try #require(snapshot.executions.first)
        let key = keys.execution(JobID(theirs.jobId), ExecutionID(theirs.id))
        let fields = try snapshot.fields(key)
        let ours = try ExecutionHash(fields: fields)
        #expect(ours.id?.description == theirs.id)
        #expect(ours.createdAt.microseconds == theirs.createdAt)
        #expect(ours.lastHeartbeat.microseconds == theirs.lastHeartbeat)
        #expect(ours.workerName?.description == theirs.workerName)
        #expect(ours.jobID == (version.hasPrefix("3.") ? JobID(theirs.jobId) : nil))
        #expect(ours.fields == fields)
    }

    @Test(arguments: Recording.versions.dropFirst())
    func `are listed under their composite member`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("running")
        let theirs = try #require(snapshot.executions.first)
        let wip = try #require(snapshot.entry(keys.wip("slow")).zset)
        #expect(wip.count == 2)
        #expect(wip[0].text == theirs.composite)
        let member = CompositeMember(bytes: wip[0].bytes)
        #expect(member.jobID.description == theirs.jobId)
        #expect(member.executionID?.description == theirs.id)
        #expect(member.bytes == wip[0].bytes)
        let executions = try #require(snapshot.entry(keys.executions("runs")).zset)
        #expect(executions[0].bytes == member.executionID?.bytes)
    }

    @Test func `of rq 1 are listed under the bare job id`() throws {
        let snapshot = try Recording.of("1.16.2").snapshot("running")
        let wip = try #require(snapshot.entry(keys.wip("slow")).zset)
        let member = CompositeMember(bytes: wip[0].bytes)
        #expect(member == CompositeMember(jobID: "runs", executionID: nil))
        #expect(member.bytes == wip[0].bytes)
    }
}
