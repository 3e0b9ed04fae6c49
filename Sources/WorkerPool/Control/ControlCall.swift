import CLinux
import Glibc

/// Asks a running daemon; the other end of `ControlListener`.
public enum ControlCall {
    /// What can be asked for, besides the status.
    public enum Order: Equatable, Sendable {
        /// Give a pool this many workers.
        case scale(pool: String, workers: Int)
        /// Let a pool take no jobs.
        case pause(pool: String)
        /// Let a pool take jobs again.
        case resume(pool: String)
        /// Replace a pool's workers, one by one; those of all pools for nil.
        case restart(pool: String?)
        /// End a running job as stopped.
        case stopJob(id: String)
        /// Kill a running job's process.
        case killJob(id: String)
        /// Read the configuration again.
        case reload
        /// Become the new version of the program.
        case upgrade
        /// Log from this level on.
        case logLevel(String)

        fileprivate var request: ControlMessage.Request {
            var request = ControlMessage.Request(rqd: ControlMessage.version, command: "")
            switch self {
            case .scale(let pool, let workers):
                (request.command, request.pool, request.workers) = ("scale", pool, workers)
            case .pause(let pool): (request.command, request.pool) = ("pause", pool)
            case .resume(let pool): (request.command, request.pool) = ("resume", pool)
            case .restart(let pool): (request.command, request.pool) = ("restart", pool)
            case .stopJob(let id): (request.command, request.job) = ("stop-job", id)
            case .killJob(let id): (request.command, request.job) = ("kill-job", id)
            case .reload: request.command = "reload"
            case .upgrade: request.command = "upgrade"
            case .logLevel(let level): (request.command, request.level) = ("log-level", level)
            }
            return request
        }
    }

    /// Asks for the status.
    ///
    /// - Parameters:
    ///   - path: the daemon's control socket.
    ///   - timeout: how long the answer may take.
    /// - Returns: what the daemon tells of itself.
    /// - Throws: `nobodyThere` when there is no answer, `refused` when it is no status.
    public static func status(
        at path: String, timeout: Duration = .seconds(5)
    ) throws(ControlError) -> StatusReport {
        let request = ControlMessage.Request(rqd: ControlMessage.version, command: "status")
        let reply = try ask(request, at: path, timeout: timeout)
        if let status = reply.status, reply.ok { return status }
        throw .refused(path: path, reason: reply.error ?? "no status in its answer", exit: 69)
    }

    /// Asks where a running job is.
    ///
    /// - Parameters:
    ///   - job: its id.
    ///   - path: the daemon's control socket.
    ///   - timeout: how long the answer may take.
    /// - Returns: what its threads do, line by line.
    /// - Throws: `nobodyThere` when there is no answer, `refused` with the reason.
    public static func stack(
        of job: String, at path: String, timeout: Duration = .seconds(10)
    ) throws(ControlError) -> [String] {
        var request = ControlMessage.Request(rqd: ControlMessage.version, command: "stack")
        request.job = job
        let reply = try ask(request, at: path, timeout: timeout)
        if let stack = reply.stack, reply.ok { return stack }
        throw .refused(path: path, reason: reply.error ?? "no reason", exit: reply.exit ?? 69)
    }

    /// Asks for the numbers.
    ///
    /// - Parameters:
    ///   - path: the daemon's control socket.
    ///   - timeout: how long the answer may take.
    /// - Returns: OpenMetrics text.
    /// - Throws: `nobodyThere` when there is no answer, `refused` when it has no numbers.
    public static func metrics(
        at path: String, timeout: Duration = .seconds(5)
    ) throws(ControlError) -> String {
        let request = ControlMessage.Request(rqd: ControlMessage.version, command: "metrics")
        let reply = try ask(request, at: path, timeout: timeout)
        if let metrics = reply.metrics, reply.ok { return metrics }
        throw .refused(path: path, reason: reply.error ?? "no numbers in its answer", exit: 69)
    }

    /// Has something done, and waits until it is.
    ///
    /// - Parameters:
    ///   - order: what.
    ///   - path: the daemon's control socket.
    ///   - timeout: how long that may take.
    /// - Returns: what was done, in words.
    /// - Throws: `nobodyThere` when there is no answer, `refused` with the reason.
    public static func carryOut(
        _ order: Order, at path: String, timeout: Duration = .seconds(5)
    ) throws(ControlError) -> String {
        let reply = try ask(order.request, at: path, timeout: timeout)
        if reply.ok { return reply.message ?? "" }
        throw .refused(path: path, reason: reply.error ?? "no reason", exit: reply.exit ?? 69)
    }

    private static func ask(
        _ request: ControlMessage.Request, at path: String, timeout: Duration
    ) throws(ControlError) -> ControlMessage.Reply {
        let deadline = MonotonicTime.now() + timeout
        let descriptor = try SocketAddress.open()
        rqd_set_nonblocking(descriptor.number)
        guard try SocketAddress(path: path).connect(descriptor.number) else {
            let reason = String(cString: strerror(errno))
            let owner = errno == EACCES ? SocketOwner.hint(of: path) : ""
            throw .nobodyThere(path: path, reason: reason + owner)
        }
        if let objection = ControlPeer.objection(to: descriptor.number) {
            throw .impostor(path: path, reason: objection)
        }
        // One short request always fits an empty socket.
        let line = ControlMessage.encode(request)
        let sent = line.withUnsafeBytes {
            send(descriptor.number, $0.baseAddress, $0.count, ControlListener.quietly)
        }
        guard sent == line.count else {
            throw .nobodyThere(path: path, reason: "it closed the connection")
        }
        let answer = try readLine(from: descriptor.number, path, until: deadline)
        guard let reply = ControlMessage.decode(ControlMessage.Reply.self, answer) else {
            throw .refused(path: path, reason: "its answer is not one of rqd's", exit: 69)
        }
        return reply
    }

    private static func readLine(
        from descriptor: Int32, _ path: String, until deadline: MonotonicTime
    ) throws(ControlError) -> [UInt8] {
        var line: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        while line.last != UInt8(ascii: "\n") {
            let left = (deadline - MonotonicTime.now()).wholeNanoseconds / 1_000_000
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = left > 0 ? poll(&wanted, 1, Int32(clamping: left)) : 0
            if ready < 0, errno == EINTR { continue }
            guard ready != 0 else {
                throw .nobodyThere(path: path, reason: "no answer in time")
            }
            let count = room.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else {
                throw .nobodyThere(path: path, reason: "it closed the connection")
            }
            line.append(contentsOf: room[..<count])
            guard line.count <= longestAnswer else {
                throw .refused(path: path, reason: "its answer has no end", exit: 69)
            }
        }
        return line
    }

    /// More than the status of 4096 workers, or all metrics.
    private static let longestAnswer = 64 << 20
}
