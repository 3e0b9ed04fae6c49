/// The server that the tests start: what `TEST_REDIS_SERVER` names, else redis-server in `PATH`.
///
/// See `scripts/try-servers`. The variable's name begins as it does so that no rqd takes it for
/// one of its own.
public enum RedisProgram {
    /// Its path, or its name in `PATH`.
    public static var path: String {
        let named = inheritedEnvironment()["TEST_REDIS_SERVER"] ?? ""
        return named.isEmpty ? "redis-server" : named
    }

    /// Whether it can what a release of Redis brought; Valkey goes by its own numbers.
    ///
    /// - Parameters:
    ///   - major: the release's first number.
    ///   - minor: the second one.
    /// - Returns: whether its own release is the same or a later one.
    /// - Throws: if it is not there, or does not tell.
    public static func isAtLeast(_ major: Int, _ minor: Int) throws -> Bool {
        try known.get() >= (major, minor)
    }

    /// Behind `v=` in what `--version` prints.
    private static let known = Result<(Int, Int), any Error> {
        let finished: Finished
        do {
            finished = try run([path, "--version"])
        } catch {
            throw HarnessError("\(path) does not start (\(error)): run ./scripts/test")
        }
        let text = finished.output.firstRange(of: " v=").map { finished.output[$0.upperBound...] }
        let numbers = (text ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else {
            throw HarnessError("\(path) --version says \"\(finished.output)\"")
        }
        return (numbers[0], numbers[1])
    }
}
