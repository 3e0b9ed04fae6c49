import ArgumentParser
import Glibc

/// The text of a file that the command line names.
enum FileText {
    /// Reads it.
    ///
    /// - Parameter path: the file.
    /// - Returns: its text.
    /// - Throws: `ValidationError` if it cannot be read or is not UTF-8.
    static func read(_ path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ValidationError("\(path): not UTF-8")
        }
        return text
    }

    private static func failure(_ path: String) -> ValidationError {
        ValidationError("\(path): \(String(cString: strerror(errno)))")
    }
}
