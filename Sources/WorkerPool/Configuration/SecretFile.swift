import Glibc

/// Files that hold one secret each, such as systemd's credentials.
///
/// Source: systemd.exec(5), `LoadCredential=`.
enum SecretFile {
    /// More than any password; a larger file is not what was meant.
    private static let mostBytes = 4096

    /// Reads a secret; a line end behind it does not count.
    ///
    /// - Parameters:
    ///   - name: an absolute path, or a bare name in `$CREDENTIALS_DIRECTORY`; nil for none.
    ///   - key: the key that names it, for the error.
    /// - Returns: the secret; nil if no file is named.
    /// - Throws: why it cannot be read; nothing of what is in it.
    static func text(_ name: String?, key: String) throws(RedisSettingError) -> String? {
        guard let name else { return nil }
        guard let path = path(name) else {
            throw RedisSettingError(
                key: key,
                reason: "\(name): no $CREDENTIALS_DIRECTORY here; the unit needs "
                    + "LoadCredential=\(name):FILE, or write an absolute path")
        }
        var secret: [UInt8]
        do throws(SystemCallError) {
            secret = try bytes(of: path)
        } catch {
            let words = String(cString: strerror(error.errno))
            throw RedisSettingError(key: key, reason: "\(path): \(words)")
        }
        if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
        if secret.last == UInt8(ascii: "\r") { secret.removeLast() }
        let isFine = !secret.isEmpty && secret.count <= mostBytes && !secret.contains(0)
        guard isFine, let text = String(validating: secret, as: UTF8.self) else {
            throw RedisSettingError(
                key: key,
                reason: "\(path): must hold a password of 1 to \(mostBytes) bytes of text")
        }
        return text
    }

    private static func path(_ name: String) -> String? {
        if name.hasPrefix("/") { return name }
        if let directory = getenv("CREDENTIALS_DIRECTORY") {
            return "\(String(cString: directory))/\(name)"
        }
        // For commands beside the service: systemd keeps what the running unit was given here.
        let path = "/run/credentials/rqd.service/\(name)"
        return access(path, F_OK) == 0 ? path : nil
    }

    private static func bytes(of path: String) throws(SystemCallError) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open", path) }
        let file = OwnedDescriptor(adopting: number)
        var room = [UInt8](repeating: 0, count: mostBytes + 2)
        var count = 0
        while count < room.count {
            let got = room.withUnsafeMutableBytes {
                read(file.number, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .last("read", path) }
            if got == 0 { break }
            count += got
        }
        return Array(room[..<count])
    }
}
