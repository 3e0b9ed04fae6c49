import Glibc

/// A file descriptor that exactly one place owns.
///
/// Closing is the deinitializer's job, so a descriptor is closed once however
/// the scope ends. A copy would be a second owner; the type forbids it.
struct OwnedDescriptor: ~Copyable {
    /// The kernel's number, 0 or above.
    let number: Int32

    /// Takes ownership of `number`.
    ///
    /// - Parameter number: a descriptor this process opened and nobody else closes.
    init(adopting number: Int32) {
        precondition(number >= 0, "a negative descriptor is an errno, not a descriptor")
        self.number = number
    }

    deinit { _ = Glibc.close(number) }

    /// Gives the descriptor away unclosed.
    ///
    /// - Returns: the number, which the caller now owns.
    consuming func release() -> Int32 {
        let given = number
        discard self
        return given
    }
}
