/// A horse that was started and loads the application; it has no job yet.
///
/// *Worker process.*
final class LoadingHorse {
    /// The horse that it becomes.
    let horse: Horse
    /// Since when it loads.
    let since: MonotonicTime
    private let loading: StableLoading
    private var source: DescriptorSource?
    private var pace: LoadingPace

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - horse: the horse.
    ///   - report: where it says how it gets on; taken over.
    ///   - loop: where to wait.
    ///   - now: the present moment.
    ///   - told: called when it has said something, or has ended.
    /// - Throws: `SystemCallError` when it cannot be watched.
    init(
        _ horse: Horse, report: Int32, on loop: EventLoop, at now: MonotonicTime,
        told: @escaping () -> Void
    ) throws(SystemCallError) {
        self.horse = horse
        since = now
        loading = StableLoading(ChildReport(adopting: report))
        pace = LoadingPace(since: now)
        source = try loop.onDescriptor(loading.descriptor, [.read]) { _ in told() }
    }

    /// What it has said.
    var report: LoadingReport {
        let report = loading.report
        if report.isLoaded || loading.isOver { stopListening() }
        return report
    }

    /// Its pipe says nothing more that is of interest.
    func stopListening() {
        source?.cancel()
        source = nil
    }

    /// When it is to be looked at because it takes long.
    var nextLook: MonotonicTime { pace.look }

    /// Asks it where it is once it has taken long, and has it told a little later.
    ///
    /// - Parameter now: the present moment.
    /// - Returns: what is slow, for how many seconds, and where it is; nil while there is nothing
    ///   to tell.
    func lookIfDue(at now: MonotonicTime) -> (subject: String, seconds: Int64, place: String)? {
        switch pace.lookIfDue(at: now) {
        case nil: return nil
        case true?:
            // Once it has told something it handles the signal.
            if !report.subject.isEmpty { StableLoading.askWhereItIs(horse.pid) }
            return nil
        case false?:
            let report = report
            let subject = report.subject.isEmpty ? "the interpreter" : report.subject
            return (subject, (now - since).components.seconds, report.place)
        }
    }
}
