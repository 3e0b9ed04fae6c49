import Glibc
import Logging
import RQ
import RedisKit

/// A worker's process, from the fork to its exit status.
enum WorkerProcess {
    /// Lays the predecessor to rest, then works.
    ///
    /// *Worker process.*
    ///
    /// - Returns: an exit status; `WorkerExit` names those the master acts on.
    static func main(_ assignment: WorkerAssignment) -> Int32 {
        // Whoever reads our log may go away; that must not end a worker and its job.
        signal(SIGPIPE, SIG_IGN)
        // It kills horses of other users. Who forks an interpreter itself needs all that it has.
        if assignment.pool.hostedClass == nil {
            let sets = ProcessLimits(assignment.pool.limits).isNeeded
            Capabilities.keep(sets ? [.kill, .setNice, .setResources] : .kill)
        }
        let record = assignment.record
        record.workerName = assignment.name
        do {
            if let predecessor = assignment.predecessor {
                layToRest(predecessor, user: assignment.pool.account.owner ?? geteuid())
                assignment.group?.kill()
            }
            let keys = try Keys(prefix: assignment.redis.keyPrefix)
            if assignment.settlesOnly, let predecessor = assignment.predecessor {
                return HostSweep(assignment, keys: keys).settle(predecessor)
            }
            if let hosted = assignment.pool.hostedClass {
                return try HostedWorker(assignment, running: hosted, keys: keys).run()
            }
            return try Worker(assignment, keys: keys).run()
        } catch {
            record.complaint = "\(error)"
            Logger(label: "rqd.worker").error(
                "worker cannot work",
                metadata: [
                    "RQD_POOL": "\(assignment.pool.name)", "RQD_SLOT": "\(assignment.slot)",
                    "reason": "\(error)",
                ])
            return 70
        }
    }

    /// Makes sure that what the predecessor ran does not run any more, before its job is handed
    /// back to be run elsewhere.
    ///
    /// Its slot stable ends with it and takes the horse along; this waits for that, and helps.
    private static func layToRest(_ predecessor: Predecessor, user: uid_t) {
        if let stable = predecessor.slotStable, !stable.awaitEnd(within: .milliseconds(300)) {
            stable.signal(SIGKILL, ofUser: user)
            stable.awaitEnd(within: .seconds(1))
        }
        if let horse = predecessor.horse {
            if horse.isAlive { horse.signalGroup(SIGKILL, ofUser: user) }
            horse.awaitEnd(within: .seconds(1))
        }
    }
}
