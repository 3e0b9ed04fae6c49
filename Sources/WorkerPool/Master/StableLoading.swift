import CLinux

/// How the loading of an application goes: the pipe on which it is told, and what has come of it.
///
/// *Master process* for a stable, *worker process* for a horse that was started.
final class StableLoading {
    private let pipe: ChildReport
    private var heard = LoadingReport()

    init(_ pipe: ChildReport) { self.pipe = pipe }

    /// For the event loop.
    var descriptor: Int32 { pipe.descriptor }
    /// Whether it tells nothing any more, as the last look at `report` has found.
    var isOver: Bool { pipe.isAtEnd }

    /// All that it has told until now.
    var report: LoadingReport {
        heard.read(pipe.drain())
        return heard
    }

    /// Has an interpreter that loads write where it is; nothing happens before it is ready for that.
    static func askWhereItIs(_ pid: Int32) {
        let status = ThreadStatus(of: pid, in: pid)
        let bit: UInt64 = 1 << UInt64(StackSurvey.firm - 1)
        // Before the script has run that far, the signal would be its end.
        guard let status, status.caught & bit != 0 else { return }
        _ = rqd_signal_thread(pid, pid, StackSurvey.firm)
    }
}
