/// How the loading of one stable goes: its pipe, and what has come out of it.
///
/// *Master process.*
final class StableLoading {
    private let pipe: ChildReport
    private var heard = LoadingReport()

    init(_ pipe: ChildReport) { self.pipe = pipe }

    /// All that it has told until now.
    var report: LoadingReport {
        heard.read(pipe.drain())
        return heard
    }
}
