/// The fields of a hash or of a stream entry, in the order in which they came.
///
/// Names and values are bytes. The readers below take an absent or empty field for nil, as
/// RQ does, and throw a `WireError` that names the field for text they cannot read.
public struct FieldList: Hashable, Sendable {
    /// Names and values by turns, as `HGETALL` answers and `HSET` takes them.
    public private(set) var flat: [[UInt8]]

    /// No fields.
    public init() {
        flat = []
    }

    /// Names and values by turns.
    ///
    /// - Parameter flat: what `HGETALL` answered, or the inner array of a stream entry.
    /// - Throws: `WireError` when the last name has no value.
    public init(flat: [[UInt8]]) throws(WireError) {
        guard flat.count.isMultiple(of: 2) else {
            throw WireError(field: "fields", expected: "a value after each name", found: flat.last)
        }
        self.flat = flat
    }

    /// True when there is no field; Redis answers so for a key that does not exist.
    public var isEmpty: Bool { flat.isEmpty }

    /// How many fields there are.
    public var count: Int { flat.count / 2 }

    /// The value of a field, or nil; where a name comes twice, the last one.
    public subscript(name: String) -> [UInt8]? {
        var index = flat.count - 2
        while index >= 0 {
            if name.utf8.elementsEqual(flat[index]) { return flat[index + 1] }
            index -= 2
        }
        return nil
    }

    /// Adds a field at the end.
    public mutating func append(_ name: String, _ value: [UInt8]) {
        flat.append(Array(name.utf8))
        flat.append(value)
    }

    /// Adds a field of text at the end.
    public mutating func append(_ name: String, _ value: String) {
        append(name, Array(value.utf8))
    }

    /// Bytes that are there and not empty.
    func bytes(_ name: String) -> [UInt8]? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// Text; what is not UTF-8 becomes U+FFFD.
    func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A time in the form `Timestamp.utcISO`.
    func time(_ name: String) throws(WireError) -> Timestamp? {
        guard let value = bytes(name) else { return nil }
        return try Timestamp(utcISO: value, field: name)
    }

    /// A time in the form `Timestamp.epochText`.
    func epoch(_ name: String) throws(WireError) -> Timestamp? {
        guard let value = bytes(name) else { return nil }
        return try Timestamp(epochText: value, field: name)
    }

    /// A whole number.
    func integer(_ name: String) throws(WireError) -> Int? {
        guard let value = bytes(name) else { return nil }
        guard let number = PythonInteger.parse(value) else {
            throw WireError(field: name, expected: "a whole number", found: value)
        }
        return number
    }

    /// A whole number that stands for false when it is zero.
    func flag(_ name: String) throws(WireError) -> Bool? {
        guard let number = try integer(name) else { return nil }
        return number != 0
    }

    /// A span in seconds, with or without a fraction.
    func span(_ name: String) throws(WireError) -> Duration? {
        guard let value = bytes(name) else { return nil }
        guard let seconds = PythonFloat.parse(value), let span = Self.span(seconds: seconds) else {
            throw WireError(field: name, expected: "seconds", found: value)
        }
        return span
    }

    /// A JSON array of spans in seconds, or a single one.
    func spans(_ name: String) throws(WireError) -> [Duration] {
        guard let value = bytes(name) else { return [] }
        let wrong = WireError(field: name, expected: "a JSON array of seconds", found: value)
        guard let json = JSON(value) else { throw wrong }
        var spans: [Duration] = []
        for element in json.array ?? [json] {
            guard let seconds = element.double, let span = Self.span(seconds: seconds) else {
                throw wrong
            }
            spans.append(span)
        }
        return spans
    }

    /// Whole seconds; nil when the field is absent or empty.
    static func seconds(_ value: [UInt8]?, of name: String) throws(WireError) -> Int? {
        guard let value, !value.isEmpty else { return nil }
        guard let seconds = PythonInteger.parse(value) else {
            throw WireError(field: name, expected: "whole seconds", found: value)
        }
        return seconds
    }

    /// Nil beyond 285,000 years, which is where microseconds leave 64 bits.
    private static func span(seconds: Double) -> Duration? {
        guard seconds.isFinite, seconds.magnitude < 9e12 else { return nil }
        return .microseconds(Int64((seconds * 1e6).rounded(.toNearestOrEven)))
    }
}
