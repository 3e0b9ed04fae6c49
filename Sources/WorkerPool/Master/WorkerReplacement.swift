/// When a worker that ends of itself is replaced.
enum WorkerReplacement: Sendable {
    /// Always: the daemon.
    case always
    /// Not after it found nothing left to do: burst mode.
    case unlessFinished
    /// Never: one worker in the foreground, in the place of `rq worker`.
    case never
}
