import ArgumentParser
import WorkerPool

/// `rqd status`: what is the daemon doing?
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
        let path = try socket ?? configuredSocket()
        let report: StatusReport
        do {
            report = try ControlCall.status(at: path)
        } catch {
            Complaint.say("rqd: \(error)")
            throw ExitStatus.unavailable.error
        }
        print(json ? report.json() : report.table(), terminator: "")
    }

    private func configuredSocket() throws -> String {
        let loaded = try options.load()
        let path = loaded.configuration.control.socket
        if !path.isEmpty { return path }
        // Without a runtime directory of its own, a user can only mean the system's service.
        guard loaded.origin(of: "control.socket") == .builtIn else {
            Complaint.say("rqd: control.socket is empty, so this daemon cannot be asked")
            throw ExitStatus.configuration.error
        }
        return ControlConfiguration().socket
    }
}
