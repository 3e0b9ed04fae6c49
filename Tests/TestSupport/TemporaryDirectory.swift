import Glibc

/// A fresh directory that is removed, with all that is in it, when its owner lets go of it.
public final class TemporaryDirectory {
    /// Its absolute path, short enough for Unix sockets in it.
    public let path: String

    private var isKept = false

    /// Makes the directory.
    ///
    /// - Throws: if the system has none to give.
    public init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/rqd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw HarnessError("mkdtemp", parent, errno: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path of something in it.
    ///
    /// - Parameter name: relative to the directory.
    /// - Returns: an absolute path.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - name: relative to the directory.
    ///   - contents: all of its text.
    ///   - mode: its permissions.
    /// - Returns: its absolute path.
    /// - Throws: if it cannot be written.
    @discardableResult
    public func write(_ name: String, _ contents: String, mode: mode_t = 0o644) throws -> String {
        try writeFile(file(name), contents, mode: mode)
        return file(name)
    }

    /// Leaves it where it is, for a person to look at.
    public func keep() { isKept = true }

    deinit {
        if !isKept { removeTree(path) }
    }
}

/// Removes a file, or a directory and all below it, as far as that is allowed.
private func removeTree(_ path: String) {
    if remove(path) == 0 { return }
    guard errno == ENOTEMPTY || errno == EEXIST, let directory = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(directory) {
        names.append(
            withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            })
    }
    closedir(directory)
    for name in names where name != "." && name != ".." { removeTree("\(path)/\(name)") }
    remove(path)
}

/// All bytes of a file.
///
/// - Parameter path: which file.
/// - Returns: its bytes.
/// - Throws: if it cannot be read.
public func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HarnessError("open", path, errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        guard count >= 0 else { throw HarnessError("read", path, errno: errno) }
        if count == 0 { return bytes }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// Makes a file anew.
///
/// - Parameters:
///   - path: which file.
///   - contents: all of its text.
///   - mode: its permissions.
/// - Throws: if it cannot be written.
public func writeFile(_ path: String, _ contents: String, mode: mode_t = 0o644) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw HarnessError("open", path, errno: errno) }
    defer { close(descriptor) }
    var rest = Array(contents.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw HarnessError("write", path, errno: errno) }
        rest = rest.dropFirst(count)
    }
}
