import Glibc

/// Where a worker's horses come from: how many are asked for, and when.
///
/// *Worker process.* Of horses that are forked one waits. Of those that are started as many as
/// `spares` says wait, or load the application for that: nobody lets them go before they have had
/// their jobs.
extension PythonRuntime {
    /// How long a horse that waits must have lived for its end to be the first of its kind.
    private static let wellAfter = Duration.seconds(10)

    /// Asks for as many horses as are missing, unless earlier ones have failed just now.
    func fillUp() {
        // What is started before the slot stable has its limits and its group would lack them.
        guard stable != nil, !isRestarting, !isSpawning || stablePid != 0 else { return }
        while waiting.count + loading.count + forksAsked < wanted { askForHorse() }
    }

    private func askForHorse() {
        forksAsked += 1
        forkAsked = .now()
        stable?.askForHorse()
        if current == nil, waiting.isEmpty { deliver(.horseAsked) }
    }

    func prepare() {
        if current == nil { fillUp() }
    }

    func rest() {
        // What is started in a second or two is not let go because nobody needs it just now.
        let leaving = waiting.filter { !isSpawning || $0.jobsLeft < jobsPerHorse }
        guard !leaving.isEmpty else { return }
        for horse in leaving {
            horse.dismiss()
            depart(horse)
        }
        waiting.removeAll { horse in leaving.contains { $0 === horse } }
        if waiting.isEmpty { noneWaits() }
    }

    /// The present job is over.
    func offerNext() {
        if !waiting.isEmpty {
            deliver(.horseReady)
        } else if isSpawning, forksAsked > 0 {
            deliver(.horseAsked)
        }
        fillUp()
    }

    /// No horse waits any more.
    func noneWaits() { deliver(isSpawning ? .horseLoading : .horseGone) }

    /// Whether all horses that were asked for are there, or load, or are to be started again.
    var isLoadingHorse: Bool { isSpawning && stablePid != 0 && forksAsked == 0 }

    /// A horse of this slot's; its descriptors are the object's.
    func horse(
        _ identity: ProcessIdentity, _ socket: Int32, _ output: Int32, _ lifeline: Int32
    ) -> Horse {
        Horse(
            identity, of: owner, socket: socket, output: output, lifeline: lifeline,
            jobs: jobsPerHorse, mostBytes: mostBytes)
    }

    // Horses that were started.

    /// A horse was started, and has to load the application.
    func begins(_ horse: Horse, report: Int32) {
        forksAsked -= 1
        do {
            loading[horse.pid] = try LoadingHorse(horse, report: report, on: loop, at: .now()) {
                [weak self] in self?.hasHeard(horse.pid)
            }
        } catch {
            deliver(.warning("cannot watch the horse: \(error)"))
            horse.signal(SIGKILL)
            startLater()
        }
        armLoadingLook()
        if waiting.isEmpty { noneWaits() }
    }

    /// A horse has told how it gets on.
    private func hasHeard(_ pid: Int32) {
        guard let one = loading[pid], one.report.isLoaded else { return }
        loading[pid] = nil
        deliver(.forked(.now() - one.since))
        join(one.horse)
        deliver(.horseReady)
    }

    /// A horse can take a job.
    func join(_ horse: Horse) {
        horse.joined = .now()
        if limits.concernsHorses { tell(limits.limit(runner: horse.pid)) }
        waiting.append(horse)
    }

    /// A horse has ended before it had loaded the application.
    ///
    /// - Returns: false for a horse that did not load.
    func hasFailed(_ pid: Int32, _ ending: HorseEnding) -> Bool {
        guard let one = loading.removeValue(forKey: pid) else { return false }
        let report = one.report
        one.stopListening()
        let subject = report.subject.isEmpty ? "" : " while it loaded \(report.subject)"
        let end = "a process for jobs has ended\(subject): \(ending)"
        let reason = report.failure.isEmpty ? end : report.failure
        deliver(.loadFailed(reason: reason, calls: report.calls))
        startLater()
        return true
    }

    /// A horse that waited has ended.
    func hasLeft(_ horse: Horse, _ ending: HorseEnding) {
        if MonotonicTime.now() - horse.joined >= Self.wellAfter { isWell() }
        if !isSpawning || told != ending.waitStatus {
            deliver(.warning("waiting horse \(horse.pid) is gone: \(ending)"))
        }
        told = ending.waitStatus
        if waiting.isEmpty, current == nil || isSpawning { noneWaits() }
        if isSpawning { startLater() } else { fillUp() }
    }

    /// Horses can be had: the next that ends is the first of its kind.
    func isWell() {
        startBackoff.recovered()
        told = nil
    }

    /// Horses that end before they are of use are started again, but not at once each time.
    private func startLater() {
        let wait = startBackoff.failed(jitter: Double.random(in: 0..<1))
        guard wait > .zero else { return fillUp() }
        isRestarting = true
        retry?.arm(after: wait)
    }

    /// Arms the timer for the loading that takes long first.
    private func armLoadingLook() {
        guard let next = loading.values.map(\.nextLook).min() else { return }
        loadingLook?.arm(after: max(next - .now(), .zero))
    }

    /// A horse takes long to load the application.
    func lookAtLoading() {
        for one in loading.values {
            guard let slow = one.lookIfDue(at: .now()) else { continue }
            deliver(.loadsSlowly(subject: slow.subject, seconds: slow.seconds, place: slow.place))
        }
        armLoadingLook()
    }
}
