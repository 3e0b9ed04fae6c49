/// What tests ask a daemon through its control socket.
extension Daemon {
    /// Runs a command of rqd's with the daemon's configuration.
    ///
    /// - Parameter arguments: the command and what belongs to it.
    /// - Returns: how it ended and what it said.
    /// - Throws: if it does not end.
    public func ask(_ arguments: [String]) throws -> Finished {
        try TestSupport.run(
            [try BuiltProgram.rqd()] + arguments + ["-c", directory.file("rqd.conf")])
    }

    /// Runs a command of rqd's that asks at the daemon's socket and reads no file.
    ///
    /// - Parameter arguments: the command and what belongs to it.
    /// - Returns: how it ended and what it said.
    /// - Throws: if it does not end.
    public func askDirectly(_ arguments: String...) throws -> Finished {
        try TestSupport.run(
            [try BuiltProgram.rqd()] + arguments + ["--socket", directory.file("control")])
    }

    /// The same.
    ///
    /// - Parameter arguments: the command and what belongs to it.
    /// - Returns: how it ended and what it said.
    /// - Throws: if it does not end.
    public func ask(_ arguments: String...) throws -> Finished { try ask(arguments) }

    /// Runs a command that has to succeed.
    ///
    /// - Parameter arguments: the command and what belongs to it.
    /// - Returns: what it said.
    /// - Throws: if it fails, with what it complained of.
    @discardableResult
    public func tell(_ arguments: String...) throws -> Finished {
        let finished = try ask(arguments)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("rqd \(arguments): \(finished.ending), \(finished.errorOutput)")
        }
        return finished
    }
}
