/// One key of a section: what it accepts, where it goes, and what to say about it.
///
/// Parsing, error messages, `check --show` and the checks of the documentation all
/// come from here, so that they cannot disagree.
struct Setting<Section>: Sendable {
    /// A change to a section that an accepted value makes.
    typealias Change = (inout Section) -> Void
    /// Where in a section the value lies.
    typealias Place<Value> = any WritableKeyPath<Section, Value> & Sendable

    /// The key, in snake case.
    let name: String
    /// What the value must be, in words that follow "must be".
    let expected: String
    /// What the key decides: one sentence for the documentation.
    let documentation: String
    /// The default in words, where it depends on the machine.
    let defaultWords: String?
    /// Whether it is a table of free names, such as `environment`.
    let isTable: Bool
    /// The value as TOML.
    let render: @Sendable (Section) -> String
    /// Reads a value.
    ///
    /// In a table, the second argument is the free name, else it is empty.
    let interpret: @Sendable (WrittenValue, String) -> Interpretation<Change>
}

/// What a setting makes of a written value.
enum Interpretation<Value> {
    case accepted(Value)
    /// Everything that is wrong with it.
    case refused([Refusal])

    /// A value of the wrong kind.
    static func refused(mustBe expected: String, not value: WrittenValue) -> Self {
        .refused([Refusal("must be \(expected), not \(value.shown)")])
    }
}

/// What is wrong with a value.
struct Refusal: Equatable {
    /// What follows the key's name.
    let message: String
    /// The place of the element that is wrong; nil for the value as a whole.
    let position: TextPosition?

    init(_ message: String, at position: TextPosition? = nil) {
        self.message = message
        self.position = position
    }
}

extension Setting {
    /// A text that follows a grammar.
    static func text(
        _ name: String, _ place: Place<String>,
        _ grammar: TextGrammar, defaultWords: String? = nil, _ documentation: String
    ) -> Self {
        Setting(
            name: name, expected: grammar.expected, documentation: documentation,
            defaultWords: defaultWords, isTable: false,
            render: { TomlText.quoted(SecretMask.hiding(in: $0[keyPath: place])) },
            interpret: { written, _ in
                grammar.interpret(written) { text in { $0[keyPath: place] = text } }
            })
    }

    /// A text that may be empty, which means that there is none.
    static func optionalText(
        _ name: String, _ place: Place<String?>,
        _ grammar: TextGrammar, isSecret: Bool = false, _ documentation: String
    ) -> Self {
        let grammar = grammar.orEmpty
        return Setting(
            name: name, expected: grammar.expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { section in
                let text = section[keyPath: place] ?? ""
                return TomlText.quoted(isSecret && !text.isEmpty ? SecretMask.stars : text)
            },
            interpret: { written, _ in
                grammar.interpret(written) { text in
                    { $0[keyPath: place] = text.isEmpty ? nil : text }
                }
            })
    }

