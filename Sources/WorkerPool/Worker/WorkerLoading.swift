import Logging

/// What a worker says of processes for jobs that load the application themselves.
///
/// *Worker process.*
extension Worker {
    /// One has ended before it had loaded it; told once for each reason.
    func cannotLoad(_ reason: String, _ calls: [String]) {
        guard reason != loadTrouble else { return }
        log.logger.error(
            "application cannot be loaded", calls: calls,
            metadata: [
                "reason": "\(reason)", "interpreter": "\(assignment.pool.python.interpreter)",
            ])
        show(loadTrouble: reason)
    }

    /// One takes long.
    func loadsSlowly(_ subject: String, _ seconds: Int64, _ place: String) {
        var fields: Logger.Metadata = [
            "subject": "\(subject)", "seconds": "\(seconds)",
            "interpreter": "\(assignment.pool.python.interpreter)",
        ]
        if !place.isEmpty { fields["place"] = "\(place)" }
        log.logger.warning("application is still being loaded", metadata: fields)
        show(
            loadTrouble: "\(subject) is not loaded after \(seconds) s"
                + (place.isEmpty ? "" : ": \(place)"))
    }

    /// One has loaded it.
    func canLoad() {
        if !loadTrouble.isEmpty { show(loadTrouble: "") }
    }

    private func show(loadTrouble trouble: String) {
        if record.complaint == loadTrouble { record.complaint = trouble }
        loadTrouble = trouble
        assignment.scoreboard.news()
    }
}
