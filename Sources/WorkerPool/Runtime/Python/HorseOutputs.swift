/// The pipes in which horses print; some of jobs that are over, for what these have left running.
///
/// *Worker process.*
final class HorseOutputs {
    private var pipes: [OutputPipe] = []

    /// How many are kept open.
    private static let mostKept = 64

    /// A job begins: its lines go to `output`.
    ///
    /// - Parameters:
    ///   - horse: who runs it.
    ///   - loop: where to wait.
    ///   - output: takes each line.
    /// - Throws: `SystemCallError` when the pipe cannot be watched.
    func watch(
        _ horse: Horse, on loop: EventLoop, _ output: @escaping OutputHandler
    ) throws(SystemCallError) {
        if let pipe = pipe(of: horse) { return pipe.beginJob(output) }
        if pipes.count >= Self.mostKept { pipes.removeFirst().close() }
        pipes.append(try OutputPipe(of: horse, horse.output, on: loop, tell: output))
    }

    /// The present job is over.
    func endJob(of horse: Horse) { pipe(of: horse)?.endJob() }

    /// Forgets those that nobody can write to any more.
    func dropClosed() { pipes.removeAll { !$0.isOpen } }

    /// The one that was opened last, if it is this horse's.
    private func pipe(of horse: Horse) -> OutputPipe? {
        pipes.last.flatMap { $0.printer === horse ? $0 : nil }
    }
}
