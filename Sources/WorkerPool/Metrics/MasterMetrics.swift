import Logging

/// How the master tells the numbers.
///
/// *Master process.*
extension Master {
    /// All numbers, as OpenMetrics text; the scoreboard is read for them.
    func metricsText() -> String {
        readScoreboard()
        return MetricsReport.text(statusReport(), scoreboard.metrics)
    }

    /// A process that belongs to no slot has ended; unless it was told to, another is started.
    func countDeath(of process: String, _ ending: Ending) {
        guard state.phase == .working, ending != .exited(code: 0) else { return }
        scoreboard.metrics.restarted(process: process)
    }

    /// Offers them where a new configuration says.
    func moveMetrics() {
        metrics?.close()
        metrics = nil
        openMetrics()
    }

    /// Offers the numbers where the configuration says; without that, all else works.
    func openMetrics() {
        guard let address = ListenAddress(configuration.metrics.listen) else { return }
        do {
            metrics = try MetricsListener(loop: loop, at: address) { [unowned self] in
                metricsText()
            }
        } catch {
            log.error(
                "metrics are not offered",
                metadata: ["listen": "\(configuration.metrics.listen)", "error": "\(error)"])
        }
    }
}
