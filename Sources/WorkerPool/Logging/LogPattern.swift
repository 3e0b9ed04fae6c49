import Glibc

/// How a log line is laid out, in the words of Python's `logging`: `%(asctime)s %(message)s`.
///
/// Source: CPython 3.11, `logging.PercentStyle`, and "printf-style String Formatting".
struct LogPattern: Sendable, Equatable {
    /// A field, and how its value is written.
    struct Placeholder: Sendable, Equatable {
        let field: LogField
        /// Of `#0- +`.
        var flags = ""
        /// The least number of characters.
        var width = 0
        var precision: Int?
        /// Of `sradiuoxXeEfFgG`.
        var conversion: Character = "s"

        /// Whether the value is written as it is.
        var isPlain: Bool { flags.isEmpty && width == 0 && precision == nil && conversion == "s" }
    }

    private enum Piece: Sendable, Equatable {
        case literal(String)
        case placeholder(Placeholder)
    }

    private let pieces: [Piece]

    /// RQ's own.
    static let standard = LogPattern(pieces: [
        .placeholder(Placeholder(field: .asctime)), .literal(" "),
        .placeholder(Placeholder(field: .message)),
    ])

    private init(pieces: [Piece]) { self.pieces = pieces }

    /// Reads a pattern.
    ///
    /// - Parameter text: as `rq worker --log-format` takes it.
    /// - Throws: what is wrong with it.
    init(_ text: String) throws(LogPatternError) {
        var reader = LogPatternReader(text)
        var pieces: [Piece] = []
        var literal = ""
        while let step = try reader.next() {
            switch step {
            case .character(let character): literal.append(character)
            case .placeholder(let placeholder):
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = ""
                pieces.append(.placeholder(placeholder))
            }
        }
        guard !pieces.isEmpty else { throw .noField }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
    }

    /// The bytes of a line, with its newline.
    ///
    /// - Parameters:
    ///   - line: what is said, when, by whom.
    ///   - date: how `asctime` is written.
    /// - Returns: the line as it is written.
    func bytes(of line: LogLine, date: DatePattern) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        for piece in pieces {
            switch piece {
            case .literal(let text): bytes.append(contentsOf: text.utf8)
            case .placeholder(let placeholder):
                let value = placeholder.field.value(of: line, date: date)
                let isMessage = placeholder.field == .message && placeholder.isPlain
                let colour = isMessage ? line.colour : nil
                if let colour { bytes.append(contentsOf: colour.utf8) }
                bytes.append(contentsOf: placeholder.text(value).utf8)
                if colour != nil { bytes.append(contentsOf: TextLine.reset.utf8) }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

extension LogPattern.Placeholder {
    /// A value with this width, precision and conversion.
    func text(_ value: LogField.Value) -> String {
        switch (conversion, value) {
        case (_, .text(let text)): padded(conversion == "s" ? text : "'\(text)'")
        case ("s", .integer(let number)), ("r", .integer(let number)), ("a", .integer(let number)):
            padded(String(number))
        case ("s", .floating(let number)), ("r", .floating(let number)),
            ("a", .floating(let number)):
            padded(String(number))
        case ("d", .integer(let number)), ("i", .integer(let number)), ("u", .integer(let number)):
            formatted("lld", number)
        case ("d", .floating(let number)), ("i", .floating(let number)),
            ("u", .floating(let number)):
            formatted("lld", Int(number))
        case (_, .integer(let number)) where "oxX".contains(conversion):
            formatted("ll\(conversion)", number)
        case (_, .integer(let number)): formatted("\(conversion)", Double(number))
        case (_, .floating(let number)): formatted("\(conversion)", number)
        }
    }

    private func padded(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let cut = precision.map { String(String.UnicodeScalarView(scalars.prefix($0))) } ?? text
        let padding = String(repeating: " ", count: max(0, width - cut.unicodeScalars.count))
        return flags.contains("-") ? cut + padding : padding + cut
    }

    private func formatted(_ conversion: String, _ number: any CVarArg) -> String {
        let size = (width > 0 ? String(width) : "") + (precision.map { ".\($0)" } ?? "")
        var room = [CChar](repeating: 0, count: 1024)
        let length = withVaList([number]) {
            vsnprintf(&room, room.count, "%\(flags)\(size)\(conversion)", $0)
        }
        let bytes = room.prefix(min(max(Int(length), 0), room.count - 1))
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
