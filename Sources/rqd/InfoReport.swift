import RQ

/// What `rqd info` tells, read once.
struct InfoReport {
    /// One queue and how many jobs it has in each state.
    struct QueueState {
        let name: QueueName
        let count: Int
        let counts: [Registry.Kind: Int]
    }

    /// In the order in which they were named, else by name.
    let queues: [QueueState]
    /// Those that listen on one of the named queues, else all; by name.
    let workers: [WorkerRecord]
    /// Whether workers take no new jobs.
    let isSuspended: Bool

    /// Reads it.
    ///
    /// - Parameters:
    ///   - client: where.
    ///   - names: which queues; none for all.
    /// - Throws: `redis`.
    init(_ client: Client, queues names: [QueueName]) throws(ClientError) {
        let queues =
            names.isEmpty ? try Queue.all(on: client) : names.map { Queue($0, on: client) }
        var states: [QueueState] = []
        for queue in queues {
            states.append(
                QueueState(
                    name: queue.name, count: try queue.count(),
                    counts: try queue.registryCounts()))
        }
        self.queues = states
        workers = try WorkerRecord.all(on: client).filter { worker in
            names.isEmpty || names.contains { worker.queues.contains($0) }
        }
        isSuspended = try client.isSuspended()
    }

    /// One line of JSON with its line break; the names in it are an interface.
    ///
    /// - Parameters:
    ///   - queues: whether the queues are in it.
    ///   - workers: whether the workers are in it.
    /// - Returns: the line.
    func json(queues: Bool, workers: Bool) -> String {
        var entries: [PlainValue.Entry] = [.init("suspended", .bool(isSuspended))]
        if queues { entries.append(.init("queues", .list(self.queues.map(\.plain)))) }
        if workers { entries.append(.init("workers", .list(self.workers.map(\.plain)))) }
        guard let bytes = try? Serializer.json.bytes(of: .dictionary(entries)) else {
            preconditionFailure("text and finite numbers are JSON")
        }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}

extension InfoReport.QueueState {
    fileprivate var plain: PlainValue {
        func number(_ kind: Registry.Kind) -> PlainValue { .integer(counts[kind] ?? 0) }
        return [
            "name": .string(name.description), "count": .integer(count),
            "executing": number(.started), "finished": number(.finished),
            "failed": number(.failed), "deferred": number(.deferred),
            "scheduled": number(.scheduled), "canceled": number(.canceled),
        ]
    }
}

extension WorkerRecord {
    fileprivate var plain: PlainValue {
        func text(_ value: (any CustomStringConvertible)?) -> PlainValue {
            value.map { .string($0.description) } ?? .none
        }
        let (seconds, attoseconds) = totalWorkingTime.components
        return [
            "name": text(name), "hostname": text(hostname), "ip_address": text(hash.ipAddress),
            "pid": pid.map { .integer($0) } ?? .none, "state": text(state),
            "queues": .list(queues.map(text)), "current_job": text(currentJob),
            "birth": text(birth), "last_heartbeat": text(lastHeartbeat),
            "successful_job_count": .integer(successfulJobCount),
            "failed_job_count": .integer(failedJobCount),
            "total_working_time": .double(Double(seconds) + Double(attoseconds) / 1e18),
            "version": text(hash.version),
        ]
    }
}
