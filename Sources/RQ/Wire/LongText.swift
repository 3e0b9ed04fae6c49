/// Texts of jobs that are too long to be kept whole: the traceback of a recursion, the message of
/// an exception that holds a file.
public enum LongText {
    /// The most of a traceback that is recorded, 1 MiB.
    public static let tracebackBytes = 1 << 20

    /// Keeps the beginning and the end of a text, with a line between them that says how much was
    /// left out.
    ///
    /// - Parameters:
    ///   - text: of any length.
    ///   - mostBytes: of UTF-8, that line not counted.
    /// - Returns: the text itself if it is no longer.
    public static func short(_ text: String, mostBytes: Int) -> String {
        precondition(mostBytes >= 0, "a length is not negative")
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count > mostBytes else { return String(decoding: bytes, as: UTF8.self) }
            // Cut between characters: a byte of the form 10xxxxxx continues one.
            var head = mostBytes / 2
            while head > 0, bytes[head] & 0xC0 == 0x80 { head -= 1 }
            var tail = bytes.count - (mostBytes - mostBytes / 2)
            while tail < bytes.count, bytes[tail] & 0xC0 == 0x80 { tail += 1 }
            return String(decoding: bytes[..<head], as: UTF8.self)
                + "\n… \(tail - head) bytes left out …\n"
                + String(decoding: bytes[tail...], as: UTF8.self)
        }
    }
}
