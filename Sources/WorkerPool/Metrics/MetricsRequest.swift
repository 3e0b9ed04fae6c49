/// What a client of the numbers' address asks, as far as it has asked.
///
/// Source: RFC 9112, as much of HTTP/1.1 as a scraper speaks. A connection carries one request.
enum MetricsRequest: Equatable {
    /// The head of the request is not complete yet.
    case incomplete
    /// The numbers; of HEAD, without the numbers themselves.
    case numbers(isHead: Bool)
    /// Another page.
    case notFound
    /// Asked under a name that is none of this machine's: a page in a browser may do that, whose
    /// name was made to lead here.
    case misdirected
    /// Another method than GET and HEAD.
    case notAllowed
    /// No request of HTTP's.
    case nonsense
    /// More than a scraper has to say.
    case tooLong

    /// The most that a request's head may have, in bytes.
    static let longest = 8 * 1024

    /// Reads the beginning of a connection.
    ///
    /// - Parameters:
    ///   - bytes: what has come of it.
    ///   - isLocal: whether it was made to an address that only this machine has.
    init(_ bytes: [UInt8], isLocal: Bool = false) {
        guard let end = Self.endOfHead(bytes) else {
            self = bytes.count > Self.longest ? .tooLong : .incomplete
            return
        }
        guard end <= Self.longest else {
            self = .tooLong
            return
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            self = .nonsense
            return
        }
        guard words[0] == "GET" || words[0] == "HEAD" else {
            self = .notAllowed
            return
        }
        guard !isLocal || Self.isOurs(host: Self.host(in: bytes[..<end])) else {
            self = .misdirected
            return
        }
        let path = words[1].prefix { $0 != "?" }
        self = path == "/metrics" ? .numbers(isHead: words[0] == "HEAD") : .notFound
    }

    /// The answer, head and body.
    ///
    /// - Parameter numbers: makes the text; called for `numbers` alone.
    /// - Returns: the whole answer, nothing for what is not complete.
    func answer(_ numbers: () -> String) -> [UInt8] {
        switch self {
        case .incomplete: []
        case .numbers(let isHead):
            Self.answer("200 OK", MetricsText.mediaType, numbers(), isHead: isHead)
        case .notFound: Self.refusal("404 Not Found", "the numbers of rqd are at /metrics")
        case .misdirected:
            Self.refusal(
                "421 Misdirected Request", "ask under an address, localhost or the machine's name")
        case .notAllowed: Self.refusal("405 Method Not Allowed", "GET /metrics", "Allow: GET, HEAD")
        case .nonsense: Self.refusal("400 Bad Request", "GET /metrics HTTP/1.1")
        case .tooLong:
            Self.refusal("431 Request Header Fields Too Large", "at most \(Self.longest) bytes")
        }
    }

    /// The value of the field Host; nil where there is none, as in HTTP/1.0.
    private static func host(in head: ArraySlice<UInt8>) -> String? {
        for line in head.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.lowercased().hasPrefix("host:") else { continue }
            return text.dropFirst(5).filter { !$0.isWhitespace }
        }
        return nil
    }

    /// Whether a name with or without a port is an address, `localhost`, or this machine's name, with
    /// or without its domain.
    static func isOurs(host: String?) -> Bool {
        guard let host, !host.isEmpty else { return true }
        if host.hasPrefix("[") { return true }
        let name = host.prefix { $0 != ":" }.lowercased()
        let isAddress = name.allSatisfy { $0.isNumber || $0 == "." }
        let own = HostIdentity.hostname.lowercased()
        let short = own.prefix { $0 != "." }
        return isAddress || name == "localhost" || name == own || name == short
            || name.hasPrefix("\(short).")
    }

    private static func refusal(_ status: String, _ reason: String, _ field: String? = nil)
        -> [UInt8]
    {
        answer(status, "text/plain; charset=utf-8", "\(reason)\n", field)
    }

    private static func answer(
        _ status: String, _ type: String, _ body: String, _ field: String? = nil,
        isHead: Bool = false
    ) -> [UInt8] {
        let head = [
            "HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)",
            "Cache-Control: no-store", "Connection: close", field, "", "",
        ]
        return Array(head.compactMap(\.self).joined(separator: "\r\n").utf8)
            + (isHead ? [] : Array(body.utf8))
    }

    /// Where the empty line after the head ends.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        var lineIsEmpty = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if lineIsEmpty { return index + 1 }
                lineIsEmpty = true
            } else if byte != UInt8(ascii: "\r") {
                lineIsEmpty = false
            }
        }
        return nil
    }
}
