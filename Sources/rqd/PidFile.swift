import Glibc

/// The file in which `rqd worker --pid` leaves its process id.
enum PidFile {
    /// Writes the number and a newline; says why and leaves with 78 when that is not possible.
    ///
    /// - Parameters:
    ///   - pid: the number.
    ///   - path: the file; one that begins with `~/` is in `$HOME`, as in rq.
    /// - Throws: 78 when the file cannot be written.
    static func write(_ pid: pid_t, to path: String) throws {
        let home = Environment.variables()["HOME"]
        let path = home.map { path.hasPrefix("~/") ? $0 + path.dropFirst() : path } ?? path
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        let text = Array("\(pid)\n".utf8)
        guard file >= 0, Glibc.write(file, text, text.count) == text.count, close(file) == 0 else {
            Complaint.say("rqd: --pid \(path): \(String(cString: strerror(errno)))")
            throw ExitStatus.configuration.error
        }
    }
}
