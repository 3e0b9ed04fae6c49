import Glibc

/// A booted systemd of its own: a throwaway copy of this machine, for trying a unit in.
///
/// It ends with its owner, and at the latest with the test runner; see `scripts/systemd-box`.
public final class SystemdBox: Sendable {
    private let name: String

    /// Boots it, for which the test runner must be root.
    ///
    /// - Parameters:
    ///   - purpose: tells it from the runner's other boxes: lower-case letters.
    ///   - directories: what to show in it besides the root file system, at the same paths. What is
    ///     written there stays in the box.
    /// - Throws: with what `scripts/systemd-box` says, when it does not boot.
    public init(for purpose: String, showing directories: [String]) throws {
        name = "rqd-\(purpose)-\(getpid())"
        try outside(["up", "--owner", "\(getpid())"] + directories)
    }

    deinit {
        // Nobody is left to tell; the box's guard sweeps up when the runner has ended.
        _ = try? outside(["down"])
    }

    /// Runs a command in it as root.
    ///
    /// - Parameters:
    ///   - command: the program, looked up in the usual directories, and its arguments.
    ///   - input: what it reads from standard input.
    /// - Returns: its standard output.
    /// - Throws: with its standard error, if it does not exit with 0.
    @discardableResult
    public func run(_ command: String..., input: String = "") throws -> String {
        try run(command, input: input)
    }

    /// The same, of words that come as a list.
    @discardableResult
    public func run(_ command: [String], input: String = "") throws -> String {
        try outside(["exec"] + command, input: input)
    }

    /// Copies a file of the machine into it, with its mode.
    ///
    /// - Parameters:
    ///   - file: where it is on the machine.
    ///   - path: where it goes in the box.
    /// - Throws: if there is no such file.
    public func install(_ file: String, as path: String) throws {
        try outside(["push", file, path])
    }

    /// Writes a file in it, readable by everyone.
    ///
    /// - Parameters:
    ///   - path: where it goes in the box.
    ///   - contents: all of its text.
    /// - Throws: if it cannot be written.
    public func write(_ path: String, _ contents: String) throws {
        try outside(["push", "/dev/stdin", path], input: contents)
    }

    @discardableResult
    private func outside(_ arguments: [String], input: String = "") throws -> String {
        let script = "\(PackageRoot.path)/scripts/systemd-box"
        let finished = try TestSupport.run([script, name] + arguments, input: input)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError(
                "\(arguments.prefix(8)) in the box \(finished.ending):\n"
                    + finished.errorOutput + finished.output)
        }
        return finished.output
    }
}
