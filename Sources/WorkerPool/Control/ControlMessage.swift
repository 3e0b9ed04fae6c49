import FoundationEssentials

/// What goes over the control socket: one JSON object to a line.
///
/// A request is `{"rqd":1,"command":"scale","pool":"web","workers":8}`. A reply is
/// `{"rqd":1,"ok":true,"message":"…"}` or `{"rqd":1,"ok":false,"error":"…","exit":64}`. The number is
/// the version of the protocol; `docs/CONTROL.md` describes it.
enum ControlMessage {
    /// The version of the protocol.
    static let version = 1

    /// The longest line, in bytes without its newline; a longer request ends the connection.
    static let longestLine = 64 * 1024

    /// A question to the daemon; fields that a later version adds are ignored.
    struct Request: Codable, Equatable {
        /// The version of the protocol that the caller speaks.
        var rqd: Int
        /// What is wanted, for example `status`; see `ControlCommand`.
        var command: String
        /// The pool that is meant.
        var pool: String?
        /// How many workers it is to have.
        var workers: Int?
        /// The id of the job that is meant.
        var job: String?
        /// The level to log from.
        var level: String?
    }

    /// Why a request is not carried out, and the exit status that this means for a program.
    struct Refusal: Error, Equatable {
        /// One line; several for a configuration with several faults.
        var reason: String
        /// 1 no such job; else as in `sysexits.h`: 64 usage, 69 not there or not now, 76 a new program that cannot take
        /// over, 78 configuration.
        var exit: Int32

        /// The request is wrong.
        static func usage(_ reason: String) -> Refusal { Refusal(reason: reason, exit: 64) }
        /// There is no such job; the status that rq has for that, too.
        static func noSuchJob(_ reason: String) -> Refusal { Refusal(reason: reason, exit: 1) }
        /// It cannot be done now.
        static func unavailable(_ reason: String) -> Refusal { Refusal(reason: reason, exit: 69) }
        /// The configuration is wrong, or the application cannot be loaded.
        static func configuration(_ reason: String) -> Refusal {
            Refusal(reason: reason, exit: 78)
        }
    }

    /// What was done, in words, or why not.
    typealias Answer = Result<String, Refusal>

    /// The daemon's answer.
    struct Reply: Codable, Equatable {
        /// The version of the protocol that the daemon speaks.
        var rqd: Int = ControlMessage.version
        /// Whether the command was carried out.
        var ok: Bool
        /// What went wrong; absent when nothing did.
        var error: String?
        /// The exit status that this means for a program; absent when nothing went wrong.
        var exit: Int32?
        /// What was done, one line.
        var message: String?
        /// The status that was asked for.
        var status: StatusReport?
        /// Where the job is, line by line.
        var stack: [String]?
        /// The numbers that were asked for, as OpenMetrics text.
        var metrics: String?
    }

    /// Understands one line.
    ///
    /// - Parameter line: the request without its newline.
    /// - Returns: what it asks for.
    /// - Throws: why it is none.
    static func command(in line: some Sequence<UInt8>) throws(Refusal) -> ControlCommand {
        guard let request = decode(Request.self, line) else {
            throw .usage("not a request; send {\"rqd\":1,\"command\":\"status\"} and a newline")
        }
        guard request.rqd == version else {
            throw .usage("this daemon speaks version \(version), not \(request.rqd)")
        }
        return try ControlCommand(request)
    }

    /// A reply that says no.
    static func reply(_ refusal: Refusal) -> Reply {
        Reply(ok: false, error: refusal.reason, exit: refusal.exit)
    }

    /// A reply to a command.
    static func reply(_ answer: Answer) -> Reply {
        switch answer {
        case .success(let message): Reply(ok: true, message: message)
        case .failure(let refusal): reply(refusal)
        }
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
