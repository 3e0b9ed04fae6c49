import ArgumentParser
import Glibc
import RQ

/// `rqd info`: the state of queues and workers, as `rq info` shows it.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show queues and workers, like `rq info`.",
        discussion: """
            Asks Redis, not the daemon: it sees every worker, of rqd and of rq. It changes \
            nothing there; what has expired is not counted. Without QUEUES it shows all.

            EXAMPLES
              rqd info
              rqd info high default
              rqd info --interval 1
              rqd info --only-workers --by-queue
              rqd info --json | jq '.queues[] | select(.failed > 0).name'

            EXIT STATUS
              0 fine, 69 Redis does not answer
            """)

    @OptionGroup var server: ServerOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Show it again every so many seconds.", valueName: "seconds"))
    var interval: Double?

    @Flag(name: .shortAndLong, help: "Only the numbers, no bars.")
    var raw = false

    @Flag(name: [.customShort("Q"), .long], help: "Only the queues.")
    var onlyQueues = false

    @Flag(name: [.customShort("W"), .long], help: "Only the workers.")
    var onlyWorkers = false

    @Flag(name: [.customShort("R"), .long], help: "The workers of each queue.")
    var byQueue = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Argument(help: "The queues. (default: all)")
    var queues: [String] = []

    func validate() throws {
        if let interval, !(0...1_000_000).contains(interval) {
            throw ValidationError("--interval takes seconds from 0 on")
        }
    }

    func run() throws {
        try server.withClient { (client) throws(ClientError) in
            let interval = self.interval ?? 0
            if interval > 0 { Self.holdInterrupt() }
            repeat {
                let report = try InfoReport(client, queues: queues.map { QueueName($0) })
                if interval > 0 { Terminal.clear() }
                print(text(report), terminator: "")
                fflush(nil)
            } while interval > 0 && !Self.isInterrupted(within: interval)
            if interval > 0 { print("") }
        }
    }

    private func text(_ report: InfoReport) -> String {
        if json { return report.json(queues: !onlyWorkers, workers: !onlyQueues) }
        let style = InfoText(report, isRaw: raw, byQueue: byQueue)
        // As in rq, the first of the two counts.
        if onlyQueues { return style.queues }
        return onlyWorkers ? style.workers : style.both
    }

    /// From now on an interrupt is kept until it is asked for.
    private static func holdInterrupt() {
        var signals = interrupt
        sigprocmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits; true if it was interrupted, which is how one leaves.
    private static func isInterrupted(within seconds: Double) -> Bool {
        var signals = interrupt
        var span = timespec(
            tv_sec: Int(seconds), tv_nsec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9))
        return sigtimedwait(&signals, nil, &span) == SIGINT
    }

    private static var interrupt: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
