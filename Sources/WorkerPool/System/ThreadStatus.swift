/// What we need of `/proc/<pid>/task/<thread>/status`.
struct ThreadStatus: Equatable {
    /// For example `S (sleeping)` or `T (stopped)`.
    let state: String
    /// Signals sent to the thread that it has not taken yet, the lowest bit being signal 1.
    let pending: UInt64
    /// Signals that it does not take now: those that it blocks, and one whose handler runs.
    let blocked: UInt64
    /// Signals for which the process has a handler.
    let caught: UInt64

    /// Reads the file.
    ///
    /// - Returns: nothing when there is no such thread, or the file cannot be read.
    init?(of thread: Int32, in pid: Int32) {
        guard let text = ProcessFile.text("/proc/\(pid)/task/\(thread)/status") else { return nil }
        self.init(text: text)
    }

    /// Reads a text of the file's form.
    ///
    /// Source: proc(5): a name, a colon, blanks, a value; sets of signals in hexadecimal.
    init?(text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == "\t" || $0 == " " }
            values[line[..<colon]] = value
        }
        func signals(_ name: Substring) -> UInt64? {
            values[name].flatMap { UInt64($0, radix: 16) }
        }
        guard let state = values["State"], let pending = signals("SigPnd"),
            let blocked = signals("SigBlk"), let caught = signals("SigCgt")
        else { return nil }
        self.state = String(state)
        self.pending = pending
        self.blocked = blocked
        self.caught = caught
    }

    /// Whether the thread has been stopped, by a signal or by a debugger.
    var isStopped: Bool { state.hasPrefix("T") || state.hasPrefix("t") }
}
