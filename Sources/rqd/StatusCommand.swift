import ArgumentParser
import Glibc
import WorkerPool

/// `rqd status`: says what the daemon is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what every worker of the running service is doing.",
        discussion: """
            Asks the daemon through its control socket, without Redis. The socket belongs to the \
            daemon's user and group. With --watch and --json it prints a line each second; a service \
            that is restarted meanwhile is waited for.

            EXAMPLES
              rqd status
              rqd status --watch
              rqd status --json | jq '.slots[] | select(.state == "busy").job.function'
              rqd status -c ./rqd.conf
              rqd status --socket /run/rqd/control.sock

            EXIT STATUS
              0 the daemon answered, 69 no daemon answers, 78 the configuration is wrong
            """)

    @OptionGroup var options: DaemonOptions

    @Flag(help: "Print the status as one line of JSON.")
    var json = false

    @Flag(help: "Show it again every second, until Ctrl-C.")
    var watch = false

    /// Between two looks, in milliseconds.
    private static let interval: Int32 = 1_000

    func run() throws {
        var isSeen = false, isAway = false
        repeat {
            if isAway { Terminal.clear() }
            do {
                let report = try options.daemon.ask { (path) throws(ControlError) in
                    try ControlCall.status(at: path)
                }
                let text = json ? report.json() : report.table()
                if watch && !json { Terminal.clear() }
                print(text, terminator: "")
                (isSeen, isAway) = (true, false)
            } catch {
                guard watch, isSeen else { throw error }
                // It is restarted, perhaps; that nobody answers has been said.
                isAway = !json
            }
            fflush(nil)
            if watch { poll(nil, 0, Self.interval) }
        } while watch
    }
}
