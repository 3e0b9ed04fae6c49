import Glibc

/// Whether every user may reach a path: enter each directory above it, and read it.
///
/// - Parameter path: absolute.
/// - Returns: false for one below, for example, root's home.
public func isOpenToAll(_ path: String) -> Bool {
    var above = ""
    for part in path.split(separator: "/") {
        above += "/\(part)"
        var status = stat()
        guard stat(above, &status) == 0 else { return false }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard status.st_mode & (isDirectory ? S_IXOTH : S_IROTH) != 0 else { return false }
    }
    return true
}

extension TemporaryDirectory {
    /// A path that every user may reach: this one, or that of a copy here.
    ///
    /// For tests that become other users, in a clone that those may not enter.
    ///
    /// - Parameter path: a file or a directory, absolute.
    /// - Returns: a path with the same last name.
    /// - Throws: if it cannot be copied.
    public func open(_ path: String) throws -> String {
        if isOpenToAll(path) { return path }
        let name = path.split(separator: "/").last.map(String.init) ?? "copy"
        let copy = try run(["cp", "-a", path, file(name)])
        guard copy.ending == .exited(code: 0) else { throw HarnessError(copy.errorOutput) }
        guard chmod(self.path, 0o755) == 0 else {
            throw HarnessError("chmod", self.path, errno: errno)
        }
        return file(name)
    }
}
