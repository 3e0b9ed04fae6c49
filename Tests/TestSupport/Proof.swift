/// The programs below `Proofs`, which the make targets run at length and the tests in short.
public enum Proof {
    /// Runs a proof to its end.
    ///
    /// - Parameters:
    ///   - name: the program's, without `.py`.
    ///   - arguments: its options.
    ///   - limit: how long it may take.
    /// - Returns: what it printed.
    /// - Throws: with all it has said, if what it proves does not hold.
    @discardableResult
    public static func run(
        _ name: String, _ arguments: String..., within limit: Duration = .seconds(300)
    ) throws -> String {
        let python = try PythonEnvironment(.rq3_0).python
        let finished = try TestSupport.run(
            [
                python, "\(PackageRoot.path)/Proofs/\(name).py", "--rqd", try BuiltProgram.rqd(),
            ] + arguments, timeout: limit)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError(
                "\(name) \(finished.ending):\n\(finished.output)\n\(finished.errorOutput)")
        }
        return finished.output
    }
}
