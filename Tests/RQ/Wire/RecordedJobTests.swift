import RQ
import Testing

struct `Recorded jobs` {
    private let keys = Keys()

    @Test(arguments: Recording.versions)
    func `say the same to us as to rq`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let hash = try JobHash(fields: snapshot.fields(keys.job(JobID(job.id))))
                let place: Comment = "\(job.id) in \(snapshot.name)"
                #expect(hash.isJob, place)
                #expect(hash.status.description == job.status, place)
                #expect(hash.origin?.description == job.origin, place)
                #expect(hash.description == job.description, place)
                #expect(hash.workerName?.description == job.workerName, place)
                #expect(hash.groupID.map { String(decoding: $0, as: UTF8.self) } == job.groupId)
                #expect(hash.meta == job.meta?.bytes, place)
                #expect(hash.exceptionText == job.excInfo, place)
                #expect(hash.isFromRQ2OrLater == !version.hasPrefix("1."), place)
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `have the times rq reports, and we write them as rq did`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let hash = try JobHash(fields: snapshot.fields(keys.job(JobID(job.id))))
                let times = try [
                    ("created_at", hash.createdAt, job.createdAt),
                    ("enqueued_at", hash.enqueuedAt, job.enqueuedAt),
                    ("started_at", hash.startedAt, job.startedAt),
                    ("ended_at", hash.endedAt, job.endedAt),
                    ("last_heartbeat", hash.lastHeartbeat, job.lastHeartbeat),
                ]
                for (field, ours, theirs) in times {
                    let place: Comment = "\(field) of \(job.id) in \(snapshot.name)"
                    #expect(ours?.microseconds == theirs, place)
                    #expect(ours?.utcISO ?? [] == hash.fields[field] ?? [], place)
                }
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `have the limits rq reports, and we write them as rq did`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let hash = try JobHash(fields: snapshot.fields(keys.job(JobID(job.id))))
                let place: Comment = "\(job.id) in \(snapshot.name)"
                let timeout = try #require(job.timeout)
                let expected: JobTimeout = timeout < 0 ? .never : .after(.seconds(timeout))
                #expect(try hash.timeout == expected, place)
                #expect(try hash.timeout.bytes == hash.fields["timeout"], place)
                #expect(try hash.resultTTL.seconds == job.resultTtl, place)
                #expect(try hash.failureTTL.seconds == job.failureTtl, place)
                #expect(try hash.ttl == job.ttl.map { .seconds($0) }, place)
                #expect(hash.status.bytes == hash.fields["status"], place)
                #expect(
                    hash.rateLimitKey.map { String(decoding: $0, as: UTF8.self) }
                        == job.rateLimitKey, place)
                #expect(try hash.rateLimitConcurrency == job.rateLimitConcurrency, place)
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `have the plans rq reports`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let hash = try JobHash(fields: snapshot.fields(keys.job(JobID(job.id))))
                let place: Comment = "\(job.id) in \(snapshot.name)"
                #expect(try hash.dependencyIDs.map(\.description) == job.dependencyIds, place)
                #expect(
                    try hash.allowsDependencyFailures == (job.allowDependencyFailures ?? false))
                #expect(try hash.isEnqueuedAtFront == (job.enqueueAtFront ?? false), place)
                #expect(try hash.isRetriedAtFront == (job.enqueueAtFrontOnRetry ?? false), place)
                #expect(try hash.retriesLeft == job.retriesLeft, place)
                #expect(try hash.retryIntervals == spans(job.retryIntervals), place)
                #expect(try hash.numberOfRetries == job.numberOfRetries, place)
                #expect(try hash.repeatsLeft == job.repeatsLeft, place)
                #expect(try hash.repeatIntervals == spans(job.repeatIntervals), place)
                let callbacks = try [
                    ("success", hash.successCallback), ("failure", hash.failureCallback),
                    ("stopped", hash.stoppedCallback),
                ]
                for (event, callback) in callbacks {
                    let theirs = job.callbacks[event].map {
                        JobCallback(functionName: $0.name, timeout: .seconds($0.timeout))
                    }
                    #expect(callback == theirs, place)
                }
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `hold the call rq unpacks and name its function`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            for job in snapshot.jobs {
                let hash = try JobHash(fields: snapshot.fields(keys.job(JobID(job.id))))
                #expect(try hash.inflatedData() == job.data.bytes, "\(job.id)")
                #expect(hash.functionName == job.function, "\(job.id)")
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `name their function in every pickle protocol, compressed or not`(
        version: String
    ) throws {
        let calls = try Recording.of(version).pickledCalls
        #expect(Set(calls.map(\.protocol)) == [0, 1, 2, 3, 4, 5])
        for call in calls {
            for data in [call.data.bytes, Zlib.deflate(call.data.bytes)] {
                var fields = FieldList()
                fields.append("data", data)
                let name = JobHash(fields: fields).functionName
                #expect(name == call.function, "protocol \(call.protocol)")
            }
        }
    }

    /// The fixtures must hold what the tests above are about, or those would pass on nothing.
    @Test(arguments: Recording.versions)
    func `cover every field a producer can set`(version: String) throws {
        let recording = try Recording.of(version)
        let names = recording.snapshots.flatMap(\.keys)
            .filter { $0.key.text.hasPrefix("rq:job:") && $0.type == "hash" }
            .flatMap { entry in (entry.hash ?? []).enumerated() }
            .filter { $0.offset.isMultiple(of: 2) }.map(\.element.text)
        var expected: Set = [
            "created_at", "data", "description", "origin", "status", "timeout", "enqueued_at",
            "started_at", "ended_at", "last_heartbeat", "worker_name", "result_ttl",
            "failure_ttl", "ttl", "retries_left", "retry_intervals", "dependency_ids",
            "dependency_id", "allow_dependency_failures", "enqueue_at_front", "meta",
            "success_callback_name", "failure_callback_name", "stopped_callback_name",
            "success_callback_timeout", "failure_callback_timeout", "stopped_callback_timeout",
        ]
        if !version.hasPrefix("1.") {
            expected.formUnion(["group_id", "repeats_left", "repeat_intervals"])
        }
        if version.hasPrefix("3.") {
            expected.formUnion([
                "rate_limit_key", "rate_limit_concurrency", "enqueue_at_front_on_retry",
                "number_of_retries",
            ])
        }
        #expect(expected.subtracting(names) == [])
    }

    private func spans(_ seconds: [Int]?) -> [Duration] {
        (seconds ?? []).map { .seconds($0) }
    }
}
