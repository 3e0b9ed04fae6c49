// The importer files `timespec` under the first C module that includes its header.
import CLinux
import CSystemd
import Glibc

/// A moment as a wall clock in the local time zone shows it.
struct WallTime: Equatable {
    /// The year, for example 2026.
    var year: Int32
    /// The month, 1 to 12.
    var month: Int32
    /// The day of the month, 1 to 31.
    var day: Int32
    /// The hour, 0 to 23.
    var hour: Int32
    /// The minute, 0 to 59.
    var minute: Int32
    /// The second, 0 to 60.
    var second: Int32
    /// Thousandths of a second, 0 to 999.
    var millisecond: Int32

    /// The present moment.
    static func now() -> WallTime {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        var local = tm()
        localtime_r(&moment.tv_sec, &local)
        return WallTime(
            year: local.tm_year + 1900, month: local.tm_mon + 1, day: local.tm_mday,
            hour: local.tm_hour, minute: local.tm_min, second: local.tm_sec,
            millisecond: Int32(moment.tv_nsec / 1_000_000))
    }

    /// Appends `2026-11-23T20:21:03.123`.
    func appendDateAndTime(to line: inout [UInt8]) {
        Self.append(year, digits: 4, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &line)
        line.append(UInt8(ascii: "-"))
        Self.append(day, digits: 2, to: &line)
        line.append(UInt8(ascii: "T"))
        appendClock(to: &line)
        line.append(UInt8(ascii: "."))
        Self.append(millisecond, digits: 3, to: &line)
    }

    /// Appends `20:21:03`.
    func appendClock(to line: inout [UInt8]) {
        Self.append(hour, digits: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(minute, digits: 2, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(second, digits: 2, to: &line)
    }

    private static func append(_ number: Int32, digits: Int, to line: inout [UInt8]) {
        var divisor: Int32 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: (number / divisor) % 10))
            divisor /= 10
        }
    }
}
