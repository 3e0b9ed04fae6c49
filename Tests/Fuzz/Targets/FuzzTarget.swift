/// A reader of bytes that somebody else has written, given any bytes at all.
///
/// A target returns, whatever it is given: a crash, a hang, or a promise that does not hold
/// (`holds`) is a finding. The same code is run by libFuzzer (`Fuzzers`) and by the tests.
enum FuzzTarget: String, CaseIterable, Codable, Sendable {
    /// What Redis, a horse or a hosted interpreter sends.
    case resp
    /// The hashes of jobs, workers and executions, and the entries of results.
    case hashes
    /// What a horse tells of its job, and a hosted interpreter of its worker.
    case frames
    /// What is published to a worker, and what the master orders.
    case commands
    /// `rqd.conf`.
    case configuration
    /// Pickles, read as plain data.
    case pickle
    /// JSON, read as plain data, and calls in it.
    case json
    /// What programs send over the control socket, and what they are answered.
    case control
    /// What a settings module comes to.
    case settings
    /// Addresses of Redis.
    case urls

    /// Has the target read an input.
    ///
    /// - Parameter bytes: anything.
    func take(_ bytes: [UInt8]) {
        switch self {
        case .resp: Self.takeReplies(bytes)
        case .hashes: Self.takeHash(bytes)
        case .frames: Self.takeFrames(bytes)
        case .commands: Self.takeCommand(bytes)
        case .configuration: Self.takeConfiguration(bytes)
        case .pickle: Self.takePickle(bytes)
        case .json: Self.takeJSON(bytes)
        case .control: Self.takeControl(bytes)
        case .settings: Self.takeSettings(bytes)
        case .urls: Self.takeURL(bytes)
        }
    }

    /// Ends the process where a promise does not hold.
    static func holds(_ condition: Bool, _ promise: String) {
        precondition(condition, promise)
    }
}
