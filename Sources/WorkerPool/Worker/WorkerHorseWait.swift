import RQ

/// How long a worker waits for a process to run its job, and what it does then.
///
/// *Worker process.* A job does not wait for a slot stable that hangs: it goes back, and another
/// worker takes it. The slot stable itself has longer: forking a large application on a loaded
/// machine takes its time, and one that is at work is not killed for it.
extension WorkerState {
    /// How long a claimed job waits for a process; somebody else has it within 2 s.
    static let horseDeadline = Duration.milliseconds(1500)

    /// How often a slot stable that owes a horse is looked at.
    static let stableCheck = Duration.seconds(5)

    /// How long a slot stable may be at work on one horse.
    static let forkDeadline = Duration.seconds(30)

    /// What the timer `horse` is armed for.
    enum HorseTimer { case none, heldJob, slotStable }

    /// A job is in hand, or an errand, and no horse waits.
    mutating func awaitHorse() -> [WorkerAction] {
        guard horseTimer != .heldJob else { return [] }
        horseTimer = .heldJob
        return [.arm(.horse, after: Self.horseDeadline)]
    }

    /// A slot stable was asked for a horse, or one was forked that is to say so.
    mutating func horseAsked() -> [WorkerAction] {
        guard horseTimer == .none, stable != .horseReady, stable != .absent else { return [] }
        horseTimer = .slotStable
        return [.arm(.horse, after: Self.stableCheck)]
    }

    /// The wait is over, one way or the other.
    mutating func endHorseWait() -> [WorkerAction] {
        stableLate = .zero
        guard horseTimer != .none else { return [] }
        horseTimer = .none
        return [.disarm(.horse)]
    }

    /// No horse waits, and the next one loads the application.
    mutating func horseLoads() -> [WorkerAction] {
        guard stable != .absent else { return [] }
        let isNews = stable != .loading
        stable = .loading
        // A job that is in hand waits no longer for that.
        let waits = wantsHorse ? [] : endHorseWait()
        // Looks again at its queues when there is a horse.
        if case .waiting = duty { duty = .hungry }
        let isIdle = execution == nil && !isLeaving && !isPaused && link == .up
        return waits + (isNews && isIdle ? [.show(.waitingForImport)] : [])
    }

    /// What a worker shows that does nothing.
    var resting: SlotState { stable == .loading ? .waitingForImport : .idle }

    /// There is no horse in time.
    ///
    /// - Parameters:
    ///   - isWorking: whether the slot stable runs, or waits for the disk, and so may only be slow.
    ///   - isLoading: whether the slot stable has done its part, and horses load the application.
    /// - Returns: what to do.
    mutating func horseIsLate(isWorking: Bool, isLoading: Bool) -> [WorkerAction] {
        let waited = horseTimer == .heldJob ? Self.horseDeadline : Self.stableCheck
        horseTimer = .none
        if stable == .loading, isLoading { return horseStillLoads(waited) }
        var actions = giveUpWaiting()
        switch stable {
        case .present, .late, .loading:
            stable = .late
            if !isLeaving { actions.append(.show(.waitingForHorse)) }
        case .asked where !isLeaving: actions.append(.show(.waitingForStable))
        case .absent, .asked, .horseReady: return actions
        }
        stableLate += waited
        if isWorking && stableLate < Self.forkDeadline {
            horseTimer = .slotStable
            actions.append(.arm(.horse, after: Self.stableCheck))
        } else {
            stableLate = .zero
            actions.append(.replaceStable)
        }
        return actions
    }

    /// Only an errand waits longer: nobody else can do it.
    private mutating func horseStillLoads(_ waited: Duration) -> [WorkerAction] {
        stableLate += waited
        if case .errand(_, false) = duty, stableLate < Self.forkDeadline { return awaitHorse() }
        stableLate = .zero
        return giveUpWaiting()
    }

    /// The slot stable says that it cannot fork; it is asked again in a second.
    mutating func forkRefused() -> [WorkerAction] {
        let actions = endHorseWait() + giveUpWaiting()
        guard stable == .present || stable == .late else { return actions }
        let isNews = stable == .present && !isLeaving
        stable = .late
        return actions + (isNews ? [.show(.waitingForHorse)] : [])
    }

    /// Nobody waits any longer for a horse that does not come.
    private mutating func giveUpWaiting() -> [WorkerAction] {
        switch duty {
        case .holding(let job):
            duty = .settling(.handBack(job.execution, .noHorse), isSent: false, next: nil)
            return []
        case .errand(_, false): return errandEnded() + [.skippedErrand]
        // Looks again at its queues once it can run what it finds.
        case .waiting:
            duty = .hungry
            return []
        case .hungry, .claiming, .running, .killing, .settling, .errand, .leaving: return []
        }
    }
}
