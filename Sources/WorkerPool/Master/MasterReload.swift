import CLinux
import Glibc
import Logging

/// What a reload or a restart that is under way still has to tell, and to whom.
struct PendingChange {
    /// What was asked for.
    enum Kind: Equatable {
        case reload
        /// The numbers of the pools.
        case restart([Int])
        /// A new version of the program, and new workers in all pools.
        case upgrade

        /// For the log: `reload`, `restart`, `upgrade`.
        var word: String {
            switch self {
            case .reload: "reload"
            case .restart: "restart"
            case .upgrade: "upgrade"
            }
        }
    }

    let kind: Kind
    /// Who waits for the end of it.
    var answer: (ControlMessage.Answer) -> Void
    /// What the child that tries it leaves behind.
    var trial: Trial?
    /// The configuration that is to hold.
    var configuration: Configuration?
    /// What it comes to.
    var change: RosterChange?
    /// Whether the scheduler is to work by other settings.
    var changesScheduler = false
    /// What it cannot change without a new start of the service.
    var notices: [String] = []

    /// What the child that tries a change leaves behind.
    struct Trial {
        /// What is wrong.
        let report: ChildReport
        /// The files that it has read: what was tried is what is used.
        let memory: MemoryFile
        /// For an upgrade: the program that it has become.
        var program: ProgramFile?
    }
}

/// How the master reloads its configuration and replaces workers, while jobs run.
///
/// *Master process.* `MasterChange` decides; this reads, forks and tells.
extension Master {
    /// Starts a change, if there can be one now.
    ///
    /// - Parameters:
    ///   - kind: what is wanted.
    ///   - answer: told once, when it is done or refused.
    func begin(
        _ kind: PendingChange.Kind, _ answer: @escaping (ControlMessage.Answer) -> Void
    ) {
        if let refusal = obstacle(to: kind) { return answer(.failure(refusal)) }
        log.notice("\(kind.word) begins")
        pending = PendingChange(kind: kind, answer: answer)
        if state.isReady { notifier.reloading(at: .now()) }
        perform(state.beginChange())
    }

    /// Why a change cannot even begin; nil if it can.
    func obstacle(to kind: PendingChange.Kind) -> ControlMessage.Refusal? {
        guard state.phase == .working else { return .unavailable("the service is stopping") }
        if let pending {
            let article = pending.kind == .upgrade ? "an" : "a"
            return .unavailable("\(article) \(pending.kind.word) is under way; try again")
        }
        if sources == nil || (kind == .upgrade && invocation == nil) {
            return .unavailable("this command's settings are on its command line")
        }
        return nil
    }

    /// SIGHUP: reads the configuration again; what comes of it is in the log.
    func reloadBySignal() {
        guard sources != nil else { return ignored(SIGHUP) }
        if pending != nil {
            isReloadWanted = true
        } else {
            begin(.reload) { _ in }
        }
    }

    /// Forks the child that tries what is wanted.
    func startCheck() {
        guard let pending else { return }
        var check = ChangeCheck(present: configuration)
        switch pending.kind {
        case .reload: check.sources = sources
        case .restart(let pools): check.restarting = pools.map { nursery.roster.pools[$0] }
        case .upgrade: break
        }
        do {
            let (pid, trial) =
                pending.kind == .upgrade ? try startTrial() : try nursery.startCheck(check)
            self.pending?.trial = trial
            state.checkStarted(pid: pid)
        } catch {
            refuse(.unavailable("\(error)"))
        }
    }

    /// The child that tries what is wanted has ended.
    func checkEnded(_ ending: Ending) {
        guard let pending, let trial = pending.trial else { return }
        state.checkEnded()
        let report = trial.report.text()
        guard ending == .exited(code: 0) else {
            let reason = report.isEmpty ? "the check ended with \(ending)" : report
            return refuse(ControlMessage.Refusal(reason: reason, exit: Self.refusal(by: ending)))
        }
        if pending.kind == .upgrade {
            pending.answer(.success("the new program takes over"))
            // Afterwards the status tells: nobody is answered twice.
            self.pending?.answer = { _ in }
            do {
                try becomeSuccessor(trial)
            } catch {
                refuse(.unavailable("\(error)"))
            }
            return
        }
        do throws(ConfigurationError) {
            try plan(trial)
        } catch {
            // The program of its interpreter was taken away, for example.
            return refuse(.configuration("\(error)"))
        }
        tryOutChange()
    }

    /// The exit status that a trial's end means for whoever asked.
    private static func refusal(by ending: Ending) -> Int32 {
        switch ending {
        case .exited(let code) where [69, MasterExit.incompatible].contains(code): code
        case .exited, .killed: MasterExit.configuration
        }
    }

    /// The change is known: what is new is tried, or it is made at once.
    func tryOutChange() {
        guard let change = pending?.change else { return }
        do {
            try nursery.prepare(change)
        } catch {
            return refuse(.unavailable("\(error)"))
        }
        guard !change.newStables.isEmpty else { return commit() }
        let stables = change.newStables.map { ($0, change.roster.masterStable($0)) }
        perform(state.tryOut(Dictionary(uniqueKeysWithValues: stables)))
    }

