/// What a text must look like.
struct TextGrammar: Sendable {
    /// In words that follow "must be".
    let expected: String
    /// Whether a text follows the grammar.
    let accepts: @Sendable (String) -> Bool
    /// A better explanation for some texts; what follows the key's name.
    var explains: @Sendable (String) -> String? = { _ in nil }

    /// The same grammar, with the empty text allowed.
    var orEmpty: TextGrammar {
        let accepts = accepts
        return TextGrammar(
            expected: expected + ", or empty", accepts: { $0.isEmpty || accepts($0) },
            explains: explains)
    }

    /// Reads one text.
    func interpret<Value>(_ written: WrittenValue, _ use: (String) -> Value)
        -> Interpretation<Value>
    {
        guard let text = written.anyText else {
            return .refused(mustBe: expected, not: written)
        }
        guard accepts(text) else {
            guard let explanation = explains(text) else {
                return .refused(mustBe: expected, not: written)
            }
            return .refused([Refusal(explanation)])
        }
        return .accepted(use(text))
    }
}

/// What a list of texts must look like.
struct ListGrammar: Sendable {
    let element: TextGrammar
    /// What its elements are called.
    let plural: String
    /// Whether it must have an element, and none twice.
    let isSet: Bool

    /// In words that follow "must be".
    var expected: String { "a list of \(plural)" }

    /// Reads a list; of an untyped text, what stands between the commas.
    func interpret<Value>(_ written: WrittenValue, _ use: ([String]) -> Value)
        -> Interpretation<Value>
    {
        guard let elements = written.elements else {
            return .refused(mustBe: expected, not: written)
        }
        var texts: [String] = []
        var refusals: [Refusal] = []
        for (written, position) in elements.map({ ($0.value, $0.position) }) {
            guard let text = written.anyText, element.accepts(text) else {
                let message = "must hold \(element.expected), not \(written.shown)"
                refusals.append(Refusal(message, at: position))
                continue
            }
            if isSet, texts.contains(text) {
                refusals.append(Refusal("has \(written.shown) twice", at: position))
            }
            texts.append(text)
        }
        if isSet, elements.isEmpty {
            refusals.append(Refusal("must not be empty: it is \(expected)"))
        }
        return refusals.isEmpty ? .accepted(use(texts)) : .refused(refusals)
    }
}

extension WrittenValue {
    /// The text, if it is one or its type is open.
    var anyText: String? {
        switch self {
        case .text(let text), .untyped(let text): text
        case .integer, .floating, .boolean, .date, .list, .table: nil
        }
    }

    /// The whole number, if it is one or its type is open.
    var wholeNumber: Int? {
        switch self {
        case .integer(let number): Int(exactly: number)
        case .untyped(let text): Int(text)
        case .text, .floating, .boolean, .date, .list, .table: nil
        }
    }

    /// The duration: a text with units, or a whole number of seconds.
    var duration: Duration? {
        switch self {
        case .integer(let number): number < 0 ? nil : .seconds(number)
        case .text(let text), .untyped(let text): DurationText.duration(text)
        case .floating, .boolean, .date, .list, .table: nil
        }
    }

    /// Yes or no, if it is that or its type is open.
    var flag: Bool? {
        switch self {
        case .boolean(let flag): flag
        case .untyped(let text): Self.flags[text.lowercased()]
        case .text, .integer, .floating, .date, .list, .table: nil
        }
    }

    private static let flags = [
        "true": true, "yes": true, "on": true, "1": true,
        "false": false, "no": false, "off": false, "0": false,
    ]

    /// The elements, if it is a list or its type is open: then, what stands between commas.
    var elements: [Element]? {
        switch self {
        case .list(let elements): elements
        case .untyped(let text):
            text.isEmpty
                ? []
                : text.split(separator: ",", omittingEmptySubsequences: false).map {
                    Element(value: .text(Self.trimmed($0)), position: nil)
                }
        case .text, .integer, .floating, .boolean, .date, .table: nil
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        let end = start.lastIndex { $0 != " " }
        return end.map { String(start[...$0]) } ?? ""
    }
}
