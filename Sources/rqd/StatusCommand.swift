import ArgumentParser
import WorkerPool

/// `rqd status`: says what the daemon is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what every worker of the running service is doing.",
        discussion: """
            Asks the daemon through its control socket, without Redis. The socket belongs to the \
            daemon's user and group.

            EXAMPLES
              rqd status
              rqd status --json | jq '.slots[] | select(.state == "busy").job.function'
              rqd status -c ./rqd.conf
              rqd status --socket /run/rqd/control.sock

            EXIT STATUS
              0 the daemon answered, 69 no daemon answers, 78 the configuration is wrong
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("Ask at this socket; reads no file.", valueName: "path"))
    var socket: String?

    @Flag(help: "Print the status as one line of JSON.")
    var json = false

    func run() throws {
        var complaints: [String] = []
        for path in try socket.map({ [$0] }) ?? configuredSockets() {
            do {
                let report = try ControlCall.status(at: path)
                print(json ? report.json() : report.table(), terminator: "")
                return
            } catch {
                complaints.append("rqd: \(error)")
            }
        }
        for complaint in complaints { Complaint.say(complaint) }
        throw ExitStatus.unavailable.error
    }

    /// Where to ask: where the operator said, else at a daemon of this user's, then at the system's.
    private func configuredSockets() throws -> [String] {
        let loaded = try options.load()
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
