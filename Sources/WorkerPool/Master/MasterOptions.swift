/// What the command line decides about the master, beyond the configuration.
public struct MasterOptions: Sendable, Equatable {
    /// Whether workers end when there is nothing left to do, and the master after the last of them.
    public var burst: Bool
    /// Whether it stands in for `rq worker`: a worker that ends of itself is not replaced.
    public var foreground: Bool
    /// Descriptors that every worker inherits besides 0, 1 and 2, such as a log's socket.
    public var inherited: [Int32]

    /// Makes options; without arguments, those of the daemon.
    public init(burst: Bool = false, foreground: Bool = false, inherited: [Int32] = []) {
        self.burst = burst
        self.foreground = foreground
        self.inherited = inherited
    }

    /// When a worker that ends of itself is replaced.
    var replacement: WorkerReplacement {
        if foreground { return .never }
        return burst ? .unlessFinished : .always
    }
}
