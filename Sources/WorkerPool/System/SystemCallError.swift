import Glibc

/// A system call that failed, with what we were trying to do.
///
/// Printed as `waitpid(pid 4213): No child processes (10)`.
public struct SystemCallError: Error, Equatable, CustomStringConvertible {
    /// The call's C name, for example `"waitpid"`.
    public let call: String
    /// What it was applied to, for example `"pid 4213"`; never a secret.
    public let subject: String
    /// The value of `errno` read straight after the call.
    public let errno: Int32

    /// Records a failure whose number is known.
    ///
    /// - Parameters:
    ///   - call: the call's C name.
    ///   - subject: what it was applied to.
    ///   - errno: the number, positive as in `errno.h`.
    public init(call: String, subject: String, errno: Int32) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// The failure of the call that was made just now.
    ///
    /// `errno` is read before the subject is put together, because building a
    /// string may overwrite it.
    static func last(_ call: String, _ subject: @autoclosure () -> String) -> Self {
        let number = Glibc.errno
        return Self(call: call, subject: subject(), errno: number)
    }

    /// One line for the journal.
    public var description: String {
        "\(call)(\(subject)): \(String(cString: strerror(errno))) (\(errno))"
    }
}
