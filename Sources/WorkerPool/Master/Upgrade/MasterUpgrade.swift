import CLinux
import Glibc
import Logging

/// How the program that runs is named, so that its successor can be started.
public struct Invocation: Sendable, Equatable {
    /// The program's file, where the new one lies after an upgrade of the package.
    public let program: String
    /// The arguments after the program's name.
    public let arguments: [String]
    /// The handover of the program before, if this one takes over.
    public let handover: Int32?

    /// Names this process's own program.
    ///
    /// - Parameters:
    ///   - arguments: those with which the service runs.
    ///   - handover: the descriptor that the program before has named.
    public init(arguments: [String], handover: Int32? = nil) {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }
        var program = String(decoding: bytes, as: UTF8.self)
        if program.hasSuffix(" (deleted)") { program.removeLast(" (deleted)".count) }
        self.program = program.isEmpty ? CommandLine.arguments.first ?? "rqd" : program
        self.arguments = arguments
        self.handover = handover
    }

}

/// How the master becomes a new version of its program, and its children stay.
///
/// *Master process.* A child tries the new program first: that is handed the configuration's files and
/// what else it would be handed, and imports the applications. Then the master executes the program
/// that was tried, with the files that were tried. The new program finds itself with children, loads
/// new stables, and replaces the workers as a restart does.
extension Master {
    /// What the new program must know.
    func handover() -> Handover {
        let roster = nursery.roster
        var handover = Handover(
            scoreboard: scoreboard.memoryDescriptor, news: scoreboard.newsDescriptor,
            room: scoreboard.slots, started: started, startedAt: startedAt,
            pools: roster.pools.indices.map { number in
                let (pool, settings) = (state.pools[number], roster.pools[number])
                return Handover.Pool(
                    name: settings.name, workerName: settings.workerName,
                    configured: settings.workers, wanted: pool.wanted, isPaused: pool.isPaused,
                    isGone: pool.isGone, stable: pool.stable,
                    stopTimeout: pool.stopTimeout.wholeMilliseconds,
                    killGrace: pool.killGrace.wholeMilliseconds)
            },
            order: roster.order,
            stables: state.stables.indices.map { number in
                let stable = state.stables[number]
                let ends = nursery.controlEnds(number)
                return Handover.Stable(
                    interpreter: stable.interpreter, pid: stable.pid, stableEnd: ends.stable,
                    workerEnd: ends.workers, isVacant: stable.isVacant)
            },
            slots: state.slots.map { slot in
                Handover.Slot(
                    pool: slot.pool, number: slot.number, generation: slot.generation,
                    pid: slot.pid, orders: nursery.ordersDescriptor(slot), stable: slot.stable,
                    debt: slot.debt, isVacant: slot.isVacant, isRetiring: slot.isRetiring)
            }, past: state.past, hasSwept: state.hasSwept, isReady: notifier.isReady)
        handover.scheduler = state.scheduler?.pid
        if let control, let descriptor = control.descriptor {
            handover.control = Handover.Control(descriptor: descriptor, path: control.path)
        }
        return handover
    }

    /// Forks the child that tries the new program.
    ///
    /// - Returns: its pid, and what it leaves behind.
    /// - Throws: why there is none.
    func startTrial() throws -> (Int32, PendingChange.Trial) {
        guard let invocation, let sources else { throw UpgradeError.notPossible }
        let program = try ProgramFile(at: invocation.program)
        var handover = handover()
        handover.program = program.descriptor
        let memory = try MemoryFile("handover")
        let (report, writer) = try ChildReport.pipe()
        let pid = try nursery.startTrial(keeping: [
            writer.descriptor, memory.descriptor, program.descriptor,
        ]) {
            dup2(writer.descriptor, 1)
            dup2(writer.descriptor, 2)
            rqd_set_cloexec(writer.descriptor, 1)
            do throws(ConfigurationError) {
                handover.configuration = try sources.read()
            } catch {
                return Self.report("\(error)", MasterExit.configuration)
            }
            do throws(SystemCallError) {
                try memory.write(handover.encoded)
            } catch {
                return Self.report("\(error)", MasterExit.system)
            }
            let failure = program.execute(
                invocation.arguments + ["--tries-handover", "\(memory.descriptor)"])
            return Self.report("\(failure)", MasterExit.system)
        }
        return (pid, PendingChange.Trial(report: report, memory: memory, program: program))
    }

