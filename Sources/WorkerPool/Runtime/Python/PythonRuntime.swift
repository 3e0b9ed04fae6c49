import CLinux
import Glibc
import RQ
import RedisKit

/// Runs jobs in horses that the worker's slot stable forks, or starts.
///
/// *Worker process.* One horse runs a job, the next is made ready while it does (`HorseSupply`).
final class PythonRuntime: Runtime {
    let loop: EventLoop
    private let control: Int32
    private let place: String
    private let worker: String
    let jobsPerHorse: Int
    private let account: JobAccount
    let owner: uid_t
    let limits: ProcessLimits
    private let group: JobGroup?
    private let endsLeftovers: Bool
    private let keepsDescendants: Bool
    private let horseMemory: Int?
    let mostBytes: Int
    let flushTimeout: Duration
    /// How many horses are to wait.
    let wanted: Int
    /// Whether horses are started; if not, they are forked.
    let isSpawning: Bool
    private(set) var stablePid: Int32 = 0
    /// When the present job was handed over, in clock ticks since boot.
    private var handedOver: UInt64 = 0
    let deliver: (RuntimeEvent) -> Void

    var stable: SlotStableSocket?
    private var stableSource: DescriptorSource?
    var waiting: [Horse] = []
    /// Horses that were started and load the application, by pid.
    var loading: [Int32: LoadingHorse] = [:]
    var loadingLook: TimerSource?
    /// Of horses that end before they are of use; `isRestarting` while none is asked for.
    var startBackoff = Backoff()
    var isRestarting = false
    /// How the last one ended of which that was told.
    var told: Int32?
    var current: Horse?
    private var currentSource: DescriptorSource?
    /// Horses that have answered and are about to end.
    var departing: [Int32: Horse] = [:]
    private let outputs = HorseOutputs()
    private var stacks: OwnedDescriptor?
    private var survey: StackSurvey?
    private var surveyTimer: TimerSource?
    var forksAsked = 0
    /// Since when a fork is awaited.
    var forkAsked: MonotonicTime?
    private(set) var retry: TimerSource?
    /// Failures since the last success; the first is logged, and one a minute.
    private var retries = 0
    /// When a slot stable was asked for that has not said hello.
    private var stableAsked: MonotonicTime?
    /// Of `HorseWaits`, whether they run, and what they are for.
    var delivery: TimerSource?
    var isDeliveryWatched = false
    var departure: TimerSource?
    var isDepartureWatched = false
    var departures: [Int32: MonotonicTime] = [:]
    /// Since when a horse has ended, or shut up, and its slot stable has not told.
    var silentSince: MonotonicTime?
    /// Whether the present job's horse was told to end, or killed.
    private(set) var isEnding = false
    /// The job of the horse that ended last, for what it has left.
    private var lastEnded: (pid: Int32, job: JobID)?
    var silence: TimerSource?
    private(set) var slotStable: ProcessIdentity?

    /// Makes a runtime.
    ///
    /// - Parameters:
    ///   - loop: where to wait.
    ///   - control: the stable's socket.
    ///   - place: `POOL/SLOT`.
    ///   - worker: its name in Redis, for the job's environment.
    ///   - pool: what its horses are, and may use.
    ///   - group: where they run; nil for no control group.
    ///   - deliver: hears what happens.
    init(
        loop: EventLoop, control: Int32, place: String, worker: String, pool: PoolConfiguration,
        group: JobGroup?, deliver: @escaping (RuntimeEvent) -> Void
    ) {
        self.loop = loop
        self.control = control
        self.place = place
        self.worker = worker
        jobsPerHorse = pool.jobsPerHorse
        isSpawning = pool.isolation == .spawn
        wanted = isSpawning ? pool.spares : 1
        account = pool.account
        owner = account.owner ?? geteuid()
        limits = ProcessLimits(pool.limits)
        self.group = group
        flushTimeout = pool.python.flushTimeout
        keepsDescendants = pool.keepsDescendants
        endsLeftovers = pool.limits.memoryMax != nil || pool.limits.tasksMax != nil
        horseMemory = pool.limits.maxMemory
        mostBytes = pool.limits.maxResultSize ?? JobReport.mostBytesOfRedis
        self.deliver = deliver
    }

    var horse: ProcessIdentity? { (current ?? waiting.first)?.identity }

    func begin() {
        if let asked = stableAsked, MonotonicTime.now() - asked < .seconds(1) {
            // The last one ended before it was of any use: so may the next.
            retry?.arm(after: .seconds(1))
            return
        }
        stableAsked = .now()
        do {
            retry = try retry ?? loop.onTimer { [weak self] in self?.tryAgain() }
            surveyTimer = try surveyTimer ?? loop.onTimer { [weak self] in self?.lookAtStack() }
            loadingLook = try loadingLook ?? loop.onTimer { [weak self] in self?.lookAtLoading() }
            try watchHorses()
            let socket = try SlotStableSocket(
                askingThrough: control, name: place, jobsPerHorse: jobsPerHorse, of: account)
            stableSource = try loop.onDescriptor(socket.descriptor, [.read]) { [weak self] _ in
                self?.listen()
            }
            stable = consume socket
        } catch {
            tryLater("cannot ask for a slot stable: \(error)")
        }
    }

