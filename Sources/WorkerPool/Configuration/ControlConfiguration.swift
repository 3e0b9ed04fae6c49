/// How `rqd status` and the other commands reach the daemon.
public struct ControlConfiguration: Sendable, Equatable {
    /// The path of the control socket; empty means none.
    public var socket: String

    /// Makes a control configuration; without arguments, the socket of the system's service.
    public init(socket: String = "/run/rqd/control.sock") {
        self.socket = socket
    }
}
