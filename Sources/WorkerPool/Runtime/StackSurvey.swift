import CLinux
import Glibc

/// Asks the threads of a job's process for their stacks, one after the other.
///
/// *Worker process.* A thread is sent a signal, at which it writes its stack into a pipe; stacks.py
/// says how. A thread that runs Python code just then may, very rarely, find its own frames half
/// made and die of it. So a process that is to go on is asked with care: its main thread by code in
/// Python, at first, and a thread only while it sleeps. Nothing here waits.
final class StackSurvey {
    /// The signal at which code in Python answers, in the main thread.
    static let soft = firm - 1
    /// The signal at which code in C answers, whatever Python code does.
    ///
    /// Programs count real-time signals from SIGRTMIN up, and debuggers take the last.
    static let firm = rqd_last_realtime_signal() - 3

    /// How many threads are asked; those that were started first.
    private static let mostThreads = 64
    /// Looks, of 2 ms each, in which code in Python has to answer.
    private static let softLooks = 125

    private struct Question {
        let thread: Int32
        let signal: Int32
        /// How often it was looked at.
        var looks = 0
        /// How often in turn it seemed to be done.
        var quiet = 0

        var bit: UInt64 { 1 << UInt64(signal - 1) }
    }

    private let process: ProcessIdentity
    private let user: uid_t
    private var pid: Int32 { process.pid }
    private let pipe: Int32?
    private let isCareful: Bool
    private var left: ArraySlice<Question> = []
    private var asked: Question?
    private var dumps: [Int32: [UInt8]] = [:]
    private var spared: [Int32] = []
    /// Looks that may still be spent on threads that run.
    private var patience = 50
    /// Why the main thread cannot answer.
    private var refusal: String?

    /// Begins; `goOn` asks.
    ///
    /// - Parameters:
    ///   - process: the job's, not reaped yet.
    ///   - user: whose rights it has; a process of another's is not signalled.
    ///   - pipe: where its threads write, non-blocking; nil if there is none.
    ///   - isCareful: whether the process is to go on.
    init(of process: ProcessIdentity, _ user: uid_t, pipe: Int32?, isCareful: Bool) {
        self.process = process
        self.user = user
        self.pipe = pipe
        self.isCareful = isCareful
        guard let pipe else {
            refusal = "its stable does not offer that"
            return
        }
        let pid = process.pid
        let threads = ProcessFile.threads(of: pid).prefix(Self.mostThreads)
        let first = isCareful ? [Question(thread: pid, signal: Self.soft)] : []
        left = ArraySlice(first + threads.map { Question(thread: $0, signal: Self.firm) })
        // What was told too late the last time.
        _ = Self.drain(pipe)
    }

    /// Whether each thread has told its stack, or cannot.
    var isDone: Bool { asked == nil && left.isEmpty }

    /// Looks at the thread that was asked, and asks the next one once that is done; to be called
    /// every 2 ms.
    func goOn() {
        if var question = asked, let pipe {
            let status = ThreadStatus(of: question.thread, in: pid)
            let room = Self.longestDump - (dumps[question.thread]?.count ?? 0)
            dumps[question.thread, default: []] += Self.drain(pipe).prefix(max(room, 0))
            question.looks += 1
            let isBusy = status.map { ($0.pending | $0.blocked) & question.bit != 0 } ?? false
            question.quiet = isBusy ? 0 : question.quiet + 1
            asked = isOver(question) ? nil : question
        }
        while asked == nil, let next = left.first {
            if isCareful, next.thread != pid, isRunning(next.thread) {
                guard patience == 0 else {
                    patience -= 1
                    return
                }
                spared.append(next.thread)
                left.removeFirst()
            } else {
                left.removeFirst()
                ask(next)
            }
        }
    }

    private func isOver(_ question: Question) -> Bool {
        if isComplete(question.thread) { return question.quiet > 0 }
        if question.signal == Self.soft { return question.looks >= Self.softLooks }
        // Between taking a signal and running its handler, a thread seems to be done.
        return question.quiet > 2
    }

    private func isComplete(_ thread: Int32) -> Bool {
        guard let dump = dumps[thread] else { return false }
        return dump.starts(with: "Stack (".utf8) && dump.last == UInt8(ascii: "\n")
    }

    private func isRunning(_ thread: Int32) -> Bool {
        ThreadStatus(of: thread, in: pid)?.state.hasPrefix("R") ?? false
    }

    private func ask(_ question: Question) {
        guard !isComplete(question.thread) else { return }
        var why: String?
        if !process.exists || ProcessFile.owner(of: pid) != user {
            why = "it is gone"
        } else if let status = ThreadStatus(of: question.thread, in: pid) {
            if status.caught & question.bit == 0 {
                why = "it does not take signal \(question.signal) any more"
            } else if status.blocked & question.bit != 0 {
                why = "it blocks signal \(question.signal)"
            } else if status.isStopped {
                why = "it is stopped"
            }
        } else {
            why = "it is gone"
        }
        if why == nil, rqd_signal_thread(pid, question.thread, question.signal) == 0 {
            asked = question
        } else if question.thread == pid {
            refusal = why ?? "it cannot be sent a signal"
        }
    }

    /// How much of one thread's stack is kept: 100 calls of a path of a page each.
    private static let longestDump = 512 * 1024
    /// How often a pipe of 64 KiB is read in a row: a job may write to it without end.
    private static let drainRounds = 4

    private static func drain(_ pipe: Int32) -> [UInt8] {
        var all: [UInt8] = []
        for _ in 0..<drainRounds {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, length in
                count = read(pipe, buffer.baseAddress, buffer.count)
                length = max(0, count)
            }
            guard count > 0 else { return all }
            all += piece
        }
        return all
    }

    // What came of it.

    /// What is known so far.
    var stack: JobStack {
        let main = dumps[pid].map(PythonFrames.lines) ?? []
        var lines = main.isEmpty ? [silence] : ["Main thread (most recent call last):"] + main
        for thread in dumps.keys.sorted() where thread != pid {
            let frames = PythonFrames.lines(dumps[thread] ?? [])
            if frames.isEmpty { continue }
            lines += ["Thread \(thread) (most recent call last):"] + frames
        }
        lines += spared.map { "Thread \($0): runs, and was not disturbed" }
        return JobStack(lines, isKnown: !main.isEmpty)
    }

    /// What the kernel knows of a main thread that does not answer.
    private var silence: String {
        var words = ["main thread: no Python stack, \(refusal ?? "it does not answer in time")"]
        if let status = ThreadStatus(of: pid, in: pid) { words.append("state \(status.state)") }
        if let place = ProcessFile.text("/proc/\(pid)/wchan"), place != "0" {
            words.append("waits in \(place)")
        }
        if let call = ProcessFile.text("/proc/\(pid)/syscall")?.split(separator: " ").first {
            words.append(call == "running\n" ? "in no system call" : "system call \(call)")
        }
        return words.joined(separator: "; ")
    }
}
