/// What trying one thing has shown.
public struct CheckFinding: Sendable, Equatable {
    /// How it went.
    public enum Verdict: Sendable, Equatable {
        /// It works.
        case fine
        /// It works, but something is to be put right.
        case doubtful
        /// It does not work because of what the configuration says.
        case wrong
        /// It cannot be reached, which may pass by itself.
        case unreachable
    }

    /// How it went.
    public let verdict: Verdict
    /// One line for the operator; never a secret.
    public let message: String

    /// States a finding.
    ///
    /// - Parameters:
    ///   - verdict: how it went.
    ///   - message: one line for the operator.
    public init(_ verdict: Verdict, _ message: String) {
        self.verdict = verdict
        self.message = message
    }
}