    /// Says to whoever waits for a trial why it has ended.
    ///
    /// *Child process.*
    private static func report(_ text: String, _ status: Int32) -> Int32 {
        let line = Array(text.utf8)
        _ = write(2, line, line.count)
        return status
    }

    /// Becomes the program that was tried, with the files that were tried; returns when that could
    /// not be executed.
    func becomeSuccessor(_ trial: PendingChange.Trial) throws {
        guard let invocation, let program = trial.program else { throw UpgradeError.notPossible }
        guard program.isAsItWas else { throw UpgradeError.programChanged(path: program.path) }
        var handover = handover()
        handover.configuration = Handover.configuration(in: trial.memory.descriptor)
        handover.program = program.descriptor
        let memory = try MemoryFile("handover")
        try memory.write(handover.encoded)
        log.notice(
            "upgrade goes on in the new program", metadata: ["program": "\(invocation.program)"])
        for descriptor in handover.descriptors { rqd_set_cloexec(descriptor, 0) }
        let failure = program.execute(
            invocation.arguments + ["--takes-over", "\(memory.descriptor)"])
        for descriptor in handover.descriptors { rqd_set_cloexec(descriptor, 1) }
        throw failure
    }

    /// Looks whether this program could take over; for `rqd run --tries-handover`.
    ///
    /// The handover comes last: where it is all that is wrong, a restart of the service will work.
    ///
    /// - Parameters:
    ///   - descriptor: what it would be handed.
    ///   - loaded: the configuration it would work by.
    /// - Throws: `ConfigurationError`, `UpgradeError` or `HandoverError` with what is wrong.
    public static func tryHandover(_ descriptor: Int32, _ loaded: LoadedConfiguration) throws {
        try loaded.checkMachine()
        let check = ChangeCheck(
            present: loaded.configuration, restarting: loaded.configuration.pools)
        guard check.run(report: 2) == 0 else { throw UpgradeError.applicationNotLoaded }
        _ = try Handover(from: descriptor)
    }

    /// After the loop is ready: what ended between the programs is reaped, and the change begins.
    func takeOver() {
        log.notice(
            "upgrade: this program has taken over", metadata: ["version": "\(Version.current)"])
        notifier.watchdog()
        look()
        reap()
        pending = PendingChange(kind: .upgrade) { _ in }
        state.change = MasterChange(step: .checking)
        if handed?.isReady == true { notifier.resumed(at: .now()) }
        pending?.configuration = configuration
        pending?.change = RosterChange(
            to: configuration, from: configuration.redis, nursery.roster, state.spare,
            replacesAll: true)
        tryOutChange()
    }
}

/// Why an upgrade is not made.
public enum UpgradeError: Error, Equatable, CustomStringConvertible {
    /// What is wrong was said before.
    case applicationNotLoaded
    /// The program was written into after it had been tried.
    case programChanged(path: String)
    /// This command's service is started anew, not upgraded.
    case notPossible

    /// One line for the operator.
    public var description: String {
        switch self {
        case .applicationNotLoaded: "the application cannot be loaded"
        case .programChanged(let path): "\(path) was changed after it had been tried; try again"
        case .notPossible: "this command's settings are on its command line"
        }
    }
}

extension Duration {
    /// Rounded down.
    fileprivate var wholeMilliseconds: Int { Int(wholeNanoseconds / 1_000_000) }
}
