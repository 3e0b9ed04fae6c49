/// Why an exchange with a Redis server failed.
///
/// Descriptions are one line for the journal and hold no password and no argument of a command.
public enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No connection came about; `to` is the endpoint's description.
    case connecting(to: String, reason: String)
    /// The connection is over: the server went away, or an earlier error or `close()` ended it.
    case closed
    /// No answer in time; `doing` names the command. The connection is closed, because its
    /// next reply would be the late one.
    case timedOut(after: Duration, doing: String)
    /// The server answered a command with an error.
    case server(ServerError)
    /// The server sent what is no Redis protocol, or an answer to nothing; the connection is
    /// closed.
    case protocolViolation(String)
    /// A system call on the connection's socket failed; the connection is closed.
    case system(call: String, subject: String, errno: Int32)

    /// One line for the journal.
    public var description: String {
        switch self {
        case .connecting(let endpoint, let reason):
            "cannot connect to \(endpoint): \(reason)"
        case .closed:
            "the connection to redis is closed"
        case .timedOut(let duration, let command):
            "redis did not answer \(command) within \(duration)"
        case .server(let error):
            "redis answered: \(error.message)"
        case .protocolViolation(let what):
            "redis broke its protocol: \(what)"
        case .system(let call, let subject, let number):
            "\(call)(\(subject)): \(errorText(number))"
        }
    }
}
