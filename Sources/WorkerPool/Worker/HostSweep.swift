import Logging
import RQ
import RedisKit

/// Settles what dead workers of this host have left, when a new master starts.
///
/// *Worker process*, the first one of a master, before it registers. A master that was killed
/// takes its workers along; what they ran is known in Redis under their names, with the process
/// that held each. Blocks, for some milliseconds, on a connection of its own.
struct HostSweep {
    private let assignment: WorkerAssignment
    private let keys: Keys
    private let log: WorkerLog
    private static let timeout = Duration.seconds(5)

    /// A sweep by the worker of this assignment.
    init(_ assignment: WorkerAssignment, keys: Keys) {
        self.assignment = assignment
        self.keys = keys
        log = WorkerLog(
            pool: assignment.pool.name, slot: assignment.slot, worker: assignment.name)
    }

    /// Hands back every job of a dead worker of this host, then forgets the worker.
    func run() {
        do {
            let connection = try connect()
            defer { connection.close() }
            for dead in try claimants(connection)
            where dead.isHosted || dead.name != WorkerName(assignment.name) {
                if HostIdentity.isDead(holder: dead.holder) {
                    try bury(dead, .serviceDied, taken: nil, by: assignment.deathRules, connection)
                }
            }
        } catch {
            // The lease of what is left runs out; then anybody's maintenance finds it.
            log.logger.warning(
                "dead workers of this host not looked for", metadata: ["reason": "\(error)"])
        }
    }

    /// Hands back what one dead worker has left and forgets it.
    ///
    /// - Parameter predecessor: its process is known to be gone.
    /// - Returns: the exit status: 0 when nothing is left, 69 when Redis could not be asked.
    func settle(_ predecessor: Predecessor) -> Int32 {
        do {
            let connection = try connect()
            defer { connection.close() }
            let name = WorkerName(predecessor.name)
            for dead in try claimants(connection) where dead.name == name {
                guard HostIdentity.isDead(holder: dead.holder) else { continue }
                // It was of this pool, whatever other pool serves its queues.
                let rules = WorkerDeathRules([assignment.pool])
                try bury(dead, .workerDied, taken: predecessor.taken, by: rules, connection)
            }
            return WorkerExit.finished
        } catch {
            log.logger.warning("dead worker's job not settled", metadata: ["reason": "\(error)"])
            return WorkerExit.unsettled
        }
    }

    private func connect() throws -> Connection {
        try Connection(to: assignment.redis.endpoint(), timeout: Self.timeout)
    }

    /// A worker of rqd, or one that it hosts, and the process that holds its name.
    private struct Claimant {
        let name: WorkerName
        let holder: String
        let isHosted: Bool
    }

    private func claimants(_ connection: Connection) throws -> [Claimant] {
        try claimants(in: keys.claimants, areHosted: false, connection)
            + claimants(in: keys.hosted, areHosted: true, connection)
    }

    private func claimants(
        in key: [UInt8], areHosted: Bool, _ connection: Connection
    ) throws -> [Claimant] {
        try connection.call(Command("HGETALL", .bytes(key)), timeout: Self.timeout) { reply in
            stride(from: 0, to: reply.count - 1, by: 2).map { index in
                Claimant(
                    name: WorkerName(bytes: reply[index].bytes ?? []),
                    holder: reply[index + 1].text ?? "", isHosted: areHosted)
            }
        }
    }

    private func bury(
        _ dead: Claimant, _ reason: HandBackReason, taken: TakenJob?, by rules: WorkerDeathRules,
        _ connection: Connection
    ) throws {
        let identity = WorkerIdentity(keys: keys, name: dead.name)
        if dead.isHosted {
            let served = try connection.call(
                Command("HGET", .bytes(keys.worker(dead.name)), "queues"), timeout: Self.timeout
            ) { $0.text ?? "" }
            let first = QueueName(String(served.prefix { $0 != "," }))
            _ = try HostedEstate(identity, assignment.pool.settling(by: rules[first]), log)
                .pass(from: dead.holder, to: "", taken: taken, reason, on: connection)
            return
        }
        let claims = try connection.call(
            Command("HKEYS", .bytes(keys.claims(dead.name))), timeout: Self.timeout
        ) { $0.map { ExecutionID(bytes: $0.bytes ?? []) } }
        for execution in claims {
            try handBack(execution, of: identity, dead.holder, reason, by: rules, connection)
        }
        let death = identity.death(at: .now(), holder: dead.holder)
        try connection.call(
            death.script, keys: death.keys, arguments: death.arguments, timeout: Self.timeout
        ) { _ in }
    }

    private func handBack(
        _ execution: ExecutionID, of dead: WorkerIdentity, _ holder: String,
        _ reason: HandBackReason, by rules: WorkerDeathRules, _ connection: Connection
    ) throws {
        let question = dead.queue(of: execution, at: .now())
        let claimed = try connection.call(
            question.script, keys: question.keys, arguments: question.arguments,
            timeout: Self.timeout
        ) { QueueName(bytes: $0.bytes ?? []) }
        let pool = assignment.pool.settling(by: rules[claimed])
        // Meanwhile a worker of this master may have taken the name, and a job.
        let request = dead.handBack(execution, reason, under: pool, heldBy: holder)
        let (fate, queue, id) = try connection.call(
            request.script, keys: request.keys, arguments: request.arguments,
            timeout: Self.timeout
        ) { reply -> (Fate, QueueName, JobID) in
            do { return try Fate.read(reply) } catch { return (.gone, "", "") }
        }
        let fields = JobFields(
            queue: queue.description, id: id.description, execution: execution.description,
            function: nil, description: nil)
        if case .requeued = fate { log.requeued(fields, reason: reason.text) }
    }
}
