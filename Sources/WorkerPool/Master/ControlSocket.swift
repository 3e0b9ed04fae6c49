import CLinux
import Glibc

/// The socket on which workers ask a stable for horses; both ends.
///
/// *Master process.* It keeps both ends for as long as it lives, so that what
/// was asked waits in the socket while the stable is restarted.
struct ControlSocket: ~Copyable {
    /// The end that a stable inherits.
    let stableEnd: OwnedDescriptor
    /// The end that workers inherit.
    let workerEnd: OwnedDescriptor

    /// Takes over the pair that another program has made.
    init(stableEnd: Int32, workerEnd: Int32) {
        rqd_set_cloexec(stableEnd, 1)
        rqd_set_cloexec(workerEnd, 1)
        self.stableEnd = OwnedDescriptor(adopting: stableEnd)
        self.workerEnd = OwnedDescriptor(adopting: workerEnd)
    }

    /// Makes the pair; both ends are close-on-exec.
    init() throws(SystemCallError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .last("socketpair", "stable control")
        }
        stableEnd = OwnedDescriptor(adopting: ends[0])
        workerEnd = OwnedDescriptor(adopting: ends[1])
    }
}
