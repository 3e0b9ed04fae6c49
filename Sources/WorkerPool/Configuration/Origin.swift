/// Where a value came from, as an operator would look it up.
public enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// Nobody said anything; the value is the built-in default.
    case builtIn
    /// A file; line and column count from 1, 0 where the place within it is unknown.
    case file(path: String, line: Int, column: Int)
    /// An environment variable, by name.
    case variable(String)
    /// A flag of the command line, by name, for example `--set`.
    case flag(String)

    /// `/etc/rqd.conf:12:11`, `RQD_REDIS_URL`, `--set` or `default`.
    public var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, 0, _): path
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .variable(let name), .flag(let name): name
        }
    }
}
