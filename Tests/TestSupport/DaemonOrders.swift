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

    /// Has the next process that imports the application run this once, at its end: as a rule the one
    /// that tries a change.
    ///
    /// - Parameter python: the code, which finds `replace(path, text)` and `gone(path)`.
    /// - Throws: if there is no place for it.
    public func atNextImport(_ python: String) throws {
        let path = directory.file("app/tasks.py")
        let tasks = String(decoding: try readFile(path), as: UTF8.self)
        try directory.write(
            "app/tasks.py",
            tasks + """

                def replace(path, text):
                    with open(path + '.next', 'w') as file:
                        file.write(text)
                    os.rename(path + '.next', path)


                gone = os.unlink
                try:
                    os.unlink('at-next-import')
                except FileNotFoundError:
                    pass
                else:
                    \(python)

                """)
        try directory.write("at-next-import", "")
    }
}
