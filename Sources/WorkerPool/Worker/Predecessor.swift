/// A worker that ended without saying good-bye, as its successor must know it.
///
/// The successor settles the execution that Redis has under this name, after
/// these processes are gone, and unregisters the name unless it is its own.
struct Predecessor: Sendable, Hashable {
    /// The name it registered under.
    let name: String
    /// Its copy of the stable, if it had one.
    let slotStable: ProcessIdentity?
    /// The process its job ran in, if it had one.
    let horse: ProcessIdentity?
}
