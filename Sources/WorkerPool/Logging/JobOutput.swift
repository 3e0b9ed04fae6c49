import Glibc

/// A job's output on its way into the log.
enum JobOutput {
    /// The longest piece of a line that is logged at once, in bytes.
    static let longestPiece = 16 * 1024

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
