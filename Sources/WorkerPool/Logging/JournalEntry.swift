import Logging

/// One entry of the systemd journal: pure, from values to the bytes of its native protocol.
///
/// The protocol: each field is `NAME=value\n`, or, when the value holds a newline, `NAME\n`, the
/// length as 8 bytes little-endian, the value, `\n`. All fields of an entry are one datagram.
///
/// Source: systemd, "Native Journal Protocol".
enum JournalEntry {
    /// The field that says a message is complete: it names the event, and the message is a sentence
    /// that needs no field repeated.
    static let eventKey = "RQD_EVENT"

    /// The longest value in bytes: a piece of a job's output fits however it is escaped, and an
    /// entry stays well below the 208 KiB that a socket takes by default.
    static let longestValue = 64 * 1024

    /// The bytes of an entry.
    ///
    /// Fields in capitals keep their names. Others (`pid`, `after`) get their name in capitals, and
    /// are also shown after the message, so that an entry reads by itself: `default/0: worker ended
    /// pid=4213 signal=KILL`.
    ///
    /// - Parameters:
    ///   - level: how bad it is; becomes `PRIORITY`.
    ///   - label: who says it; becomes `RQD_LOGGER`.
    ///   - message: what is said.
    ///   - metadata: the fields.
    /// - Returns: the datagram.
    static func bytes(
        _ level: Logger.Level, _ label: String, _ message: String, _ metadata: Logger.Metadata
    ) -> [UInt8] {
        var entry: [UInt8] = []
        entry.reserveCapacity(512)
        var shown: [UInt8] = []
        let isComplete = metadata[eventKey] != nil
        if !isComplete, let place = TextLine.place(metadata) {
            PrintableText.append("\(place): ".utf8, to: &shown)
        }
        PrintableText.append(message.utf8, to: &shown, keepingNewlines: true)
        if !isComplete {
            TextLine.appendFields(metadata, to: &shown) { !TextLine.isJournalName($0) }
        }
        append("MESSAGE", shown, to: &entry)
        append("PRIORITY", Array("\(priority(level))".utf8), to: &entry)
        if let id = MessageID.of(metadata[eventKey].map { "\($0)" } ?? message) {
            append("MESSAGE_ID", Array(id.utf8), to: &entry)
        }
        append("SYSLOG_IDENTIFIER", Array("rqd".utf8), to: &entry)
        append("RQD_LOGGER", Array(label.utf8), to: &entry)
        for (key, value) in metadata {
            var text: [UInt8] = []
            PrintableText.append("\(value)".utf8, to: &text, keepingNewlines: true)
            append(fieldName(key), text, to: &entry)
        }
        return entry
    }

    /// A name that the journal takes: capitals, digits and underscores, no more than 64, and not
    /// one that the journal or we give a meaning to.
    static func fieldName(_ key: String) -> String {
        let letters = key.utf8.prefix(60).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        let name = String(decoding: letters, as: UTF8.self)
        let startsWell = letters.first.map { (65...90).contains($0) } ?? false
        return startsWell && !taken.contains(name) ? name : "RQD_" + name
    }

    private static let taken: Set<String> = [
        "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "SYSLOG_PID",
        "SYSLOG_TIMESTAMP", "SYSLOG_RAW", "CODE_FILE", "CODE_LINE", "CODE_FUNC", "TID", "UNIT",
        "USER_UNIT", "COREDUMP_UNIT", "OBJECT_PID", "INVOCATION_ID", "RQD_LOGGER",
    ]

    /// The level as syslog numbers it, 2 (critical) to 7 (debug).
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func append(_ name: String, _ value: [UInt8], to entry: inout [UInt8]) {
        var value = value
        if value.count > longestValue {
            var end = longestValue
            while end > 0, value[end] & 0xC0 == 0x80 { end -= 1 }
            value.removeSubrange(end...)
            value.append(contentsOf: "…".utf8)
        }
        entry.append(contentsOf: name.utf8)
        if value.contains(UInt8(ascii: "\n")) {
            entry.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { entry.append(contentsOf: $0) }
        } else {
            entry.append(UInt8(ascii: "="))
        }
        entry.append(contentsOf: value)
        entry.append(UInt8(ascii: "\n"))
    }
}
