import RQ

extension Setting {
    /// A list of plain values, such as the arguments of a function.
    static func values(
        _ name: String, _ place: Place<[PlainValue]>, _ documentation: String
    ) -> Self {
        let expected = "a list of texts, numbers, true, false and lists of these"
        return Setting(
            name: name, expected: expected, documentation: documentation, defaultWords: nil,
            isTable: false, render: { PlainToml.text(.list($0[keyPath: place])) },
            interpret: { written, _ in
                guard case .list(let elements)? = written.plain else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place] = elements }
            })
    }

    /// A table of plain values under names of the operator's choice.
    static func valueTable(
        _ name: String, _ place: Place<[String: PlainValue]>, _ documentation: String
    ) -> Self {
        let expected = "a table of texts, numbers, true, false and lists of these"
        return Setting(
            name: name, expected: expected, documentation: documentation, defaultWords: nil,
            isTable: true,
            render: { section in
                let entries = section[keyPath: place].sorted { $0.key < $1.key }.map {
                    "\(TomlText.key($0.key)) = \(PlainToml.text($0.value))"
                }
                return entries.isEmpty ? "{}" : "{ \(entries.joined(separator: ", ")) }"
            },
            interpret: { written, key in
                guard let value = written.plain else {
                    let expected = "a text, a number, true, false or a list of these"
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place][key] = value }
            })
    }
}

/// Plain values as TOML.
private enum PlainToml {
    static func text(_ value: PlainValue) -> String {
        switch value {
        case .bool(let flag): String(flag)
        case .integer(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): TomlText.quoted(SecretMask.hiding(in: text))
        case .list(let elements), .tuple(let elements), .set(let elements):
            "[\(elements.map(text).joined(separator: ", "))]"
        case .none, .bytes, .dictionary: "\"\""
        }
    }
}

extension WrittenValue {
    /// The same for Python; nil for what TOML has and Python's arguments have not.
    fileprivate var plain: PlainValue? {
        switch self {
        case .text(let text), .untyped(let text): return .string(text)
        case .integer(let number): return .integer(Int(number))
        case .floating(let number): return .double(number)
        case .boolean(let flag): return .bool(flag)
        case .date, .table: return nil
        case .list(let elements):
            let values = elements.map(\.value.plain)
            let present = values.compactMap(\.self)
            return present.count == values.count ? .list(present) : nil
        }
    }
}
