/// Reads the name of a job's function from its `data` without executing anything.
///
/// `data` is a zlib stream, or the bare bytes, of a tuple of four whose first element is the
/// name. JSON starts `["name"`. A pickle of four elements starts with its protocol and frame
/// (if any), a mark, and then the name as one string opcode. Only that much is read, and
/// never more than the first 64 KiB.
///
/// Source: RQ 3.0.0, `rq/job.py`, `Job._serialize_data`; CPython 3.11, `Lib/pickletools.py`.
enum FunctionName {
    private static let limitBytes = 64 << 10

    /// The name, or nil when the bytes do not start as described.
    static func read(fromData data: [UInt8]) -> String? {
        let start: [UInt8]
        do {
            start = try Zlib.start(of: data, limitBytes: limitBytes)
        } catch {
            start = Array(data.prefix(limitBytes))
        }
        guard let name = fromPickle(start[...]) ?? fromJSON(start), !name.isEmpty else {
            return nil
        }
        return name
    }

    private static func fromJSON(_ bytes: [UInt8]) -> String? {
        var reader = JSONReader(bytes)
        return reader.firstStringOfArray()
    }

    private static func fromPickle(_ bytes: ArraySlice<UInt8>) -> String? {
        var rest = bytes
        // PROTO and its version; protocols 0 and 1 have none.
        if rest.first == 0x80 { rest = rest.dropFirst(2) }
        // FRAME and its length in 8 bytes, from protocol 4 on.
        if rest.first == 0x95 { rest = rest.dropFirst(9) }
        // MARK, which every tuple of four starts with.
        guard rest.popFirst() == UInt8(ascii: "("), let opcode = rest.popFirst() else { return nil }
        switch opcode {
        case 0x8c: return counted(rest, lengthBytes: 1)
        case UInt8(ascii: "X"): return counted(rest, lengthBytes: 4)
        case 0x8d: return counted(rest, lengthBytes: 8)
        case UInt8(ascii: "V"): return rawUnicodeEscape(rest)
        default: return nil
        }
    }

    /// A little-endian length and that many bytes of UTF-8.
    private static func counted(_ bytes: ArraySlice<UInt8>, lengthBytes: Int) -> String? {
        guard bytes.count >= lengthBytes else { return nil }
        var length: UInt64 = 0
        for byte in bytes.prefix(lengthBytes).reversed() { length = length << 8 | UInt64(byte) }
        let text = bytes.dropFirst(lengthBytes)
        guard length <= UInt64(text.count) else { return nil }
        return String(validating: text.prefix(Int(length)), as: UTF8.self)
    }

    /// Latin-1 up to the end of the line, with `\uXXXX` and `\UXXXXXXXX`.
    static func rawUnicodeEscape(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var line = bytes[..<end]
        var name = ""
        while let byte = line.popFirst() {
            let isEscape = byte == UInt8(ascii: "\\")
            let digits =
                switch isEscape ? line.first : nil {
                case UInt8(ascii: "u"): 4
                case UInt8(ascii: "U"): 8
                default: 0
                }
            guard digits > 0 else {
                name.unicodeScalars.append(UnicodeScalar(byte))
                continue
            }
            let hex = line.dropFirst().prefix(digits)
            guard hex.count == digits, hex.first != UInt8(ascii: "+"),
                let code = UInt32(String(decoding: hex, as: UTF8.self), radix: 16),
                let scalar = UnicodeScalar(code)
            else { return nil }
            name.unicodeScalars.append(scalar)
            line = line.dropFirst(1 + digits)
        }
        return name
    }
}
