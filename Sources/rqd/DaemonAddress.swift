import ArgumentParser
import WorkerPool

/// Where the daemon is that a command is meant for.
struct DaemonAddress {
    /// The socket that the command line names.
    var socket: String?
    /// Whether the command line names a configuration file.
    var isFileNamed: Bool
    /// Reads the configuration.
    var read: () throws(ConfigurationError) -> LoadedConfiguration

    /// Has something done, prints what was, and leaves with the daemon's exit status if it was not.
    ///
    /// - Parameters:
    ///   - order: what.
    ///   - timeout: how long it may take.
    /// - Throws: the exit status, after a line that says why.
    func carryOut(_ order: ControlCall.Order, within timeout: Duration = .seconds(5)) throws {
        print(
            try ask { (path) throws(ControlError) in
                try ControlCall.carryOut(order, at: path, timeout: timeout)
            })
    }

    /// Asks the first daemon that answers.
    func ask<Answer>(_ question: (String) throws(ControlError) -> Answer) throws -> Answer {
        var complaints: [String] = []
        for path in try paths() {
            do throws(ControlError) {
                return try question(path)
            } catch .refused(_, let reason, let exit) {
                Complaint.say("rqd: \(reason)")
                throw ExitCode(exit)
            } catch {
                complaints.append("rqd: \(error)")
            }
        }
        for complaint in complaints { Complaint.say(complaint) }
        throw ExitStatus.unavailable.error
    }

    /// Where to ask: where the operator said, else at a daemon of this user's, then at the system's.
    ///
    /// A daemon can be asked while the system's file is wrong: it is where it was.
    private func paths() throws -> [String] {
        if let socket { return [socket] }
        let loaded: LoadedConfiguration
        do {
            loaded = try read()
        } catch {
            guard !isFileNamed else {
                Complaint.say("\(error)")
                throw ExitStatus.configuration.error
            }
            return [ControlConfiguration().socket]
        }
        let path = loaded.configuration.control.socket
        switch loaded.origin(of: "control.socket") {
        case .builtIn, .variable("XDG_RUNTIME_DIR"):
            let system = ControlConfiguration().socket
            return path.isEmpty || path == system ? [system] : [path, system]
        case .file, .variable, .flag:
            guard !path.isEmpty else {
                Complaint.say("rqd: control.socket is empty, so this daemon cannot be asked")
                throw ExitStatus.configuration.error
            }
            return [path]
        }
    }
}
