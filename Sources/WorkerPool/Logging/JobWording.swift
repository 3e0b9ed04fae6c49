/// The words of the job lines: pure text, one place for all forms.
enum JobWording {
    /// `app.tasks.send 5f6e… on high`, the way a sentence names a job.
    static func name(_ job: JobFields) -> String {
        "\(job.function.map { $0 + " " } ?? "")\(job.id) on \(job.queue)"
    }

    /// A span for a reader: `12 ms`, `1.2 s`, `3 min 20 s`.
    static func span(_ span: Duration) -> String {
        let milliseconds = wholeMilliseconds(span)
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 {
            let tenths = milliseconds / 100
            return "\(tenths / 10).\(tenths % 10) s"
        }
        return whole(span)
    }

    /// A span in whole seconds, for a reader: `8 s`, `3 min 20 s`, `26 h 0 min`.
    static func whole(_ span: Duration) -> String {
        let seconds = wholeMilliseconds(span) / 1000
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    /// A span for a program: seconds with three decimals, `1.203`.
    static func seconds(_ span: Duration) -> String {
        let milliseconds = wholeMilliseconds(span)
        return "\(milliseconds / 1000).\(padded(milliseconds % 1000, digits: 3))"
    }

    /// A span as Python writes a `timedelta`: `0:00:00.012345`, `1 day, 2:00:03`.
    static func timedelta(_ span: Duration) -> String {
        let parts = max(span, .zero).components
        let days = parts.seconds / 86400
        let clock = [parts.seconds % 86400 / 3600, parts.seconds % 3600 / 60, parts.seconds % 60]
        var text = days == 0 ? "" : days == 1 ? "1 day, " : "\(days) days, "
        text += "\(clock[0]):\(padded(clock[1], digits: 2)):\(padded(clock[2], digits: 2))"
        let microseconds = parts.attoseconds / 1_000_000_000_000
        return microseconds == 0 ? text : text + ".\(padded(microseconds, digits: 6))"
    }

    /// A size for a reader, in units of 1024: `812 KiB`, `23 MiB`, `1.5 GiB`.
    static func size(bytes: UInt64) -> String {
        if bytes < 1 << 20 { return "\(bytes >> 10) KiB" }
        if bytes < 1 << 30 { return "\(bytes >> 20) MiB" }
        let tenths = bytes / ((1 << 30) / 10)
        return "\(tenths / 10).\(tenths % 10) GiB"
    }

    /// What becomes of a result, from its time to live in seconds; below 0 for ever, 0 not kept.
    static func fate(resultTTL: Int) -> String {
        switch resultTTL {
        case 0: "Result is discarded at once"
        case ..<0: "Result is kept for ever, delete its key when it is no longer needed"
        default: "Result is kept for \(resultTTL) seconds"
        }
    }

    private static func wholeMilliseconds(_ span: Duration) -> Int64 {
        let parts = max(span, .zero).components
        return parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
    }

    private static func padded(_ number: some BinaryInteger, digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
