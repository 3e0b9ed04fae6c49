import Glibc

/// Where this package lies on disk.
public enum PackageRoot {
    /// The directory of `Package.swift`, absolute, as it was when the tests were built.
    public static var path: String {
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
    }
}

/// The programs of this package, as `swift build` or `swift test` left them.
public enum BuiltProgram {
    /// The path of the `rqd` that was built with the tests.
    ///
    /// - Returns: an absolute path.
    /// - Throws: if it is not there.
    public static func rqd() throws -> String { try path(of: "rqd") }

    /// The path of a program that was built with the tests.
    ///
    /// - Parameter name: its target, for example `rqd`.
    /// - Returns: an absolute path.
    /// - Throws: if it is not there.
    public static func path(of name: String) throws -> String {
        guard let resolved = realpath("/proc/self/exe", nil) else {
            throw HarnessError("realpath", "/proc/self/exe", errno: errno)
        }
        defer { free(resolved) }
        let runner = String(cString: resolved)
        let path = runner[...(runner.lastIndex(of: "/") ?? runner.startIndex)] + name
        guard access(String(path), X_OK) == 0 else {
            throw HarnessError("no \(name) beside \(runner): run swift build")
        }
        return String(path)
    }
}
