import Glibc
import Logging
import RQ

/// What a worker makes of a job that has more memory than it may have.
///
/// *Worker process.*
extension Worker {
    /// Watches the jobs of this worker.
    func watchLimits() throws(SystemCallError) {
        let samples = jobGroup == nil || assignment.means.memory == .sampling
        watch = try LimitWatch(
            assignment.pool.limits, group: jobGroup, samples: samples, on: loop,
            runner: { [unowned self] in isRunning ? runtime?.horse?.pid : nil },
            tell: { [unowned self] in exceeded($0) })
    }

    /// A limit was broken.
    private func exceeded(_ words: String) {
        guard isRunning else {
            return log.logger.warning("memory limit reached between jobs")
        }
        current?.breach = words
        happened(.killHorse)
    }

    private var isRunning: Bool { current != nil && state.isRunningJob }

    /// The kernel may tell of the limit after it tells of the death.
    func noteBreach(_ ending: HorseEnding) {
        guard ending.signal == SIGKILL, current?.breach == nil, current?.killReason == nil else {
            return
        }
        current?.breach = watch?.news()
    }

    /// A job that has lost a child to the limit fails for that, whatever it makes of it.
    func explained(_ report: JobReport) -> Outcome {
        guard case .failed(let text) = report.outcome.kind, let watch else { return report.outcome }
        guard let words = current?.breach ?? watch.news() else { return report.outcome }
        current?.breach = words
        let whole = "\(text)\nA process of the job has ended: \(words)"
        return Outcome(
            kind: .failed(text: whole), started: report.outcome.started,
            ended: report.outcome.ended, changed: report.outcome.changed)
    }

    /// The slot stable may have been the process that the kernel chose: then that is the job's end.
    func blameJobForLoss() {
        guard isRunning, let words = watch?.news() else { return }
        let ending = HorseEnding(waitStatus: SIGKILL, pid: 0)
        current?.breach = words
        current?.ending = ending
        guard let current else { return }
        happened(.horseDied(current.outcome(of: ending, at: .now()), ending))
    }
}
