import TestSupport

/// The built `rqd`, started in an environment of its own.
enum Program {
    /// What every start shares: no variable of the runner's but the way to programs.
    static let environment = ["PATH": inheritedEnvironment()["PATH"] ?? "/usr/bin:/bin"]

    /// Runs it to its end.
    static func run(
        _ arguments: String..., environment: [String: String] = [:], directory: String? = nil
    ) throws -> Finished {
        try run(arguments, environment: environment, directory: directory)
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil
    ) throws -> Finished {
        try TestSupport.run(
            [try BuiltProgram.rqd()] + arguments,
            environment: Self.environment.merging(environment) { $1 }, directory: directory)
    }

    /// Starts it and leaves it running.
    static func start(
        _ arguments: String..., environment: [String: String] = [:], directory: String? = nil
    ) throws -> ChildProcess {
        try ChildProcess(
            [try BuiltProgram.rqd()] + arguments,
            environment: Self.environment.merging(environment) { $1 }, directory: directory)
    }
}
