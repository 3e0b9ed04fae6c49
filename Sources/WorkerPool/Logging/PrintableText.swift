/// Turns any bytes into text that is safe to show.
///
/// What a job prints, an exception's text and a job's id come from outside. In a log they must not
/// move the cursor, change the colours, end the line, or make the journal call the line a blob. So
/// printable UTF-8 and tabs stay as they are, and every other byte is written as `\x1b`, `\xff`,
/// with the short forms `\n` and `\r`.
public enum PrintableText {
    /// Appends `bytes`, made printable.
    ///
    /// - Parameters:
    ///   - bytes: anything.
    ///   - line: where the text goes; always valid UTF-8 afterwards if it was before.
    ///   - keepingNewlines: whether a newline stays one, for texts of several lines.
    static func append(
        _ bytes: some Collection<UInt8>, to line: inout [UInt8], keepingNewlines: Bool = false
    ) {
        let done: Void? = bytes.withContiguousStorageIfAvailable {
            append(buffer: $0, to: &line, keepingNewlines: keepingNewlines)
        }
        guard done == nil else { return }
        Array(bytes).withUnsafeBufferPointer {
            append(buffer: $0, to: &line, keepingNewlines: keepingNewlines)
        }
    }

    /// `text`, made printable.
    public static func of(_ text: String, keepingNewlines: Bool = false) -> String {
        var line: [UInt8] = []
        append(text.utf8, to: &line, keepingNewlines: keepingNewlines)
        return String(decoding: line, as: UTF8.self)
    }

    private static func append(
        buffer bytes: UnsafeBufferPointer<UInt8>, to line: inout [UInt8], keepingNewlines: Bool
    ) {
        line.reserveCapacity(line.count + bytes.count)
        var index = 0
        var kept = 0  // the first byte not yet appended
        while index < bytes.count {
            let length = printableLength(bytes, at: index)
            if length > 0 || (keepingNewlines && bytes[index] == UInt8(ascii: "\n")) {
                index += max(length, 1)
                continue
            }
            line.append(contentsOf: bytes[kept..<index])
            escape(bytes[index], to: &line)
            index += 1
            kept = index
        }
        line.append(contentsOf: bytes[kept..<index])
    }

    /// How many bytes at `index` form one character that may be shown; 0 for none.
    private static func printableLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let first = bytes[index]
        if first < 0x80 {
            return (first >= 0x20 && first != 0x7F) || first == UInt8(ascii: "\t") ? 1 : 0
        }
        let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length > 0, index + length <= bytes.count else { return 0 }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let next = bytes[index + offset]
            guard next & 0xC0 == 0x80 else { return 0 }
            scalar = scalar << 6 | UInt32(next & 0x3F)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard scalar >= least, let character = Unicode.Scalar(scalar) else { return 0 }
        return isControl(character) ? 0 : length
    }

    /// Whether a character above ASCII steers a terminal instead of being seen: the C1 controls,
    /// line and paragraph separators, and the marks that reverse the direction of text.
    private static func isControl(_ character: Unicode.Scalar) -> Bool {
        switch character.value {
        case 0x80...0x9F, 0x2028...0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func escape(_ byte: UInt8, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): line.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): line.append(UInt8(ascii: "r"))
        default:
            line.append(UInt8(ascii: "x"))
            line.append(hexadecimal[Int(byte >> 4)])
            line.append(hexadecimal[Int(byte & 15)])
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
