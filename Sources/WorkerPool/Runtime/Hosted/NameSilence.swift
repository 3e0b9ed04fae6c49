import RQ
import RedisKit

/// Since when the holder of a hosted worker's name has not been heard of, and whether he lives.
///
/// *Worker process.*
struct NameSilence {
    private var since: MonotonicTime?

    /// Whether anybody listens to commands under a name.
    ///
    /// - Parameters:
    ///   - identity: that name.
    ///   - connection: to Redis.
    /// - Returns: nil where the server does not say.
    /// - Throws: when Redis cannot be asked.
    static func listens(_ identity: WorkerIdentity, _ connection: Connection) throws -> Bool? {
        let question = Command(
            "PUBSUB", "NUMSUB", .bytes(identity.keys.commands(identity.name)))
        do {
            return try connection.call(question, timeout: .seconds(5)) { reply in
                reply.count == 2 ? reply[1].integer.map { $0 > 0 } : nil
            }
        } catch RedisError.server {
            // Not permitted.
            return nil
        }
    }

    /// Whether somebody else works under the name, or may for all that can be told: one who lives, or
    /// who has been silent for longer than he would take to connect again.
    ///
    /// - Parameters:
    ///   - holder: who has the name.
    ///   - isHeard: whether he listens; nil if that is not known.
    /// - Returns: false while he may yet come back or be found dead.
    mutating func isInUse(_ holder: NameHolder, _ isHeard: Bool?) -> Bool {
        guard isHeard == false, !HostIdentity.isAlive(holder: holder.process) else { return true }
        let start = since ?? .now()
        since = start
        return MonotonicTime.now() - start >= Worker.silenceOfTheGone
    }
}
