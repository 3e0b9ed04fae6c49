import CLinux
import CSystemd
import Glibc

/// Who answers at a control socket.
///
/// The directory of a service's socket is its user's, and where that user runs jobs, too, a job
/// can put a socket of its own there. What root then hears, and acts on, must come from the service:
/// from the process that the service manager has started.
enum ControlPeer {
    /// Why whoever listens at the other end is not to be believed; nil for a service's main process,
    /// for one of root's, and where no service manager can tell.
    ///
    /// Asks for root alone: to anybody else a job of the same user can do as it likes.
    static func objection(to descriptor: Int32) -> String? {
        guard geteuid() == 0 else { return nil }
        var peer = rqd_credentials()
        guard rqd_peer_credentials(descriptor, &peer) == 0 else {
            return "who it is cannot be seen: \(String(cString: strerror(errno)))"
        }
        guard peer.uid != 0, sd_booted() > 0 else { return nil }
        guard peer.pid > 0 else { return "its process cannot be seen from here" }
        guard let unit = service(of: peer.pid) else { return nil }
        guard let main = mainProcess(of: unit) else {
            return "the service manager does not tell the main process of \(unit)"
        }
        guard main != peer.pid else { return nil }
        return "process \(peer.pid) has put its own socket there; the main process of \(unit) is "
            + "\(main)"
    }

    /// The system's service that a process belongs to; nil for a login's, and a user's own service.
    private static func service(of pid: Int32) -> String? {
        var name: UnsafeMutablePointer<CChar>?
        guard sd_pid_get_unit(pid, &name) >= 0, let name else { return nil }
        defer { free(name) }
        let unit = String(cString: name)
        return unit.hasSuffix(".service") && !unit.hasPrefix("user@") ? unit : nil
    }

    /// Asks the service manager itself, on a socket of root's: no message bus need run.
    private static func mainProcess(of unit: String) -> Int32? {
        var bus: OpaquePointer?
        guard sd_bus_new(&bus) >= 0 else { return nil }
        defer { sd_bus_flush_close_unref(bus) }
        var path: UnsafeMutablePointer<CChar>?
        guard sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path) >= 0, let path
        else { return nil }
        defer { free(path) }
        var main: UInt32 = 0
        guard sd_bus_set_address(bus, "unix:path=/run/systemd/private") >= 0,
            sd_bus_start(bus) >= 0,
            sd_bus_get_property_trivial(
                bus, "org.freedesktop.systemd1", path, "org.freedesktop.systemd1.Service",
                "MainPID", nil, CChar(UInt8(ascii: "u")), &main) >= 0
        else { return nil }
        return Int32(main)
    }
}
