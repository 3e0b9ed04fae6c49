import Glibc

/// Something the tests themselves need and did not get.
public struct HarnessError: Error, CustomStringConvertible {
    /// One line for the person who runs the tests.
    public let description: String

    /// Says what is missing.
    ///
    /// - Parameter description: one line for the person who runs the tests.
    public init(_ description: String) {
        self.description = description
    }

    /// Says which system call failed, and how.
    ///
    /// - Parameters:
    ///   - call: its C name.
    ///   - subject: what it was applied to.
    ///   - number: the value of `errno`.
    public init(_ call: String, _ subject: String, errno number: Int32) {
        description = "\(call)(\(subject)): \(String(cString: strerror(number))) (\(number))"
    }
}
