import CLinux
import Glibc

/// What horses and their slot stable owe, and for how long they may.
///
/// *Worker process.* A process that does nothing is ended; one that works, or waits for the disk,
/// may only be slow on a loaded machine and has longer. The timers are armed once in a while and
/// not for each job: they find out themselves since when something is owed.
extension PythonRuntime {
    /// How long a horse that sleeps may leave its job in the socket.
    private static let deliveryDeadline = Duration.milliseconds(1500)

    /// How long a slot stable that sleeps may take to tell that a horse has ended.
    private static let endDeadline = Duration.seconds(1)

    /// How long a horse may take to end once it has nothing to do, and nothing to send.
    private static let departureDeadline = Duration.seconds(5)

    /// How many horses that have answered may still be there, sending what was recorded.
    private static let keptDeparting = 8

    /// How long a process that works may take for any of it.
    private static let workDeadline = Duration.seconds(30)

    /// Makes the timers.
    func watchHorses() throws(SystemCallError) {
        guard silence == nil else { return }
        delivery = try loop.onTimer { [weak self] in self?.deliveryIsDue() }
        departure = try loop.onTimer { [weak self] in self?.departureIsDue() }
        silence = try loop.onTimer { [weak self] in self?.silenceLasts() }
    }

    /// Whether the slot stable works, and may only be slow.
    var isStableWorking: Bool { slotStable?.isWorking ?? false }

    /// Kills the slot stable, which hangs.
    ///
    /// What follows is told at the end of its socket.
    func replaceStable() {
        guard let slotStable else { return }
        slotStable.signal(SIGKILL)
        stable?.hangUp()
    }

    // A horse takes its job.

    /// The present job was handed over.
    func watchDelivery() {
        guard !isDeliveryWatched else { return }
        isDeliveryWatched = true
        delivery?.arm(after: Self.deliveryDeadline)
    }

    private func deliveryIsDue() {
        isDeliveryWatched = false
        guard let horse = current else { return }
        let waited = MonotonicTime.now() - horse.given
        guard waited >= Self.deliveryDeadline else { return watchDelivery() }
        guard horse.hasUnread else { return }
        if horse.identity.isWorking, waited < Self.workDeadline { return watchDelivery() }
        deliver(.warning("horse \(horse.pid) does not take its job and is killed"))
        horse.signal(SIGKILL)
        awaitWordOfEnd()
    }

    // A horse ends.

    /// A horse is to end by itself.
    func depart(_ horse: Horse) {
        departing[horse.pid] = horse
        departures[horse.pid] = .now()
        watchDepartures()
    }

    private func watchDepartures() {
        guard !isDepartureWatched else { return }
        isDepartureWatched = true
        departure?.arm(after: Self.departureDeadline)
    }

    private func departureIsDue() {
        isDepartureWatched = false
        let now = MonotonicTime.now()
        for (pid, since) in departures where now - since >= Self.departureDeadline + flushTimeout {
            guard let horse = departing[pid], horse.identity.isAlive else { continue }
            deliver(.warning("horse \(pid) does not end after its job and is killed"))
            horse.signal(SIGKILL)
            departures[pid] = nil
        }
        if !departures.isEmpty { watchDepartures() }
    }

    /// Makes room for one more that has answered: what takes its time must not pile up.
    func hurryDeparting() {
        guard departing.count >= Self.keptDeparting,
            let first = departing.values.min(by: { $0.answered < $1.answered })
        else { return }
        departing[first.pid] = nil
        departures[first.pid] = nil
        first.signal(SIGKILL)
    }

    func awaitDeparting() {
        let end = MonotonicTime.now() + flushTimeout
        for horse in departing.values {
            let left = end - .now()
            guard left > .zero else { return }
            horse.identity.awaitEnd(within: left)
        }
    }

    // The slot stable tells that a horse has ended.

    /// The present job's horse says nothing any more, or was killed.
    func awaitWordOfEnd() {
        guard silentSince == nil else { return }
        silentSince = .now()
        silence?.arm(after: Self.endDeadline)
    }

    /// A long job's horse may have ended, and something that it has forked keeps its socket open.
    func checkHorse() {
        if let current, !current.identity.isAlive { awaitWordOfEnd() }
    }

    /// A slot stable that hangs does not tell of a horse's end, and its job would run for ever.
    private func silenceLasts() {
        guard let current, let since = silentSince else { return }
        guard !current.identity.isAlive else {
            // It only has closed what is not its own, or dies slowly.
            silence?.arm(after: Self.endDeadline)
            return
        }
        if isStableWorking, MonotonicTime.now() - since < Self.workDeadline {
            silence?.arm(after: Self.endDeadline)
            return
        }
        deliver(.warning("the slot stable does not tell that a horse has ended: it is killed"))
        // A horse that we have ended ourselves has died of that, whatever its slot stable does.
        let status = isEnding ? ProcessStat(pid: current.pid)?.exitStatus : nil
        slotStable?.signal(SIGKILL)
        lose("it hung", horse: status.map { HorseEnding(waitStatus: $0, pid: current.pid) })
    }
}

extension ProcessIdentity {
    /// Whether the process runs, would if it had a processor, or waits for the disk.
    var isWorking: Bool {
        guard let stat = ProcessStat(pid: pid), stat.startTime == startTime else { return false }
        return stat.state == UInt8(ascii: "R") || stat.state == UInt8(ascii: "D")
    }
}
