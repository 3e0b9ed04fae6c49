import Glibc

/// What a horse or an interpreter prints, cut into lines.
///
/// *Worker process.* Reads a bounded amount at a time, so that a job that prints without end
/// cannot keep its worker from its other duties.
final class OutputPipe {
    /// Whose output it is; let go of, with its descriptors, once nothing more will come.
    private(set) var printer: AnyObject?
    private let descriptor: Int32
    private var tell: OutputHandler
    private let loop: EventLoop
    private var source: DescriptorSource?
    private var unfinished: [UInt8] = []
    /// Lines since the job ended; nil while it runs.
    private var lateLines: Int?
    /// Fires while what is printed is thrown away.
    private var thrower: TimerSource?

    /// Bytes of a line after which it is passed on without its end.
    static let longestLineBytes = 64 * 1024

    /// How many lines are passed on that come after the job's end.
    static let mostLateLines = 100

    /// How often, and how much at a time, is read and thrown away of what comes after those: who
    /// prints without end is slowed down, and neither blocked nor killed by SIGPIPE.
    private static let throwInterval = Duration.milliseconds(100)
    private static let throwRounds = 16

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - printer: whose output; kept alive until the pipe is closed, for it owns the descriptor.
    ///   - descriptor: the reading end, which does not block.
    ///   - loop: where to wait.
    ///   - tell: takes each line, without its newline.
    /// - Throws: `SystemCallError` when the pipe cannot be watched.
    init(
        of printer: AnyObject, _ descriptor: Int32, on loop: EventLoop,
        tell: @escaping OutputHandler
    ) throws(SystemCallError) {
        self.loop = loop
        self.printer = printer
        self.descriptor = descriptor
        self.tell = tell
        source = try loop.onDescriptor(descriptor, [.read]) { [weak self] _ in
            self?.readSome(atMost: 1)
        }
    }

    /// True until everybody who could write has closed it.
    var isOpen: Bool { source != nil }

    /// The next job of a horse that runs many.
    func beginJob(_ tell: @escaping OutputHandler) {
        flush()
        thrower?.cancel()
        thrower = nil
        source?.interest = .read
        lateLines = nil
        self.tell = tell
    }

    /// Reads what is there now, everything that the job printed before its outcome; what comes from
    /// here on is not the job's.
    func endJob() {
        guard lateLines == nil else { return }
        drain()
        flush()
        lateLines = 0
    }

    /// Reads what is there now.
    func drain() { readSome(atMost: 64) }

    /// Stops reading; an unfinished line is told as it is.
    func close() {
        source?.cancel()
        source = nil
        printer = nil
        thrower?.cancel()
        thrower = nil
        flush()
    }

    private func readSome(atMost rounds: Int) {
        guard source != nil else { return }
        for _ in 0..<rounds {
            let room = ReadingRoom.bytes
            let result = read(descriptor, room.baseAddress, room.count)
            if result < 0 && (errno == EAGAIN || errno == EINTR) { return }
            guard result > 0 else { return close() }
            if thrower == nil { take([UInt8](room[..<result])) }
        }
    }

    /// Passes a line on, unless it comes too late.
    private func pass(_ line: ArraySlice<UInt8>) {
        guard let late = lateLines else { return tell(line, .duringJob) }
        guard late <= Self.mostLateLines else { return }
        lateLines = late + 1
        if late < Self.mostLateLines { return tell(line, .afterEnd(late + 1)) }
        tell(line, .dropped)
        throwRestAway()
    }

    private func throwRestAway() {
        do {
            let timer = try loop.onTimer { [weak self] in self?.throwSome() }
            source?.interest = []
            thrower = timer
            timer.arm(after: Self.throwInterval)
        } catch {
            // Then it is read as before, and not passed on.
            return
        }
    }

    private func throwSome() {
        readSome(atMost: Self.throwRounds)
        thrower?.arm(after: Self.throwInterval)
    }

    private func take(_ piece: [UInt8]) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if unfinished.isEmpty {
                pass(rest[..<end])
            } else {
                unfinished += rest[..<end]
                flush()
            }
            rest = rest[(end + 1)...]
        }
        unfinished += rest
        if unfinished.count >= Self.longestLineBytes { flush() }
    }

    private func flush() {
        guard !unfinished.isEmpty else { return }
        pass(unfinished[...])
        unfinished.removeAll(keepingCapacity: true)
    }
}
