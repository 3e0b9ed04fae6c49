import ArgumentParser
import WorkerPool

/// `rqd metrics`: prints the numbers of the daemon.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print what the running service has counted, as OpenMetrics text.",
        discussion: """
            Jobs by queue, function and outcome, waiting and running times, forks, restarts, round \
            trips to Redis. Asks the daemon through its control socket. With `[metrics] listen` in \
            the configuration, Prometheus can fetch the same by itself.

            EXAMPLES
              rqd metrics
              rqd metrics | grep '^rqd_jobs_total'
              rqd metrics > /var/lib/prometheus/node-exporter/rqd.prom

            EXIT STATUS
              0 the daemon answered, 69 no daemon answers, 78 the configuration is wrong
            """)

    @OptionGroup var options: DaemonOptions

    func run() throws {
        let text = try options.daemon.ask { (path) throws(ControlError) in
            try ControlCall.metrics(at: path)
        }
        print(text, terminator: "")
    }
}
