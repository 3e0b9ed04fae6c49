import CLinux
import Glibc

/// Standard output or standard error as a place for whole lines.
struct LogStream: Sendable {
    /// The descriptor that lines are written to.
    let descriptor: Int32
    /// Whether lines may carry colours: it is a terminal that knows them, and nobody said no.
    let colours: Bool
    /// Whether it is a terminal, where a person reads along.
    let isTerminal: Bool

    /// Standard output.
    static func standardOutput() -> LogStream { LogStream(to: 1) }

    /// Standard error.
    static func standardError() -> LogStream { LogStream(to: 2) }

    /// A stream without colours.
    init(plain descriptor: Int32) {
        self.descriptor = descriptor
        colours = false
        isTerminal = false
    }

    private init(to descriptor: Int32) {
        self.descriptor = descriptor
        let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        isTerminal = isatty(descriptor) == 1
        colours = isTerminal && terminal != "dumb" && !refused
    }

    /// Writes a line with one `write`, so that lines of several processes do not mix.
    ///
    /// A log that cannot be written must not stop the work: what the reader refuses is dropped. A
    /// non-blocking stream that is full gets a tenth of a second to empty.
    func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let written = Glibc.write(descriptor, start, rest.count)
                if written >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                } else if errno == EAGAIN {
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    guard poll(&wanted, 1, 100) > 0 else { return }
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
