import RQ
import Testing

struct `Recorded workers` {
    private let keys = Keys()

    @Test(arguments: Recording.versions)
    func `say the same to us as to rq, idle and busy`(version: String) throws {
        let recording = try Recording.of(version)
        for (name, state) in [("idle", WorkerActivity.idle), ("running", .busy)] {
            let snapshot = try recording.snapshot(name)
            let theirs = try #require(snapshot.workers.first)
            let key = keys.worker(WorkerName(theirs.name))
            let ours = try WorkerHash(fields: snapshot.fields(key))
            #expect(ours.state == state)
            #expect(theirs.state == state.description)
            #expect(ours.queues.map(\.description) == theirs.queues)
            #expect(try ours.pid == theirs.pid)
            #expect(ours.hostname == theirs.hostname)
            #expect(ours.ipAddress == theirs.ipAddress)
            #expect(ours.version == version)
            #expect(ours.pythonVersion == theirs.pythonVersion)
            #expect(try ours.birth?.microseconds == theirs.birth)
            #expect(try ours.lastHeartbeat?.microseconds == theirs.lastHeartbeat)
            #expect(try ours.death == nil)
            #expect(try ours.shutdownRequested == nil)
        }
    }

    @Test(arguments: Recording.versions)
    func `carry their counts and their death to the end`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("stopped")
        let hash = try WorkerHash(
            fields: snapshot.fields(keys.worker("fixture-long")))
        let stops = version.hasPrefix("3.") ? 3 : 2
        #expect(try hash.successfulJobCount == 1)
        #expect(try hash.failedJobCount == stops)
        #expect(try hash.totalWorkingTime > .zero)
        let death = try #require(try hash.death)
        let birth = try #require(try hash.birth)
        #expect(death > birth)
        #expect(death.utcISO == hash.fields["death"])
        #expect(try snapshot.entry(keys.worker("fixture-long")).ttl <= 60)
    }

    @Test(arguments: Recording.versions)
    func `register with the bytes we would write`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("idle")
        let recorded = try snapshot.fields(keys.worker("fixture-long"))
        let hash = WorkerHash(fields: recorded)
        let birth = WorkerBirth(
            birth: try #require(try hash.birth), queues: hash.queues,
            pid: try #require(try hash.pid), hostname: try #require(hash.hostname),
            ipAddress: try #require(hash.ipAddress), version: try #require(hash.version),
            pythonVersion: try #require(hash.pythonVersion))
        let ours = birth.fields
        for index in stride(from: 0, to: ours.flat.count, by: 2) {
            let name = String(decoding: ours.flat[index], as: UTF8.self)
            guard name != "last_heartbeat" else {
                // It has beaten since; its form is what can be compared.
                #expect(try hash.lastHeartbeat?.utcISO == recorded[name])
                continue
            }
            #expect(ours.flat[index + 1] == recorded[name], "\(name)")
        }
        #expect(ours.count == 8)
    }

    @Test(arguments: Recording.versions)
    func `name their job to readers of their version`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("running")
        let worker = try #require(snapshot.workers.first)
        #expect(worker.currentJob == "runs")
        let hash = try WorkerHash(fields: snapshot.fields(keys.worker("fixture-long")))
        guard version.hasPrefix("3.") else {
            #expect(hash.currentJob == "runs")
            #expect(try hash.currentJobWorkingTime != nil)
            return
        }
        #expect(hash.currentJob == nil)
        let members = try #require(snapshot.entry(keys.workerExecutions("fixture-long")).set)
        #expect(members.map { CompositeMember(bytes: $0.bytes).jobID } == ["runs"])
    }

    @Test(arguments: Recording.versions)
    func `are told what to do in the bytes we would publish`(version: String) throws {
        for recorded in try Recording.of(version).commands {
            let job = recorded.jobId.map { JobID($0) } ?? ""
            let run = recorded.executionId.map { ExecutionID($0) } ?? ""
            let expected: WorkerCommand? =
                switch recorded.command {
                case "shutdown": .shutdown
                case "kill-horse": .killHorse
                case "stop-job": .stopJob(job)
                case "stop-execution": .stopExecution(job, run)
                default: nil
                }
            let command = try WorkerCommand(payload: recorded.payload.bytes)
            #expect(command == expected)
            #expect(command.payload == recorded.payload.bytes)
        }
    }
}
