/// What a program did that ran to its end.
public struct Finished: Sendable {
    /// How it ended.
    public let ending: Ending
    /// All of its standard output.
    public let output: String
    /// All of its standard error.
    public let errorOutput: String
}

/// Runs a program to its end.
///
/// - Parameters:
///   - arguments: the program, looked up in `PATH` if it has no slash, and its arguments.
///   - environment: all of its environment; by default the runner's.
///   - directory: where it starts; nil for the runner's.
///   - input: what it reads from standard input.
///   - timeout: how long it may take.
/// - Returns: how it ended and what it wrote.
/// - Throws: if it cannot be started or does not end.
public func run(
    _ arguments: [String], environment: [String: String] = inheritedEnvironment(),
    directory: String? = nil, input: String = "", timeout: Duration = .seconds(60)
) throws -> Finished {
    let child = try ChildProcess(
        arguments, environment: environment, directory: directory, input: input)
    let ending = try child.wait(timeout: timeout)
    return Finished(ending: ending, output: child.output, errorOutput: child.errorOutput)
}