    /// Says what the change comes to: by the files that were tried, whatever they are now.
    private func plan(_ trial: PendingChange.Trial) throws(ConfigurationError) {
        guard let pending else { return }
        switch pending.kind {
        case .upgrade: break
        case .restart(let pools):
            self.pending?.change = RosterChange(restarting: pools, nursery.roster, state.spare)
        case .reload:
            guard let sources,
                let tried = ConfigurationSnapshot(encoded: trial.memory.bytes())
            else { preconditionFailure("a check that ends with 0 leaves what it has read") }
            let new = try sources.load(tried).configuration
            self.pending?.configuration = new
            self.pending?.change = RosterChange(
                to: new, from: configuration.redis, nursery.roster, state.spare)
            if new.control != configuration.control {
                self.pending?.notices.append("[control] holds from the next start on")
            }
            var log = configuration.log
            log.level = new.log.level
            if new.log != log {
                self.pending?.notices.append("the log's format holds from the next start on")
            }
        }
    }

    /// A canary has come back, or could not be sent.
    func canaryEnded(stable: Int, _ ending: Ending?) {
        changed(to: state.canaryEnded(stable: stable, ending))
    }

    /// Looks whether a change is done, as far as it can be.
    func attendToChange(at now: MonotonicTime) {
        perform(state.roll(at: now))
        changed(to: state.changeResult(at: now))
        if state.change == nil, pending != nil {
            conclude(.failure(.unavailable("the service is stopping")))
        }
        if isReloadWanted, pending == nil, state.phase == .working {
            isReloadWanted = false
            begin(.reload) { _ in }
        }
    }

    private func changed(to result: MasterChange.Result?) {
        switch result {
        case nil: return
        case .passed: commit()
        case .failed(let stable):
            refuse(.configuration(reasonAgainst(stable: stable)))
        case .done:
            let summary = changesInWords
            log.notice(
                "\(pending?.kind.word ?? "change") is done", metadata: ["changes": "\(summary)"])
            (lastChange, isLastChangeLate) = (summary, false)
            conclude(.success(summary))
        case .late(let slots):
            let names = slots.map { nursery.roster.label(state.slots[$0]) }
            let complaint = slots.lazy.map { self.state.slots[$0].reading.complaint }
                .first { !$0.isEmpty }
            let reason =
                "the change is in force, but there is no worker yet in "
                + names.joined(separator: ", ") + (complaint.map { ": \($0)" } ?? "")
            log.error("workers do not come up after a change", metadata: ["reason": "\(reason)"])
            (lastChange, isLastChangeLate) = (reason, true)
            conclude(.failure(.unavailable(reason)))
        }
    }

    /// The change in words, for the log and whoever asked.
    private var changesInWords: String {
        var words = pending?.change?.summary ?? []
        if pending?.changesScheduler == true { words.append("the scheduler has new settings") }
        if words.isEmpty { words.append("nothing has changed") }
        let busy = state.slots.count { ($0.isReplacing || $0.isRetiring) && $0.isBusy }
        if busy > 0 {
            words.append(
                busy == 1 ? "1 worker ends after its job" : "\(busy) workers end after their jobs")
        }
        return (words + (pending?.notices ?? [])).joined(separator: "; ")
    }

    /// Everything that was tried works: now it holds.
    private func commit() {
        guard let pending, let change = pending.change else { return }
        let now = MonotonicTime.now()
        nursery.adopt(change.roster)
        if let new = pending.configuration {
            let old = configuration
            configuration = new
            nursery.adopt(new)
            if new.metrics != old.metrics { moveMetrics() }
            if new.log.level != old.log.level { LogSystem.level = new.log.level }
        }
        perform(state.commit(change.pools, change.roster.masterPools, at: now))
        if pending.configuration != nil { changeScheduler() }
        // Told now: counted anew, the next time might come too late for the service manager.
        notifier.watchdog()
        watch?.arm(after: watchInterval)
    }

    private func changeScheduler() {
        let new = SchedulerAssignment(configuration, nursery.roster, runsOnce: false)
        guard new != scheduling else { return }
        pending?.changesScheduler = true
        scheduling = new
        perform(state.changeScheduler(isWanted: new != nil))
    }

    private func refuse(_ refusal: ControlMessage.Refusal) {
        perform(state.dropChange())
        nursery.forgetPrepared()
        let word = pending?.kind.word ?? "change"
        for line in refusal.reason.split(separator: "\n") {
            log.error("\(word) is refused", metadata: ["reason": "\(line)"])
        }
        let first = refusal.reason.split(separator: "\n").first ?? ""
        conclude(.failure(refusal), "\(word) refused: \(first)")
    }

    /// Tells everybody what has become of it.
    private func conclude(_ answer: ControlMessage.Answer, _ refusal: String = "") {
        let told = pending?.answer
        pending = nil
        if state.phase == .working { _ = state.dropChange() }
        state.refusal = refusal
        notifier.reloaded(MasterStatus(of: state).line, at: .now())
        told?(answer)
    }
}
