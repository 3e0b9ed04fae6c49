/// A value that Swift and Python both have: what arguments, results and notes are made of.
///
///     let value: PlainValue = ["name": "x", "sizes": [1, 2.5, nil], "ok": true]
///
/// On the wire it is a pickle or JSON, as the `Serializer` says. Two dictionaries are equal only
/// if their entries are in the same order.
public indirect enum PlainValue: Hashable, Sendable {
    /// `None`.
    case none
    /// `True` and `False`.
    case bool(Bool)
    /// A whole number of 64 bits; Python's larger ones are not read.
    case integer(Int)
    /// A `float`.
    case double(Double)
    /// A `str`.
    case string(String)
    /// `bytes`; JSON has none.
    case bytes([UInt8])
    /// A `list`.
    case list([PlainValue])
    /// A `tuple`; in JSON a list.
    case tuple([PlainValue])
    /// A `set` or `frozenset`; JSON has none.
    case set([PlainValue])
    /// A `dict`, in its order; in JSON every key is a string.
    case dictionary([Entry])

    /// One entry of a dictionary.
    public struct Entry: Hashable, Sendable {
        /// The key; in Python anything that can be hashed.
        public let key: PlainValue
        /// The value.
        public let value: PlainValue

        /// An entry.
        public init(_ key: PlainValue, _ value: PlainValue) {
            self.key = key
            self.value = value
        }
    }

    /// A dictionary with text for keys, in the order of the keys.
    public init(_ members: [String: PlainValue]) {
        self = .dictionary(
            members.sorted { $0.key < $1.key }.map { Entry(.string($0.key), $0.value) })
    }

    /// The value for a text key of a dictionary; nil without one, and for all that is no
    /// dictionary.
    public subscript(key: String) -> PlainValue? {
        guard case .dictionary(let entries) = self else { return nil }
        return entries.last { $0.key == .string(key) }?.value
    }

    /// The elements of a list, tuple or set, otherwise nil.
    public var elements: [PlainValue]? {
        switch self {
        case .list(let elements), .tuple(let elements), .set(let elements): elements
        case .none, .bool, .integer, .double, .string, .bytes, .dictionary: nil
        }
    }

    /// The entries of a dictionary whose keys are all text, otherwise nil.
    public var members: [String: PlainValue]? {
        guard case .dictionary(let entries) = self else { return nil }
        var members: [String: PlainValue] = [:]
        for entry in entries {
            guard case .string(let name) = entry.key else { return nil }
            members[name] = entry.value
        }
        return members
    }

    /// The text of a string, otherwise nil.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number of an integer, otherwise nil.
    public var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }
}

extension PlainValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `None`.
    public init(nilLiteral: ()) { self = .none }
    /// A bool.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A float.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A list.
    public init(arrayLiteral elements: PlainValue...) { self = .list(elements) }
    /// A dictionary.
    public init(dictionaryLiteral entries: (PlainValue, PlainValue)...) {
        self = .dictionary(entries.map { Entry($0.0, $0.1) })
    }
}
