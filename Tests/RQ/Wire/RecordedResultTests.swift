import RQ
import Testing

struct `Recorded results` {
    private let keys = Keys()

    @Test(arguments: Recording.versions)
    func `say the same to us as to rq`(version: String) throws {
        var kinds: Set<ResultType> = []
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let entries = try snapshot.stream(keys.results(JobID(job.id)))
                #expect(entries.count == job.results.count, "\(job.id)")
                for (entry, theirs) in zip(entries, job.results) {
                    let ours = try ResultEntry(fields: entry.fields)
                    kinds.insert(ours.type)
                    let writtenAt = ResultEntry.writtenAt(entryID: entry.id)
                    #expect(ours.type.number == theirs.type, "\(job.id)")
                    #expect(writtenAt?.microseconds == theirs.writtenAt, "\(job.id)")
                    #expect(ours.exceptionText == theirs.exception, "\(job.id)")
                    #expect(ours.returnValue == theirs.returnValue?.bytes, "\(job.id)")
                    #expect((ours.returnValue == nil) == theirs.isNone, "\(job.id)")
                    #expect(ours.workerName?.description == theirs.workerName, "\(job.id)")
                    #expect(ours.executionID?.description == theirs.executionId, "\(job.id)")
                    #expect(ours.startedAt?.microseconds == theirs.startedAt, "\(job.id)")
                    #expect(ours.endedAt?.microseconds == theirs.endedAt, "\(job.id)")
                }
            }
        }
        #expect(kinds.isSuperset(of: [.successful, .failed]))
        if version.hasPrefix("3.") {
            #expect(kinds.isSuperset(of: [.retried, .maxRetriesExceeded]))
        }
    }

    /// A traceback is compressed, which another zlib may do in other bytes; all else is equal.
    @Test(arguments: Recording.versions)
    func `are written by us field for field as by rq`(version: String) throws {
        var count = 0
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                for entry in try snapshot.stream(keys.results(JobID(job.id))) {
                    let ours = try ResultEntry(fields: entry.fields).fields
                    let theirs = try pairs(entry.fields)
                    // RQ 1 does not name the worker; RQ 3, whose form we write, always does.
                    let isOld = entry.fields["worker_name"] == nil
                    let written = try pairs(ours).filter { !isOld || $0.name != "worker_name" }
                    #expect(written == theirs, "\(job.id)")
                    count += 1
                }
            }
        }
        #expect(count > 20)
    }

    private struct Pair: Equatable {
        let name: String
        let value: [UInt8]
    }

    private func pairs(_ fields: FieldList) throws -> [Pair] {
        try stride(from: 0, to: fields.flat.count, by: 2).map { index in
            let name = String(decoding: fields.flat[index], as: UTF8.self)
            let value = fields.flat[index + 1]
            guard name == "exc_string" else { return Pair(name: name, value: value) }
            let packed = try #require(Base64.decode(value))
            return try Pair(name: name, value: Zlib.inflate(packed, limitBytes: 1 << 20))
        }
    }
}
