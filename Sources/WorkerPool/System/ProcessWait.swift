import CLinux
import Glibc

extension ProcessIdentity {
    /// Waits for the end of a process that need not be our child.
    ///
    /// By its pidfd, which is bound to the process and not to the number. Blocks.
    ///
    /// - Returns: true when it has ended.
    @discardableResult
    func awaitEnd(within span: Duration) -> Bool {
        let descriptor = rqd_pidfd_open(pid)
        guard descriptor >= 0 else { return !isAlive }
        defer { close(descriptor) }
        guard isAlive else { return true }
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds =
            span.components.seconds * 1000
            + span.components.attoseconds / 1_000_000_000_000_000
        return poll(&watched, 1, Int32(clamping: milliseconds)) > 0
    }

    /// Sends a signal to the process, and to no later one with its number.
    func signal(_ number: Int32) {
        let descriptor = rqd_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if isAlive { _ = rqd_pidfd_send_signal(descriptor, number) }
    }
}
