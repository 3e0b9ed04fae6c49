/// How the processes that run jobs come about.
public enum Isolation: String, Sendable, CaseIterable, Codable {
    /// Forked from an interpreter that has loaded the application once.
    case fork
    /// Started, each an interpreter that loads the application before it has a job.
    case spawn
}
