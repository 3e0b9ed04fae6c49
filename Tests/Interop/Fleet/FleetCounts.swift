/// What is where, as one tool counts it: the output of `Python/count.py`, or of `rqd info --json`.
struct FleetCounts: Equatable {
    /// The jobs of a queue in each state.
    struct Queue: Decodable, Equatable {
        let count: Int
        let executing: Int
        let finished: Int
        let failed: Int
        let deferred: Int
        let scheduled: Int
        let canceled: Int
    }

    /// A worker.
    struct Worker: Decodable, Equatable {
        let state: String
        let queues: [String]
        let pid: Int
        let successfulJobCount: Int
        let failedJobCount: Int
        /// The id of its job; of a worker of rq, which 1.x and 3.0 write in different places, nil.
        var currentJob: String?
    }

    let queues: [String: Queue]
    let workers: [String: Worker]

    /// What both have, told where they differ; empty where they agree.
    func differences(from other: FleetCounts) -> [String] {
        var found: [String] = []
        for name in Set(queues.keys).union(other.queues.keys).sorted()
        where queues[name] != other.queues[name] {
            found.append("queue \(name): \(text(queues[name])) / \(text(other.queues[name]))")
        }
        for name in Set(workers.keys).union(other.workers.keys).sorted()
        where workers[name] != other.workers[name] {
            found.append("worker \(name): \(text(workers[name])) / \(text(other.workers[name]))")
        }
        return found
    }

    private func text(_ value: Any?) -> String { value.map { "\($0)" } ?? "none" }
}

extension FleetCounts: Decodable {
    private enum Key: CodingKey { case queues, workers }

    private struct Named<Value: Decodable>: Decodable {
        let name: String
        let value: Value

        private enum Key: CodingKey { case name }

        init(from decoder: any Decoder) throws {
            name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .name)
            value = try Value(from: decoder)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        queues = try Self.table(container, .queues)
        var workers: [String: Worker] = try Self.table(container, .workers)
        for name in workers.keys where name.hasPrefix("rq-") { workers[name]?.currentJob = nil }
        self.workers = workers
    }

    /// A table by name, or a list whose entries have their names in them.
    private static func table<Value: Decodable>(
        _ container: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> [String: Value] {
        if let table = try? container.decode([String: Value].self, forKey: key) { return table }
        let list = try container.decode([Named<Value>].self, forKey: key)
        return Dictionary(list.map { ($0.name, $0.value) }) { $1 }
    }
}
