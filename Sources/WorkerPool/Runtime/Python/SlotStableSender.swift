import CLinux
import Glibc

/// Whom a worker believes on the socket to its slot stable, and what.
///
/// *Worker process.* The kernel says who has sent a message (`SCM_CREDENTIALS`); a process that the
/// message names is looked at in `/proc`.
struct SlotStableSender {
    /// The user whose rights the jobs of the pool have.
    let owner: uid_t
    /// The worker's parent, from which each stable descends.
    let master: Int32
    /// The slot stable, once it has said hello.
    private var slotStable: ProcessIdentity?

    /// Nobody has spoken yet.
    init(owner: uid_t, master: Int32) {
        self.owner = owner
        self.master = master
    }

    /// The slot stable says that it is there, once.
    ///
    /// - Throws: why it is not believed.
    mutating func hello(
        from sender: rqd_credentials
    ) throws(SlotStableLie) -> ProcessIdentity {
        guard slotStable == nil else { throw .repeated }
        let identity = try descendant(sender.pid)
        slotStable = identity
        return identity
    }

    /// The stable says which process it has forked.
    func forked(
        _ pid: Int32, by sender: rqd_credentials
    ) throws(SlotStableLie) -> ProcessIdentity {
        _ = try descendant(sender.pid)
        return try member(pid, childOf: sender.pid)
    }

    /// The slot stable says which process it has forked for a job.
    func horse(
        _ pid: Int32, by sender: rqd_credentials
    ) throws(SlotStableLie) -> ProcessIdentity {
        try isStable(sender)
        return try member(pid, childOf: sender.pid)
    }

    /// Nobody but the slot stable has anything to say here.
    func isStable(_ sender: rqd_credentials) throws(SlotStableLie) {
        guard slotStable?.pid == sender.pid else { throw .stranger(sender.pid) }
    }

    /// What is to be read must be what one reads from: another file might never end.
    func demand(_ kind: UInt32, of descriptors: [Int32]) throws(SlotStableLie) {
        for descriptor in descriptors where rqd_kind_of(descriptor) != kind { throw .odd }
    }

    /// A slot stable that outlives its stable is an orphan, but not as early as this.
    private func descendant(_ pid: Int32) throws(SlotStableLie) -> ProcessIdentity {
        let identity = try member(pid, childOf: nil)
        guard identity.descends(from: master) else { throw .stranger(pid) }
        return identity
    }

    private func member(
        _ pid: Int32, childOf parent: Int32?
    ) throws(SlotStableLie) -> ProcessIdentity {
        guard let identity = ProcessIdentity.of(pid, childOf: parent, user: owner) else {
            throw .stranger(pid)
        }
        return identity
    }
}

/// Why a message is not believed.
enum SlotStableLie: Error, Equatable, CustomStringConvertible {
    /// It names a process, or comes from one, that is no process of the pool's jobs.
    case stranger(Int32)
    /// A descriptor is neither the socket nor the pipe that it should be.
    case odd
    /// It was said before.
    case repeated

    /// A few words for the log.
    var description: String {
        switch self {
        case .stranger(let pid): "process \(pid) is none of this pool's"
        case .odd: "a descriptor is of another kind than it should be"
        case .repeated: "it was said before"
        }
    }
}
