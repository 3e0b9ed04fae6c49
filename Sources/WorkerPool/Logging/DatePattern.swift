// The importer files `tm` under the first C module that includes its header.
import CLinux
import CSystemd
import Glibc

/// How a log line writes its moment, in the words of strftime(3).
///
/// Source: CPython 3.11, `logging.Formatter.formatTime`: without a pattern, ISO 8601 with
/// milliseconds after a comma.
struct DatePattern: Sendable, Equatable {
    /// The pattern; empty for ISO 8601.
    let text: String

    /// RQ's own: the clock.
    static let clock = DatePattern("%H:%M:%S")

    /// Takes any pattern: what strftime does not know stands for itself.
    init(_ text: String) { self.text = text }

    /// The moment as the pattern has it.
    func text(_ time: WallTime) -> String {
        var line: [UInt8] = []
        if self == .clock {
            time.appendClock(to: &line)
            return String(decoding: line, as: UTF8.self)
        }
        guard text.isEmpty else { return Self.format(text, time) }
        let fraction = String(1000 + time.millisecond).dropFirst()
        return Self.format("%Y-%m-%d %H:%M:%S", time) + ",\(fraction)"
    }

    private static func format(_ pattern: String, _ time: WallTime) -> String {
        var parts = time.calendar
        // A sign more, because strftime answers 0 both for nothing and for too little room.
        var room = [CChar](repeating: 0, count: 4096)
        let length = strftime(&room, room.count, pattern + "|", &parts)
        let bytes = room.prefix(max(length - 1, 0)).map { UInt8(bitPattern: $0) }
        return PrintableText.of(String(decoding: bytes, as: UTF8.self))
    }
}

extension WallTime {
    /// The same for the C library, with weekday, day of the year and time zone.
    fileprivate var calendar: tm {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        parts.tm_isdst = -1
        mktime(&parts)
        return parts
    }

    /// Seconds since 1970, with the milliseconds.
    var epochSeconds: Double {
        var parts = calendar
        return Double(mktime(&parts)) + Double(millisecond) / 1000
    }
}
