import CLinux
import Glibc

/// Asks a running daemon; the other end of `ControlListener`.
public enum ControlCall {
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
        throw .refused(path: path, reason: reply.error ?? "no status in its answer")
    }

    private static func ask(
        _ request: ControlMessage.Request, at path: String, timeout: Duration
    ) throws(ControlError) -> ControlMessage.Reply {
        let deadline = MonotonicTime.now() + timeout
        let descriptor = try SocketAddress.open()
        rqd_set_nonblocking(descriptor.number)
        guard try SocketAddress(path: path).connect(descriptor.number) else {
            throw .nobodyThere(path: path, reason: String(cString: strerror(errno)))
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
            throw .refused(path: path, reason: "its answer is not one of rqd's")
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
        }
        return line
    }
}
