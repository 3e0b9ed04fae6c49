/// How arguments, results and notes become bytes; producer and worker must agree on it.
///
/// Source: RQ 3.0.0, `rq/serializers.py`.
public enum Serializer: String, Hashable, Sendable, CaseIterable {
    /// RQ's default. Plain data only: a pickle that names a class is not read.
    case pickle
    /// `JSONSerializer`.
    case json

    /// The bytes of a value.
    ///
    /// - Parameter value: plain data.
    /// - Returns: a pickle of protocol 4, or JSON as Python's `json.dumps` writes it.
    /// - Throws: `unusable` for what JSON cannot say.
    public func bytes(of value: PlainValue) throws(ClientError) -> [UInt8] {
        switch self {
        case .pickle: PickleWriter.bytes(of: value)
        case .json: Array(try Self.json(value).utf8)
        }
    }

    /// The value of bytes.
    ///
    /// - Parameters:
    ///   - bytes: what the serializer of a producer or worker wrote.
    ///   - field: what the error calls them.
    /// - Returns: plain data; JSON's objects in the order of their names.
    /// - Throws: `wire` for what cannot be read or is not plain data.
    public func value(of bytes: [UInt8], field: String) throws(ClientError) -> PlainValue {
        switch self {
        case .pickle:
            return try ClientError.reading { () throws(WireError) in
                try PickleReader.value(of: bytes, field: field)
            }
        case .json:
            guard let json = JSON(bytes) else {
                throw .wire(WireError(field: field, expected: "JSON", found: bytes))
            }
            return PlainValue(json)
        }
    }

    private static func json(_ value: PlainValue) throws(ClientError) -> String {
        switch value {
        case .none: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .double(let number) where number.isFinite: return PythonFloat.text(number)
        case .string(let text): return JSON.quoted(text)
        case .list(let elements), .tuple(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try json(element)) }
            return "[\(parts.joined(separator: ", "))]"
        case .dictionary(let entries):
            var parts: [String] = []
            for entry in entries {
                guard case .string(let name) = entry.key else {
                    throw .unusable("a dictionary", "with other keys than text is not JSON")
                }
                parts.append("\(JSON.quoted(name)): \(try json(entry.value))")
            }
            return "{\(parts.joined(separator: ", "))}"
        case .double: throw .unusable("a float", "that is not finite is not JSON")
        case .bytes: throw .unusable("bytes", "are not JSON")
        case .set: throw .unusable("a set", "is not JSON")
        }
    }
}

extension PlainValue {
    /// The same in plain data; objects in the order of their names.
    public init(_ json: JSON) {
        switch json {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(number)
        case .float(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map(PlainValue.init))
        case .object(let members): self = PlainValue(members.mapValues(PlainValue.init))
        }
    }
}
