import Glibc

/// A file of /proc or /sys that is a switch of the kernel's.
enum ControlFile {
    /// Writes a value in one go, as such files want it.
    ///
    /// - Returns: false, with `errno`, if the kernel does not accept it.
    static func write(_ value: String, to path: String) -> Bool {
        let number = open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let count = value.withCString { Glibc.write(number, $0, strlen($0)) }
        let failure = errno
        close(number)
        errno = failure
        return count == value.utf8.count
    }
}
