/// What a job calls: a function by its dotted name, and what it is given.
///
/// On the wire: the field `data` of the job's hash, a zlib stream of the serialised tuple
/// (function name, instance, args, kwargs).
///
/// Source: RQ 3.0.0, `rq/job.py`, `Job._serialize_data`; `rq/utils.py`, `get_call_string`.
public struct Call: Hashable, Sendable, CustomStringConvertible {
    /// The dotted name, for example `"app.tasks.send"`.
    public var functionName: String
    /// The arguments by place.
    public var arguments: [PlainValue]
    /// The arguments by name.
    public var keywords: [String: PlainValue]

    /// How much of each argument a job's description shows, in characters.
    private static let shownCharacters = 75

    /// A call.
    public init(
        _ functionName: String, _ arguments: [PlainValue] = [],
        keywords: [String: PlainValue] = [:]
    ) {
        self.functionName = functionName
        self.arguments = arguments
        self.keywords = keywords
    }

    /// The call in words, as Python would write it: `app.tasks.send(1, to='x')`.
    public var description: String { text(cutTo: nil) }

    /// The same with long arguments cut, as RQ describes a job.
    var shortDescription: String { text(cutTo: Self.shownCharacters) }

    private func text(cutTo limit: Int?) -> String {
        func shown(_ value: PlainValue) -> String {
            let text = value.description
            guard let limit, text.unicodeScalars.count > limit else { return text }
            return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "..."
        }
        let named = keywords.map { "\($0.key)=\(shown($0.value))" }
            .sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        return "\(functionName)(\((arguments.map(shown) + named).joined(separator: ", ")))"
    }

    /// The field `data`.
    func data(_ serializer: Serializer) throws(ClientError) -> [UInt8] {
        let parts: [PlainValue] = [
            .string(functionName), .none, .tuple(arguments), PlainValue(keywords),
        ]
        return Zlib.deflate(try serializer.bytes(of: .tuple(parts)))
    }

    /// Reads what `data` holds once it is inflated.
    ///
    /// - Parameters:
    ///   - data: what a producer serialised.
    ///   - serializer: the one it used.
    /// - Throws: `wire` for what cannot be read: a pickle with objects of Python's own classes,
    ///   or the call of a method of an instance.
    public init(data: [UInt8], _ serializer: Serializer) throws(ClientError) {
        let value = try serializer.value(of: data, field: "data")
        guard let parts = value.elements, parts.count == 4, let name = parts[0].string,
            parts[1] == .none, let arguments = parts[2].elements, let keywords = parts[3].members
        else {
            throw .wire(
                WireError(field: "data", expected: "a call with plain arguments", found: data))
        }
        self.init(name, arguments, keywords: keywords)
    }
}
