/// Where an import is that does not end.
enum ImportPlace {
    /// Names the last call, and the application's own that led to it.
    ///
    /// - Parameter dump: what Python's faulthandler has written of the thread.
    /// - Returns: `/usr/lib/python3.11/socket.py, line 833, in create_connection, called from
    ///   /srv/app/tasks.py, line 3, in <module>`; "" where there is no call of Python code.
    static func of(_ dump: [UInt8]) -> String {
        let calls = PythonFrames.lines(dump).compactMap(call).filter { !isForeign($0) }
        guard let last = calls.last else { return "" }
        guard let own = calls.last(where: { !isLibrary($0) }), own != last else { return last }
        return "\(last), called from \(own)"
    }

    /// `  File "/app.py", line 3, in send` as `/app.py, line 3, in send`.
    private static func call(_ line: String) -> String? {
        let start = "  File \""
        guard line.hasPrefix(start) else { return nil }
        let parts = line.dropFirst(start.count).split(
            separator: "\"", maxSplits: 1, omittingEmptySubsequences: false)
        return PrintableText.of(parts.joined())
    }

    /// Whether a call is the import system's or ours.
    private static func isForeign(_ call: String) -> Bool {
        ["<frozen importlib", "<string>", "rqd-"].contains { call.hasPrefix($0) }
            || call.contains("/importlib/__init__.py, ")
    }

    /// Whether a call is in Python's own library, or in a package that was installed.
    private static func isLibrary(_ call: String) -> Bool {
        let file = call.prefix { $0 != "," }
        return ["/site-packages/", "/dist-packages/"].contains { file.contains($0) }
            || file.contains("/lib/python3") || file.hasPrefix("<")
    }
}