    /// What the machine refuses now it may grant in a second; asking at once would only add to it.
    private func tryLater(_ reason: String) {
        if retries % 60 == 0 { deliver(.warning(reason)) }
        retries += 1
        retry?.arm(after: .seconds(1))
    }

    private func tryAgain() {
        isRestarting = false
        if stable == nil { begin() } else { fillUp() }
    }

    func run(_ job: ClaimedJob, order: HorseOrder, output: @escaping OutputHandler) {
        precondition(current == nil && !waiting.isEmpty, "a job is given to a horse that waits")
        let horse = waiting.removeFirst()
        current = horse
        handedOver = ProcessStat.now
        if let group {
            if endsLeftovers {
                group.endLeftovers(
                    sparing: [stablePid, horse.pid] + idle + departing.keys)
            }
        }
        do {
            try outputs.watch(horse, on: loop, output)
            currentSource = try loop.onDescriptor(horse.socket, [.read]) { [weak self] _ in
                self?.hear(horse)
            }
        } catch {
            deliver(.warning("cannot watch the horse: \(error)"))
            horse.signal(SIGKILL)
        }
        var frame = Command(order.word)
        frame.append(.text(order == .run ? "\(mostBytes)" : order.detail))
        frame.append(.text(worker))
        frame.append(.bytes(job.execution.bytes))
        frame.append(.bytes(job.id.bytes))
        frame.append(.bytes(job.queue.bytes))
        for part in job.fields.flat { frame.append(.bytes(part)) }
        isEnding = false
        horse.give(job, frame)
        watchDelivery()
        currentSource?.interest = horse.wantsWrite ? [.read, .write] : [.read]
        isWell()
        if isSpawning, waiting.isEmpty { noneWaits() }
        if isSpawning || horse.jobsLeft == 0 { fillUp() }
    }

    func goOn() -> Bool {
        current?.goOn()
        return current != nil
    }

    func end(force: Bool) {
        guard let current else { return }
        isEnding = true
        current.signal(force ? SIGKILL : SIGTERM)
        if force { endWhatItStarted(current) }
    }

    /// Also what has left its process group.
    private func endWhatItStarted(_ horse: Horse) {
        group?.end(
            startedSince: handedOver, horse: horse.pid, stable: stablePid, sparing: idle)
    }

    /// The horses that have no job.
    private var idle: [Int32] { waiting.map(\.pid) + loading.keys }

    func askForStack(carefully: Bool) {
        guard let current else { return }
        survey = StackSurvey(
            of: current.identity, owner, pipe: stacks?.number, isCareful: carefully)
        lookAtStack()
    }

    /// Often, because nothing tells that a thread is done.
    private func lookAtStack() {
        guard let survey else { return }
        if survey.isDone {
            deliver(.stackTold)
        } else {
            survey.goOn()
            surveyTimer?.arm(after: .milliseconds(2))
        }
    }

    func takeStack() -> JobStack? {
        surveyTimer?.disarm()
        defer { survey = nil }
        return survey?.stack
    }

    // The slot stable speaks.

    private func listen() {
        while let message = stable?.receive() {
            switch message {
            case .forked(let identity):
                guard slotStable == nil else { continue }
                slotStable = identity
                deliver(.horseAsked)
            case .hello(let identity, let rqVersion, let pythonVersion, let pipe):
                rqd_set_nonblocking(pipe)
                stacks = OwnedDescriptor(adopting: pipe)
                slotStable = identity
                let pid = identity.pid
                stableAsked = nil
                if !keepsDescendants { stable?.endLeftovers() }
                stablePid = pid
                tell(limits.limit(ancestor: pid) + [group?.take(pid)].compactMap(\.self))
                tell(limits.limitOomScore { stable?.adjustHorses(oomScore: $0) })
                deliver(
                    .present(
                        RuntimeFacts(
                            stable: slotStable, rqVersion: rqVersion,
                            pythonVersion: pythonVersion)))
                if isSpawning { fillUp() }
            case .horse(let identity, let socket, let output, let lifeline):
                let horse = horse(identity, socket, output, lifeline)
                guard forksAsked > 0 else { return lose("it forked a horse unasked") }
                forksAsked -= 1
                retries = 0
                if let asked = forkAsked { deliver(.forked(.now() - asked)) }
                forkAsked = nil
                join(horse)
                if current == nil { deliver(.horseReady) }
            case .loading(let identity, let socket, let output, let lifeline, let report):
                let horse = horse(identity, socket, output, lifeline)
                guard forksAsked > 0 else {
                    close(report)
                    return lose("it started a horse unasked")
                }
                retries = 0
                begins(horse, report: report)
            case .noFork(let reason):
                guard forksAsked > 0 else { return lose("it refused a horse unasked") }
                forksAsked -= 1
                tryLater("no horse can be forked: \(reason)")
                if current == nil { deliver(.forkRefused) }
            case .left(let pid, let count, let name):
                let job = lastEnded.flatMap { $0.pid == pid ? $0.job : nil }
                deliver(.leftBehind(count: count, name: name, by: job))
            case .exit(let ending): ended(ending.pid, ending)
            case .end: return lose("it ended")
            case .nonsense(let text): return lose("it said \(text)")
            }
        }
    }

