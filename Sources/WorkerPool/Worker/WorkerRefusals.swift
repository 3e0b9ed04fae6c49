import RQ

/// What a worker does about requests that Redis refuses, or that break the connection.
///
/// *Worker process.*
extension WorkerState {
    /// The connection stays: the same claim is made again after a pause, whatever is pushed.
    mutating func claimRefused(_ pause: Duration) -> [WorkerAction] {
        guard case .claiming = duty else { return [] }
        duty = .waiting
        isClaimPausing = true
        return [.arm(.claimAgain, after: pause), .show(.failing)]
    }

    /// So many breaks over one claim, and it is not sent again.
    private static let mostClaimBreaks = 3

    /// Gives up a claim whose answer breaks the connection each time.
    ///
    /// It breaks over the job, which is larger than the server may send (`client-output-buffer-limit`) or than can be read. The
    /// claim is found at the next registration, and goes back.
    mutating func claimBroke(_ execution: ExecutionID) {
        claimBreaks += 1
        guard claimBreaks >= Self.mostClaimBreaks else { return }
        claimBreaks = 0
        undelivered = execution
        duty = .hungry
    }

    /// What was on its way is kept, or reduced to what Redis takes.
    mutating func settlementRefused(
        _ refusal: RefusalKind, _ reason: String, _ pause: Duration
    ) -> [WorkerAction] {
        if isPayingDebt {
            isPayingDebt = false
            delivery.isPausing = true
            return [.arm(.settleAgain, after: pause)]
        }
        guard case .settling(let settlement, true, _) = duty else { return [] }
        duty = .settling(settlement, isSent: false, next: nil)
        if case .outcome(let job, let outcome) = settlement {
            if let reduced = delivery.refused(outcome, of: job, refusal, reason) {
                duty = .settling(.outcome(job, reduced), isSent: false, next: nil)
                return []
            }
            let original = delivery.restore() ?? outcome
            duty = .settling(.outcome(job, original), isSent: false, next: nil)
        }
        delivery.isPausing = true
        return [.arm(.settleAgain, after: pause)]
    }
}
