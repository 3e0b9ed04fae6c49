/// Whose rights the jobs of a pool have, if not the daemon's.
///
/// Pools whose interpreter and account are equal share one preloaded interpreter.
public struct JobAccount: Sendable, Hashable, Codable {
    /// The user, by name or number; nil means the daemon's own.
    public var user: String?
    /// The group, by name or number; nil means the user's own.
    ///
    /// Never without `user`.
    public var group: String?
    /// Which rights new files lack, in octal; nil means the daemon's.
    public var umask: String?

    /// Makes an account; without arguments, the daemon's own.
    public init(user: String? = nil, group: String? = nil, umask: String? = nil) {
        self.user = user
        self.group = group
        self.umask = umask
    }
}