    func tell(_ refusals: [ProcessLimits.Refusal]) {
        for refusal in refusals { deliver(.limitRefused(refusal)) }
    }

    private func ended(_ pid: Int32, _ ending: HorseEnding) {
        if let job = (current?.pid == pid ? current : departing[pid])?.job {
            lastEnded = (pid, job.id)
        }
        defer { stable?.release(pid, before: current == nil ? 0 : handedOver) }
        if let horse = current, horse.pid == pid {
            // Its last word may still lie in the socket.
            hear(horse)
            if current === horse {
                // What it leaves behind has lost its job.
                horse.signal(SIGKILL)
                endWhatItStarted(horse)
                finish(horse)
                deliver(horse.hasRefused ? .horseRefused(ending) : .horseDied(ending))
                offerNext()
            }
        }
        if hasFailed(pid, ending) { return }
        departures[pid] = nil
        if departing.removeValue(forKey: pid) != nil, ending.isKilled {
            deliver(.warning("horse \(pid) had answered, then \(ending)"))
        }
        if let index = waiting.firstIndex(where: { $0.pid == pid }) {
            hasLeft(waiting.remove(at: index), ending)
        }
    }

    // The horse speaks.

    func hear(_ horse: Horse) {
        if horse.wantsWrite {
            horse.flush()
            currentSource?.interest = horse.wantsWrite ? [.read, .write] : [.read]
        }
        switch horse.receive() {
        case .nothing: break
        case .end:
            // Its end is the slot stable's to tell; or the job has closed what is not its own.
            currentSource?.cancel()
            currentSource = nil
            awaitWordOfEnd()
        case .foreign:
            deliver(.warning("a process that another job has left reports: it is ignored"))
            if current === horse { hear(horse) }
        case .report(let report) where report.awaitsRecord: deliver(.reported(report))
        case .report(let report):
            finish(horse)
            let isOutgrown = horseMemory.map { report.peakMemoryBytes > UInt64($0) } ?? false
            if horse.jobsLeft > 0, !isOutgrown, !report.isLast {
                waiting.insert(horse, at: 0)
            } else {
                if horse.jobsLeft > 0 { horse.dismiss() }
                hurryDeparting()
                depart(horse)
            }
            deliver(.reported(report))
            offerNext()
        case .nonsense(let text):
            deliver(.warning("the horse's answer is not understood: \(text)"))
            horse.signal(SIGKILL)
        }
        outputs.dropClosed()
    }

    /// The horse's job is over, one way or the other.
    private func finish(_ horse: Horse) {
        if silentSince != nil {
            silentSince = nil
            silence?.disarm()
        }
        outputs.endJob(of: horse)
        currentSource?.cancel()
        currentSource = nil
        survey = nil
        current = nil
    }

    /// The slot stable is gone; the kernel ends its horses, we end what they leave.
    ///
    /// - Parameters:
    ///   - reason: for the log.
    ///   - known: how the present job's horse had ended before that, if it had.
    func lose(_ reason: String, horse known: HorseEnding? = nil) {
        stableSource?.cancel()
        (stableSource, slotStable) = (nil, nil)
        stable = nil
        let lost = current
        let hasNotBegun = lost.map { $0.hasRefused || $0.hasUnread } ?? false
        let unborn = loading.values.map(\.horse)
        for horse in waiting + [current].compactMap({ $0 }) + departing.values + unborn {
            if horse.identity.isAlive {
                Descendants.end(below: horse.pid)
                horse.signal(SIGKILL)
            }
            horse.signalGroup(SIGKILL)
            horse.identity.awaitEnd(within: .seconds(1))
        }
        if let current {
            endWhatItStarted(current)
            finish(current)
        }
        waiting.removeAll()
        for one in loading.values { one.stopListening() }
        loading.removeAll()
        (departing, departures) = ([:], [:])
        (forksAsked, stablePid) = (0, 0)
        if let known {
            deliver(hasNotBegun ? .horseRefused(known) : .horseDied(known))
        } else if let lost, hasNotBegun {
            deliver(.horseRefused(HorseEnding(waitStatus: SIGKILL, pid: lost.pid)))
        }
        deliver(.lost(reason: reason))
    }
}
