import Logging
import RQ
import RedisKit

/// What a worker does when Redis does not do what it was asked to.
///
/// *Worker process.*
extension Worker {
    /// A pause is shortened by this, so that workers do not come back all at once.
    static var jitter: Double { .random(in: 0.5...1) }

    /// Turns an error reply into an event.
    ///
    /// The connection stays, except for a registration, without which it is of no use.
    func refused(_ request: RedisLink.Request, _ error: ServerError) {
        switch request {
        case .birth: link?.drop(.refused(error), during: request)
        case .claim:
            leadership?.leave()
            happened(.claimRefused(retryAfter: failed(.claim, .refused(error))))
        case .settle(let job, let outcome):
            let pause = failed(.settlement, .refused(error))
            log.logger.warning(
                "outcome refused by Redis",
                metadata: [
                    "RQ_JOB_ID": "\(job.id)", "RQ_QUEUE": "\(job.queue)",
                    "RQ_EXECUTION": "\(job.execution)", "bytes": "\(outcome.sizeBytes)",
                    "reason": "\(RedisTrouble.refused(error).reason)",
                ])
            settlementRefused(error, pause)
        case .handBack: settlementRefused(error, failed(.settlement, .refused(error)))
        case .death: perform([.leave(state.leavingStatus)])
        case .heartbeat: _ = failed(.heartbeat, .refused(error))
        case .resume:
            isResuming = false
            _ = failed(.heartbeat, .refused(error))
        case .renewal, .tracking, .script, .address, .clock, .ping: break
        }
    }

    private func settlementRefused(_ error: ServerError, _ pause: Duration) {
        happened(
            .settlementRefused(
                error.refusal, reason: RedisTrouble.refused(error).reason, retryAfter: pause))
    }

    /// Counts a failure and shows it.
    ///
    /// - Returns: how long to wait before it is tried again.
    func failed(_ kind: RequestBackoff.Kind, _ trouble: RedisTrouble) -> Duration {
        let pause = backoff.failed(kind, jitter: Self.jitter)
        tell(trouble, after: backoff.reconnection(kind), pause)
        return pause
    }

    /// Says what is wrong: in the log seldom, for all workers together, in the status at once.
    func tell(_ trouble: RedisTrouble, after failures: Reconnection, _ pause: Duration) {
        if assignment.scoreboard.mayTell(trouble, after: failures) {
            log.redisLost(trouble, retryAfter: pause)
        } else {
            log.logger.debug("Redis is lost", metadata: ["reason": "\(trouble.reason)"])
        }
        record.complaint = trouble.reason
        assignment.scoreboard.news()
    }

    /// Counts a success; the last trouble may be over with it.
    func succeeded(_ kind: RequestBackoff.Kind) {
        let wasInTrouble = backoff.isInTrouble
        guard backoff.succeeded(kind) || !wasInTrouble else { return }
        if !record.complaint.isEmpty {
            record.complaint = ""
            assignment.scoreboard.news()
        }
        if wasInTrouble, assignment.scoreboard.mayTellRelief() { log.redisBack() }
    }
}
