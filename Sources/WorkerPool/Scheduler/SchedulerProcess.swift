import Glibc
import Logging
import RQ
import RedisKit

/// A scheduler's process, from the fork to its exit status.
enum SchedulerProcess {
    /// Moves due jobs and puts things in order until it is told to end.
    ///
    /// *Scheduler process.* It never loads Python.
    ///
    /// - Returns: 0 when it was told to end, or had done everything once.
    static func main(_ assignment: SchedulerAssignment, _ scoreboard: Scoreboard) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        Capabilities.keep([])
        do {
            let keys = try Keys(prefix: assignment.redis.keyPrefix)
            return try Scheduler(assignment, scoreboard, keys: keys).run()
        } catch {
            Logger(label: "rqd.scheduler").error(
                "scheduler cannot work", metadata: ["reason": "\(error)"])
            return 70
        }
    }
}
