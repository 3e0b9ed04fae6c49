/// Why the control socket cannot be offered or asked.
public enum ControlError: Error, Equatable, CustomStringConvertible {
    /// A daemon already answers at this path.
    case inUse(path: String)
    /// Something that is not a socket lies at this path.
    case notASocket(path: String)
    /// The path is longer than the kernel takes for a socket (107 bytes), or empty.
    case unusablePath(String)
    /// Nobody answers at this path.
    case nobodyThere(path: String, reason: String)
    /// Whoever answered said no, or nothing that makes sense.
    ///
    /// `exit` is the exit status that this means for a program.
    case refused(path: String, reason: String, exit: Int32)
    /// Somebody answers at this path who is not to be believed.
    case impostor(path: String, reason: String)
    /// A system call failed.
    case system(SystemCallError)

    /// One line for the operator.
    public var description: String {
        switch self {
        case .inUse(let path): "another rqd answers at the control socket \(path)"
        case .notASocket(let path): "\(path) exists and is not a socket"
        case .unusablePath(let path):
            "\"\(path)\" cannot be the path of a socket: it must have 1 to 107 bytes"
        case .nobodyThere(let path, let reason): "no rqd answers at \(path): \(reason)"
        case .refused(let path, let reason, _): "the rqd at \(path) refused: \(reason)"
        case .impostor(let path, let reason): "who answers at \(path) is no rqd: \(reason)"
        case .system(let error): error.description
        }
    }
}
