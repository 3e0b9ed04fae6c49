import Logging

/// How the master finds out what keeps a stable from loading the application.
///
/// *Master process.* A stable tells in a pipe what it imports. When that takes long, it is sent a
/// signal at which Python writes where it is, and that is looked at a little later.
extension Master {
    /// Hears a new stable until it has loaded its application: what makes forking that unsafe is
    /// told before there is a job.
    func hearStable(_ index: Int) {
        guard let pipe = nursery.loadingPipe(of: index) else { return }
        do {
            loadingSources[index] = try loop.onDescriptor(pipe.descriptor, [.read]) {
                [unowned self] _ in
                hasHeard(index)
            }
        } catch {
            log.warning("stable cannot be heard", metadata: ["error": "\(error)"])
        }
    }

    /// A stable has told something, or has ended.
    private func hasHeard(_ index: Int) {
        guard let pipe = nursery.loadingPipe(of: index) else { return }
        let report = pipe.report
        guard report.isLoaded || pipe.isOver else { return }
        loadingSources.removeValue(forKey: index)?.cancel()
        if report.isLoaded, state.stables[index].isLoading { stableLoaded(index, report) }
    }

    private func stableLoaded(_ index: Int, _ report: LoadingReport) {
        state.stableLoaded(index, report.hazards)
        if !report.pageRefusal.isEmpty, !arePagesRefused {
            arePagesRefused = true
            log.info("huge pages are not used", metadata: ["reason": "\(report.pageRefusal)"])
        }
        for hazard in report.hazards {
            var fields: Logger.Metadata = [
                "what": "\(hazard.what)", "help": "\(hazard.help)",
                "interpreter": "\(state.stables[index].interpreter)",
            ]
            if !hazard.origin.isEmpty { fields["import"] = "\(hazard.origin)" }
            if !hazard.threads.isEmpty { fields["threads"] = "\(hazard.threads)" }
            log.warning("application is not safe to fork", metadata: fields)
        }
    }

    /// A stable takes long: asks it where it is.
    func askWhereStableIs(_ index: Int) {
        guard state.stables[index].isLoading, let pid = state.stables[index].pid else { return }
        StableLoading.askWhereItIs(pid)
    }

    /// It has had the time to answer.
    func tellWhereStableIs(_ index: Int) {
        guard state.stables[index].isLoading, let report = nursery.loading(of: index) else {
            return
        }
        let subject = report.subject.isEmpty ? "the interpreter" : report.subject
        guard let seconds = state.stableIsSlow(index, subject, report.place, at: .now()) else {
            return
        }
        var fields: Logger.Metadata = [
            "subject": "\(subject)", "seconds": "\(seconds)",
            "interpreter": "\(state.stables[index].interpreter)",
        ]
        if !report.place.isEmpty { fields["place"] = "\(report.place)" }
        log.warning("application is still being loaded", metadata: fields)
    }

    /// Why a new stable has not come up, for who asked for it.
    func reasonAgainst(stable: Int) -> String {
        let failure = nursery.loading(of: stable)?.failure ?? ""
        if !failure.isEmpty { return failure }
        let interpreter = pending?.change?.roster.stables[stable].python.interpreter ?? ""
        let slowness = state.stables[stable].slowness
        return "\(interpreter) has not loaded the application; "
            + (slowness.isEmpty ? "its output is in the log" : slowness)
    }
}
