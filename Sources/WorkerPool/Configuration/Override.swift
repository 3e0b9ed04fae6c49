/// A value that a command has from its flags, where it wins over every other source, or as a default.
public struct Override: Sendable, Equatable {
    /// The dotted key, for example `pool.web.workers`.
    public let key: String
    /// What to name in an error and in `check --show`; as a rule a flag.
    public let origin: Origin
    let value: WrittenValue

    /// One value as text; the key decides what it must be, and a list is split at commas.
    ///
    /// - Parameters:
    ///   - key: the dotted key.
    ///   - value: what the operator typed.
    ///   - flag: where it was typed.
    public init(_ key: String, _ value: String, flag: String = "--set") {
        self.init(key, value, at: .flag(flag))
    }

    /// A list whose elements are taken as they are, commas and all.
    ///
    /// - Parameters:
    ///   - key: the dotted key of a list, for example `pool.default.queues`.
    ///   - list: the elements.
    ///   - flag: where they were typed.
    public init(_ key: String, list: [String], flag: String) {
        self.init(key, list: list, at: .flag(flag))
    }

    /// One value that a source other than a flag decides.
    ///
    /// - Parameters:
    ///   - key: the dotted key.
    ///   - value: the text.
    ///   - origin: where it stands.
    init(_ key: String, _ value: String, at origin: Origin) {
        self.key = key
        self.value = .untyped(value)
        self.origin = origin
    }

    /// A list that a source other than a flag decides.
    init(_ key: String, list: [String], at origin: Origin) {
        self.key = key
        self.value = .list(list.map { WrittenValue.Element(value: .text($0), position: nil) })
        self.origin = origin
    }

    /// What follows `--set`: `KEY=VALUE`.
    ///
    /// Fails if there is no `=` or nothing before it.
    ///
    /// - Parameter argument: the text up to the first `=` is the key, the rest the value.
    public init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
            return nil
        }
        self.init(String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }
}
