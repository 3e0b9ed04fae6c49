/// How the loading of one stable goes: its pipe, and what has come out of it.
///
/// *Master process.*
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
}
