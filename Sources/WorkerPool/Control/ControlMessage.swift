import FoundationEssentials

/// What goes over the control socket: one JSON object to a line.
///
/// A request is `{"rqd":1,"command":"status"}`. A reply is `{"rqd":1,"ok":true,"status":{…}}` or
/// `{"rqd":1,"ok":false,"error":"…"}`. The number is the version of the protocol.
enum ControlMessage {
    /// The version of the protocol.
    static let version = 1

    /// The longest line, in bytes without its newline; a longer request ends the connection.
    static let longestLine = 64 * 1024

    /// A question to the daemon; fields that a later version adds are ignored.
    struct Request: Codable, Equatable {
        /// The version of the protocol that the caller speaks.
        var rqd: Int
        /// What is wanted: `status`.
        var command: String
    }

    /// The daemon's answer.
    struct Reply: Codable, Equatable {
        /// The version of the protocol that the daemon speaks.
        var rqd: Int = ControlMessage.version
        /// Whether the command was carried out.
        var ok: Bool
        /// What went wrong, one line; absent when nothing did.
        var error: String?
        /// The status that was asked for.
        var status: StatusReport?
    }

    /// Answers one line.
    ///
    /// - Parameters:
    ///   - line: the request without its newline.
    ///   - report: makes the status, only when it is asked for.
    /// - Returns: the reply with its newline.
    static func answer(_ line: some Sequence<UInt8>, report: () -> StatusReport) -> [UInt8] {
        guard let request = decode(Request.self, line) else {
            return encode(
                refusal("not a request; send {\"rqd\":1,\"command\":\"status\"} and a newline"))
        }
        guard request.rqd == version else {
            return encode(refusal("this daemon speaks version \(version), not \(request.rqd)"))
        }
        switch request.command {
        case "status": return encode(Reply(ok: true, status: report()))
        case let other:
            let shown = PrintableText.of(String(other.prefix(64)))
            return encode(refusal("unknown command \"\(shown)\"; known is \"status\""))
        }
    }

    /// A reply that says no.
    static func refusal(_ reason: String) -> Reply {
        Reply(ok: false, error: reason, status: nil)
    }

    /// A value as one line of JSON, with its newline.
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("our own values can be written as JSON: \(error)")
        }
    }

    /// Reads one line of JSON; nil for anything else.
    static func decode<Value: Decodable>(_: Value.Type, _ line: some Sequence<UInt8>) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(line))
    }
}
