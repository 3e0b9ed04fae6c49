import Glibc
import Logging
import RQ

/// When a worker makes room for a successor although nothing is wrong with it.
///
/// *Worker process.*
extension Worker {
    /// Whether this process holds more than `max_memory`.
    var isOutgrown: Bool {
        guard let most = assignment.pool.limits.maxMemory else { return false }
        return ProcessMemory.resident(of: getpid()) > most
    }

    /// Says what has come to an end.
    func tellWhyDone() {
        switch state.spent {
        case .age: log.finishedAge(.now() - begun)
        case .memory: log.finishedMemory(ProcessMemory.resident(of: getpid()))
        case nil where state.isIdleOver:
            if let span = assignment.pool.maxIdleTime { log.finishedIdleTime(span) }
        case nil: log.finishedMaxJobs(state.jobsDone)
        }
    }

    /// The registration has had its jobs: another one of the same name follows, in this process.
    func renew(after jobs: Int) {
        log.finishedMaxJobs(jobs)
        log.ended()
        link?.send(identity.death(at: .now(), holder: HostIdentity.holder), as: .renewal)
        (birth, birthIsNew) = (nil, true)
        record.generation += 1
        record.peakMemoryBytes = 0
        assignment.scoreboard.metrics.workerRestarted(pool: assignment.pool.name)
        // What has run a job of the one does not run a job of the other.
        if assignment.pool.jobsPerHorse > 1 {
            runtime?.rest()
            runtime?.prepare()
        }
    }

    /// Says, once, that a limit of the pool does not hold.
    ///
    /// Of its workers, the one warns that has the next job, and the first one.
    func tell(_ refusal: ProcessLimits.Refusal) {
        guard refusedLimits.insert(refusal.key).inserted else { return }
        let isLeading = leadership?.isLeading == true
        log.limitRefused(refusal, isFirst: assignment.slot == 0 || isLeading)
    }
}
