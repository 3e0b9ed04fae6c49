/// What becomes of an application that is not safe to fork.
public enum UnsafeForkPolicy: String, Sendable, CaseIterable, Codable {
    /// The log, the status and `rqd check --connect` name what makes it so.
    case warn
    /// It is treated like an application that cannot be loaded.
    case refuse
}
