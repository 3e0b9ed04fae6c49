import Logging
import RQ
import RedisKit

/// Settles what dead workers of this host have left, when a new master starts.
///
/// *Worker process*, the first one of a master, before it registers. A master that was killed
/// takes its workers along; what they ran is known in Redis under their names, with the process
/// that held each. Blocks, for some milliseconds, on a connection of its own.
struct HostSweep {
    private let worker: Worker
    private let endpoint: String

    /// A sweep by this worker.
    init(_ worker: Worker) {
        self.worker = worker
        endpoint = worker.assignment.redis.url
    }

    /// Hands back every execution of a dead worker of this host, then forgets the worker.
    func run() {
        do {
            let connection = try Connection(to: Endpoint(url: endpoint), timeout: .seconds(5))
            defer { connection.close() }
            for (name, holder) in try claimants(connection) where name != worker.identity.name {
                if HostIdentity.isDead(holder: holder) {
                    try bury(name, holder, .serviceDied, connection)
                }
            }
        } catch {
            // The lease of what is left runs out; then anybody's maintenance finds it.
            worker.log.logger.warning(
                "dead workers of this host not looked for", metadata: ["reason": "\(error)"])
        }
    }

    /// Hands back what one dead worker has left and forgets it, for a master that is stopping.
    ///
    /// - Parameter name: the name of a predecessor whose process is known to be gone.
    /// - Returns: the exit status: 0 when nothing is left, 69 when Redis could not be asked.
    func settle(_ name: WorkerName) -> Int32 {
        do {
            let connection = try Connection(to: Endpoint(url: endpoint), timeout: .seconds(5))
            defer { connection.close() }
            let holder = try claimants(connection).first { $0.0 == name }?.1
            if let holder, HostIdentity.isDead(holder: holder) {
                try bury(name, holder, .workerDied, connection)
            }
            return WorkerExit.finished
        } catch {
            worker.log.logger.warning(
                "dead worker's job not settled", metadata: ["reason": "\(error)"])
            return WorkerExit.unsettled
        }
    }

    /// rqd's workers and the processes that hold their names.
    private func claimants(_ connection: Connection) throws -> [(WorkerName, String)] {
        let key = worker.identity.keys.claimants
        return try connection.call(Command("HGETALL", .bytes(key)), timeout: .seconds(5)) { reply in
            stride(from: 0, to: reply.count - 1, by: 2).map { index in
                (WorkerName(bytes: reply[index].bytes ?? []), reply[index + 1].text ?? "")
            }
        }
    }

    private func bury(
        _ name: WorkerName, _ holder: String, _ reason: HandBackReason, _ connection: Connection
    ) throws {
        let dead = WorkerIdentity(keys: worker.identity.keys, name: name)
        let claims = try connection.call(
            Command("HKEYS", .bytes(dead.keys.claims(name))), timeout: .seconds(5)
        ) { $0.map { ExecutionID(bytes: $0.bytes ?? []) } }
        let pool = worker.assignment.pool
        for execution in claims {
            let request = dead.handBack(execution, reason, under: pool)
            let (fate, queue, id) = try connection.call(
                request.script, keys: request.keys, arguments: request.arguments,
                timeout: .seconds(5)
            ) { reply -> (Fate, QueueName, JobID) in
                do { return try Fate.read(reply) } catch { return (.gone, "", "") }
            }
            let fields = JobFields(
                queue: queue.description, id: id.description, execution: execution.description,
                function: nil, description: nil)
            if case .requeued = fate {
                worker.log.requeued(fields, reason: reason.text)
            }
        }
        let death = dead.death(at: .now(), holder: holder)
        try connection.call(
            death.script, keys: death.keys, arguments: death.arguments, timeout: .seconds(5)
        ) { _ in }
    }
}
