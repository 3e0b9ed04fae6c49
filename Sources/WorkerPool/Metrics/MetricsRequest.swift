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
    /// Another method than GET and HEAD.
    case notAllowed
    /// No request of HTTP's.
    case nonsense
    /// More than a scraper has to say.
    case tooLong

    /// The most that a request's head may have, in bytes.
    static let longest = 8 * 1024

    /// Reads the beginning of a connection.
    init(_ bytes: [UInt8]) {
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
        case .notAllowed: Self.refusal("405 Method Not Allowed", "GET /metrics", "Allow: GET, HEAD")
        case .nonsense: Self.refusal("400 Bad Request", "GET /metrics HTTP/1.1")
        case .tooLong:
            Self.refusal("431 Request Header Fields Too Large", "at most \(Self.longest) bytes")
        }
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
