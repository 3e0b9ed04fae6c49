import Logging
import RQ
import RedisKit

/// What a worker does when Redis does not do what it was asked to.
///
/// *Worker process.*
extension Worker {
    /// A pause is shortened by this, so that workers do not come back all at once.
    static var jitter: Double { .random(in: 0.5...1) }

    /// The server says that a queue has changed, which may not be so.
    func woken() {
        guard let pause = wakeUps.woken(at: .now()) else { return happened(.woken) }
        if assignment.scoreboard.mayTellDeafness() {
            log.redisIsDeaf(
                reason: """
                    it reports changes that are none; tracking-table-max-keys of the server may be \
                    too small
                    """)
        }
        guard !isLookDue else { return }
        isLookDue = true
        lookTimer?.arm(after: pause)
    }

    /// Turns an error reply into an event.
    ///
    /// The connection stays, except for a registration, without which it is of no use.
    func refused(_ request: RedisLink.Request, _ refusal: ServerError) {
        let error = assignment.redis.explaining(refusal)
        switch request {
        case .birth: link?.drop(.refused(error), during: request)
        case .claim:
            leadership?.leave()
            happened(.claimRefused(retryAfter: failed(.claim, .refused(error))))
        case .settle(let job, let outcome):
            // What is refused for good concerns this job alone, and the next try is another one.
            guard error.refusal == .final else {
                return settlementRefused(error, failed(.settlement, .refused(error)))
            }
            let pause = backoff.failed(.settlement, jitter: Self.jitter)
            record.complaint = RedisTrouble.refused(error).reason
            if backoff.reconnection(.settlement).isWorthSaying { tell(error, job, outcome) }
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

    private func tell(_ error: ServerError, _ job: ClaimedJob, _ outcome: Outcome) {
        log.logger.error(
            "outcome refused by Redis",
            metadata: [
                "RQ_JOB_ID": "\(job.id)", "RQ_QUEUE": "\(job.queue)",
                "RQ_EXECUTION": "\(job.execution)", "bytes": "\(outcome.sizeBytes)",
                "reason": "\(RedisTrouble.refused(error).reason)",
            ])
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
        if record.complaint != loadTrouble {
            record.complaint = loadTrouble
            assignment.scoreboard.news()
        }
        if wasInTrouble, assignment.scoreboard.mayTellRelief() { log.redisBack() }
    }
}
