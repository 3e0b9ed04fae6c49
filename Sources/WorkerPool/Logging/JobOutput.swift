import Glibc
import Logging

/// A job's output on its way into the log.
enum JobOutput {
    /// The longest piece of a line that is logged at once, in bytes.
    static let longestPiece = 16 * 1024

    /// Takes the priority off a line that begins with one, such as `<3>`.
    ///
    /// - Parameter line: the line, without it afterwards.
    /// - Returns: its level; info for a line that names none.
    ///
    /// Source: sd-daemon(3), `SD_ERR` and so on.
    static func takePriority<Bytes: RandomAccessCollection<UInt8>>(
        from line: inout Bytes
    ) -> Logger.Level where Bytes.SubSequence == Bytes {
        let head = Array(line.prefix(3))
        guard head.count == 3, head[0] == UInt8(ascii: "<"), head[2] == UInt8(ascii: ">"),
            (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(head[1])
        else { return .info }
        line = line.dropFirst(3)
        switch head[1] - UInt8(ascii: "0") {
        case 0, 1, 2: return .critical
        case 3: return .error
        case 4: return .warning
        case 5: return .notice
        case 7: return .debug
        default: return .info
        }
    }

    /// Takes the next piece off a line, cut between two characters where that is possible.
    ///
    /// - Parameter rest: what is left of the line.
    /// - Returns: at most `longestPiece` bytes.
    static func takePiece<Bytes: RandomAccessCollection<UInt8>>(
        from rest: inout Bytes
    ) -> Bytes where Bytes.SubSequence == Bytes {
        guard rest.count > longestPiece else {
            defer { rest = rest.suffix(0) }
            return rest
        }
        var end = rest.index(rest.startIndex, offsetBy: longestPiece)
        // A UTF-8 character is at most four bytes: look back three for its first.
        for _ in 0..<3 where rest[end] & 0xC0 == 0x80 { end = rest.index(before: end) }
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    /// Writes a line as the job wrote it, to the stream it chose.
    ///
    /// - Parameters:
    ///   - line: the bytes without the newline.
    ///   - isError: whether it goes to standard error.
    static func passOn(_ line: some Collection<UInt8>, isError: Bool) {
        LogStream(plain: isError ? 2 : 1).write(Array(line) + [UInt8(ascii: "\n")])
    }
}
