import CLinux
import Glibc

/// What the master sees of a stable from outside.
struct StableLook: Equatable, Sendable {
    /// Whether it has loaded the application.
    var isReady: Bool
    /// Whether it leaves requests of workers in its socket.
    var hasRequests: Bool
    /// Whether it runs, or waits for the disk, and so may only be slow.
    var isWorking: Bool
}

/// What comes of it.
enum StableVerdict: Equatable, Sendable {
    /// All is well, or it is too early to say.
    case fine
    /// It does not answer any more.
    case hung
}

extension ControlSocket {
    /// What lies in the socket says how a stable is.
    ///
    /// A stable says `ready PID` once; that stays in the socket, for the program that follows, too.
    func look(at pid: Int32) -> StableLook {
        var buffer = [UInt8](repeating: 0, count: 64)
        let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        let length = recv(workerEnd.number, &buffer, buffer.count, flags)
        let said = length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : ""
        var requests = pollfd(fd: stableEnd.number, events: Int16(POLLIN), revents: 0)
        return StableLook(
            isReady: said == "ready \(pid)", hasRequests: poll(&requests, 1, 0) > 0,
            isWorking: ProcessIdentity.of(pid)?.isWorking ?? false)
    }

    /// Forgets what an earlier stable has said.
    func forgetReadiness() {
        var buffer = [UInt8](repeating: 0, count: 64)
        let flags = Int32(MSG_DONTWAIT)
        while recv(workerEnd.number, &buffer, buffer.count, flags) > 0 {}
    }
}

extension MasterState {
    /// The stables were looked at: one that hangs is killed, and another started in its place.
    ///
    /// - Parameters:
    ///   - looks: by number; nil for one that does not run.
    ///   - now: the present moment.
    /// - Returns: what to do.
    mutating func lookedAtStables(_ looks: [StableLook?], at now: MonotonicTime) -> [MasterAction] {
        guard phase == .working else { return [] }
        var actions: [MasterAction] = []
        for (index, look) in looks.enumerated() {
            guard let look, let pid = stables[index].pid else { continue }
            switch stables[index].looked(look, at: now) {
            case .fine: break
            case .hung: actions += [.stableHangs(index), .signal(pid: pid, .kill)]
            }
        }
        return actions
    }
}

extension Master {
    /// Looks at all of them.
    func lookAtStables(at now: MonotonicTime) {
        let looks = state.stables.enumerated().map { index, stable in
            stable.pid.map { nursery.look(atStable: index, pid: $0) }
        }
        perform(state.lookedAtStables(looks, at: now))
    }
}