    /// A text that is never shown, and may be empty, which means that there is none.
    static func secret(
        _ name: String, _ place: Place<String?>, _ documentation: String
    ) -> Self {
        let expected = "a text, or empty"
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { TomlText.quoted($0[keyPath: place] == nil ? "" : SecretMask.stars) },
            interpret: { written, _ in
                guard let text = written.anyText, TextGrammar.anyText.accepts(text) else {
                    return .refused([Refusal("must be \(expected), without a NUL")])
                }
                return .accepted { $0[keyPath: place] = text.isEmpty ? nil : text }
            })
    }

    /// A list of texts that each follow a grammar.
    static func list(
        _ name: String, _ place: Place<[String]>,
        of grammar: TextGrammar, named plural: String, isSet: Bool = false, _ documentation: String
    ) -> Self {
        let lists = ListGrammar(element: grammar, plural: plural, isSet: isSet)
        return Setting(
            name: name, expected: lists.expected, documentation: documentation,
            defaultWords: nil, isTable: false, render: { TomlText.list($0[keyPath: place]) },
            interpret: { written, _ in
                lists.interpret(written) { list in { $0[keyPath: place] = list } }
            })
    }

    /// A whole number within a range.
    static func wholeNumber(
        _ name: String, _ place: Place<Int>,
        _ range: ClosedRange<Int>, meaning: String? = nil, defaultWords: String? = nil,
        _ documentation: String
    ) -> Self {
        number(
            name, expected: meaning ?? "from \(range.lowerBound) to \(range.upperBound)", range,
            defaultWords: defaultWords, documentation,
            read: { $0[keyPath: place] }, write: { $0[keyPath: place] = $1 })
    }

    /// A whole number that limits something; 0 means no limit, or what `none` says.
    static func limit(
        _ name: String, _ place: Place<Int?>,
        upTo most: Int, none: String = "no limit", _ documentation: String
    ) -> Self {
        number(
            name, expected: "from 1 to \(most), or 0 for \(none)", 0...most,
            defaultWords: nil, documentation,
            read: { $0[keyPath: place] ?? 0 },
            write: { $0[keyPath: place] = $1 == 0 ? nil : $1 })
    }

    private static func number(
        _ name: String, expected range: String, _ accepted: ClosedRange<Int>,
        defaultWords: String?, _ documentation: String,
        read: @escaping @Sendable (Section) -> Int,
        write: @escaping @Sendable (inout Section, Int) -> Void
    ) -> Self {
        let expected = "a whole number \(range)"
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: defaultWords, isTable: false, render: { String(read($0)) },
            interpret: { written, _ in
                guard let number = written.wholeNumber, accepted.contains(number) else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { write(&$0, number) }
            })
    }

    /// A duration within a range.
    static func duration(
        _ name: String, _ place: Place<Duration>,
        _ range: ClosedRange<Duration>, _ documentation: String
    ) -> Self {
        let bounds = [range.lowerBound, range.upperBound].map(DurationText.text)
        let expected = "a duration from \(bounds[0]) to \(bounds[1]) such as \"90s\" or \"5m\""
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { TomlText.quoted(DurationText.text($0[keyPath: place])) },
            interpret: { written, _ in
                guard let duration = written.duration, range.contains(duration) else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place] = duration }
            })
    }

    /// A duration that limits something; 0 means no limit.
    static func durationLimit(
        _ name: String, _ place: Place<Duration?>,
        from least: Duration = .seconds(1), upTo most: Duration, _ documentation: String
    ) -> Self {
        let range = "from \(DurationText.text(least)) to \(DurationText.text(most))"
        let expected = "a duration \(range) such as \"90s\" or \"5m\", or 0 for no limit"
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { TomlText.quoted(DurationText.text($0[keyPath: place] ?? .zero)) },
            interpret: { written, _ in
                guard let duration = written.duration,
                    duration == .zero || (least...most).contains(duration)
                else { return .refused(mustBe: expected, not: written) }
                return .accepted { $0[keyPath: place] = duration == .zero ? nil : duration }
            })
    }

    /// Yes or no.
    static func flag(
        _ name: String, _ place: Place<Bool>,
        _ documentation: String
    ) -> Self {
        let expected = "true or false"
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false, render: { String($0[keyPath: place]) },
            interpret: { written, _ in
                guard let flag = written.flag else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place] = flag }
            })
    }

    /// One of a few words.
    static func choice<Choice>(
        _ name: String, _ place: Place<Choice>,
        _ documentation: String
    ) -> Self where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        let words = Choice.allCases.map { TomlText.quoted($0.rawValue) }
        let expected = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { TomlText.quoted($0[keyPath: place].rawValue) },
            interpret: { written, _ in
                guard let choice = written.anyText.flatMap(Choice.init(rawValue:)) else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place] = choice }
            })
    }

    /// A table of texts under names of the operator's choice.
    static func table(
        _ name: String, _ place: Place<[String: String]>,
        names: TextGrammar, values: TextGrammar, _ documentation: String
    ) -> Self {
        Setting(
            name: name, expected: "a table of texts", documentation: documentation,
            defaultWords: nil, isTable: true,
            render: { section in
                let entries = section[keyPath: place].sorted { $0.key < $1.key }.map {
                    name, value in
                    let shown = SecretMask.value(value, of: name)
                    return "\(TomlText.key(name)) = \(TomlText.quoted(shown))"
                }
                return entries.isEmpty ? "{}" : "{ \(entries.joined(separator: ", ")) }"
            },
            interpret: { written, key in
                guard names.accepts(key) else {
                    return .refused([Refusal("must be named by \(names.expected)")])
                }
                return values.interpret(written) { text in { $0[keyPath: place][key] = text } }
            })
    }
}
