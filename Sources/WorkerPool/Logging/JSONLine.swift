import Logging
import RQ

/// One log line as a JSON object: pure, from values to bytes.
enum JSONLine {
    /// `{"time":"2026-11-23T20:21:03.123","level":"info","logger":"rqd.worker","message":"job
    /// started","RQ_JOB_ID":"…"}`.
    ///
    /// Every value is a text. The fields come after the message, by name; one that has the name of
    /// one of the first four is left out.
    ///
    /// - Parameters:
    ///   - time: when it was said, in local time.
    ///   - level: how bad it is.
    ///   - label: who says it.
    ///   - message: what is said.
    ///   - metadata: the fields.
    /// - Returns: the line with its newline.
    static func bytes(
        _ time: WallTime, _ level: Logger.Level, _ label: String, _ message: String,
        _ metadata: Logger.Metadata
    ) -> [UInt8] {
        var moment: [UInt8] = []
        time.appendDateAndTime(to: &moment)
        let first = [
            ("time", String(decoding: moment, as: UTF8.self)), ("level", level.rawValue),
            ("logger", label), ("message", message),
        ]
        let taken = first.map(\.0)
        let fields = metadata.filter { !taken.contains($0.key) }.map { ($0.key, "\($0.value)") }
        let members = (first + fields.sorted { $0.0 < $1.0 }).map { name, value in
            "\(JSON.quoted(name)):\(JSON.quoted(value))"
        }
        return Array("{\(members.joined(separator: ","))}\n".utf8)
    }
}
