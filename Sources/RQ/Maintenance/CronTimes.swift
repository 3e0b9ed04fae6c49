import Glibc

/// Moments on a calendar, as crontab(5) writes them: minute, hour, day, month, weekday.
///
/// `*`, lists, ranges and steps; months and weekdays also by their English names; Sunday is 0 or 7;
/// `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. If both day and weekday are limited, one of
/// them is enough. The moments are those of local time.
///
/// Source: crontab(5); RQ 3.0.0, `rq/cron.py`, which asks croniter.
public struct CronTimes: Hashable, Sendable {
    /// As it was written.
    public let text: String
    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    private let needsBoth: Bool

    private static let names: [String: String] = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads five fields or one of the words; nil for anything else.
    public init?(_ text: String) {
        let lower = text.lowercased()
        let parts = (Self.names[lower] ?? lower).split { $0 == " " || $0 == "\t" }
        guard parts.count == 5,
            let minutes = Self.set(parts[0], 0...59), let hours = Self.set(parts[1], 0...23),
            let days = Self.set(parts[2], 1...31),
            let months = Self.set(parts[3], 1...12, Self.monthNames),
            let weekdays = Self.set(parts[4], 0...7, Self.weekdayNames)
        else { return nil }
        self.text = text
        (self.minutes, self.hours, self.days, self.months) = (minutes, hours, days, months)
        self.weekdays = weekdays | (weekdays >> 7 & 1)
        needsBoth = parts[2] == "*" || parts[4] == "*"
    }

    /// The first moment after another.
    ///
    /// - Parameter moment: not itself.
    /// - Returns: nil if there is none within eight years, as for the 30th of February.
    public func next(after moment: Timestamp) -> Timestamp? {
        tzset()
        var seconds = time_t(moment.epochSeconds)
        var day = tm()
        localtime_r(&seconds, &day)
        for _ in 0..<(8 * 366) {
            if matches(day), let found = first(on: day, after: moment) { return found }
            // Noon exists on every day.
            (day.tm_hour, day.tm_min, day.tm_sec, day.tm_isdst) = (12, 0, 0, -1)
            day.tm_mday += 1
            mktime(&day)
        }
        return nil
    }

    private func matches(_ day: tm) -> Bool {
        guard months >> UInt64(day.tm_mon + 1) & 1 == 1 else { return false }
        let isDay = days >> UInt64(day.tm_mday) & 1 == 1
        let isWeekday = weekdays >> UInt64(day.tm_wday) & 1 == 1
        return needsBoth ? isDay && isWeekday : isDay || isWeekday
    }

    private func first(on day: tm, after moment: Timestamp) -> Timestamp? {
        for hour in 0..<24 where hours >> UInt64(hour) & 1 == 1 {
            for minute in 0..<60 where minutes >> UInt64(minute) & 1 == 1 {
                var time = day
                (time.tm_hour, time.tm_min, time.tm_sec) = (Int32(hour), Int32(minute), 0)
                time.tm_isdst = -1
                let found = Timestamp(epochSeconds: Int(mktime(&time)))
                if found > moment { return found }
            }
        }
        return nil
    }

    /// The numbers that one field allows, as bits; nil if it is none.
    private static func set(
        _ field: Substring, _ range: ClosedRange<Int>, _ names: [String] = []
    ) -> UInt64? {
        var bits: UInt64 = 0
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard halves.count <= 2, let all = span(halves[0], range, names) else { return nil }
            var step = 1
            var end = all.upperBound
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0 else { return nil }
                step = number
                // `5/15` goes on to the end.
                if all.count == 1, halves[0] != "*" { end = range.upperBound }
            }
            for number in stride(from: all.lowerBound, through: end, by: step) {
                bits |= 1 << UInt64(number)
            }
        }
        return bits
    }

    private static func span(
        _ text: Substring, _ range: ClosedRange<Int>, _ names: [String]
    ) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
            Int(end) ?? names.firstIndex(of: String(end)).map { $0 + range.lowerBound }
        }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
            range.contains(first), range.contains(last), first <= last
        else { return nil }
        return first...last
    }
}
