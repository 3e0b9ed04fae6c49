import CLinux
import Glibc
import RQ
import RedisKit

/// One horse, as its worker sees it: a process, its socket, its output.
///
/// *Worker process.* The descriptors close with the object.
final class Horse {
    /// What came from a horse's socket.
    enum Arrival {
        /// Nothing yet.
        case nothing
        /// Its end of the socket is closed.
        case end
        /// What became of the job.
        case report(JobReport)
        /// What became of another job, as a process says that has no business here.
        case foreign
        /// Something that is no report; the horse is not to be believed any more.
        case nonsense(String)
    }

    /// The process; its group has the same number.
    let pid: Int32
    /// Tells the process from a later one with the same number.
    let identity: ProcessIdentity
    /// The user whose rights it has, and whom no signal of ours goes beyond.
    private let owner: uid_t
    /// The socket on which it takes jobs and answers.
    let socket: Int32
    /// The reading end of what it prints.
    let output: Int32
    /// The kernel ends the horse when this is closed.
    private let lifeline: Int32
    /// How many more jobs it will take.
    var jobsLeft: Int
    /// When it has last answered, or was made.
    private(set) var answered = MonotonicTime.now()
    /// The job that it has, or had last.
    private(set) var job: ClaimedJob?
    /// When it was given that.
    private(set) var given = MonotonicTime.now()
    /// True once it is known to have ended without having read the whole job.
    private(set) var hasRefused = false

    /// Since when it can take jobs.
    var joined = MonotonicTime.now()

    private var reader = ReplyReader()
    /// How much of a report has come that is not complete yet, in bytes.
    private var unfinishedBytes = 0
    /// The most that the job's result may have, in bytes.
    private let mostBytes: Int
    private var unsent: [UInt8] = []
    private var sent = 0

    /// Takes over the descriptors that the slot stable has sent.
    init(
        _ identity: ProcessIdentity, of owner: uid_t, socket: Int32, output: Int32,
        lifeline: Int32, jobs: Int, mostBytes: Int = JobReport.mostBytesOfRedis
    ) {
        pid = identity.pid
        self.identity = identity
        self.owner = owner
        self.socket = socket
        self.output = output
        self.lifeline = lifeline
        jobsLeft = jobs
        self.mostBytes = mostBytes
        rqd_set_nonblocking(socket)
        rqd_set_nonblocking(output)
    }

    deinit {
        close(socket)
        close(output)
        close(lifeline)
    }

    /// True while a part of the job has not fitted into the socket.
    var wantsWrite: Bool { sent < unsent.count }

    /// Hands over a job; what does not fit at once goes out with `flush`.
    func give(_ job: ClaimedJob, _ frame: Command) {
        self.job = job
        given = .now()
        jobsLeft -= 1
        unsent.removeAll(keepingCapacity: true)
        sent = 0
        frame.encode(into: &unsent)
        flush()
    }

    /// What it waits for has been done: its job's failure is recorded.
    func goOn() {
        Command("recorded").encode(into: &unsent)
        flush()
    }

    /// Ends a horse that waits: it leaves when its socket does.
    func dismiss() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// Writes what fits.
    func flush() {
        while wantsWrite {
            let count = unsent.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno != EAGAIN {
                // It is gone; its end will be reported.
                hasRefused = true
                sent = unsent.count
                return
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Reads what the horse has said so far, some megabytes at most: the worker has other duties.
    func receive() -> Arrival {
        do {
            for _ in 0..<Self.mostReads {
                let count = try readOnce()
                if let reply = try reader.next() {
                    unfinishedBytes = 0
                    let report = try reply.view { (frame) throws(WireFailure) in
                        do { return try JobReport(frame, mostBytes: mostBytes) } catch {
                            throw WireFailure(error)
                        }
                    }
                    answered = .now()
                    // A script of before an upgrade does not name it.
                    let told = report.execution
                    let isOurs = told.isEmpty || told == job?.execution.bytes
                    return isOurs ? .report(report) : .foreign
                }
                if unfinishedBytes > mostBytes + Self.besideResult { return .report(refusal) }
                guard let count else { return .nothing }
                if count == 0 { return .end }
            }
            return .nothing
        } catch {
            return .nonsense("\(error)")
        }
    }

    /// How much may come beside a result: tracebacks, `meta`, changed fields.
    private static let besideResult = 16 << 20
    /// Of 64 KiB, more than a socket holds.
    private static let mostReads = 64

    /// The job has failed, because what it sends has no end.
    private var refusal: JobReport {
        unfinishedBytes = 0
        signal(SIGKILL)
        let now = Timestamp.now()
        let ran = (MonotonicTime.now() - given).wholeNanoseconds / 1000
        return JobReport(
            tooLong: mostBytes, of: job?.execution.bytes ?? [],
            started: Timestamp(microseconds: now.microseconds - Int(ran)), ended: now)
    }

    /// Feeds the reader once.
    ///
    /// - Returns: bytes read; 0 at the end; nil when there are none now.
    private func readOnce() throws(RedisError) -> Int? {
        let buffer = ReadingRoom.bytes
        let count = read(socket, buffer.baseAddress, buffer.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return nil }
        // A Unix socket says so when its other end was closed with bytes unread.
        if count < 0 && errno == ECONNRESET { hasRefused = true }
        if count > 0 {
            unfinishedBytes += count
            try reader.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return max(count, 0)
    }

    /// Whether a part of its job still lies in the socket: then nothing of it has run.
    var hasUnread: Bool { wantsWrite || rqd_unread_by_peer(socket) > 0 }

    /// Sends a signal to the horse, wherever it is, and to all that are in its group.
    func signal(_ signal: Int32) { identity.signalWithGroup(signal, ofUser: owner) }

    /// Sends a signal to all that are in its group; also right when it is gone itself.
    func signalGroup(_ signal: Int32) { identity.signalGroup(signal, ofUser: owner) }
}

/// A wire error that came out of a borrowed reply.
private struct WireFailure: Error, CustomStringConvertible {
    let description: String
    init(_ error: any Error) { description = "\(error)" }
}
