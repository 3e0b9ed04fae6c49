/// A value as its author wrote it, before a key says what it must be.
indirect enum WrittenValue: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case floating(Double)
    case boolean(Bool)
    case date(String)
    case list([Element])
    case table
    /// Of a variable or flag: every type is text there.
    case untyped(String)

    /// One element of a list.
    struct Element: Sendable, Equatable {
        let value: WrittenValue
        /// Where it stands in its file; nil elsewhere.
        let position: TextPosition?
    }

    /// The value as an error shows it after "not": short, on one line, without secrets.
    var shown: String {
        switch self {
        case .text(let text), .untyped(let text): Self.quoted(text)
        case .integer(let number): String(number)
        case .floating(let number): String(number)
        case .boolean(let flag): String(flag)
        case .date(let text): text
        case .list: "a list"
        case .table: "a table"
        }
    }

    /// A text in quotes, its secrets hidden, cut to what fits on a line.
    static func quoted(_ text: String) -> String {
        let hidden = SecretMask.hiding(in: text)
        let cut = hidden.count > 60 ? hidden.prefix(57) + "..." : hidden[...]
        return TomlText.quoted(String(cut))
    }
}

/// A line and a column of a text file, both from 1.
struct TextPosition: Sendable, Equatable, Comparable {
    let line: Int
    let column: Int

    static func < (one: TextPosition, other: TextPosition) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}
