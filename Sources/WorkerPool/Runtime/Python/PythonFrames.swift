/// What Python's faulthandler writes of one thread, turned into what Python users know.
///
/// It writes `Stack (most recent call first):`, then for each call
/// `  File "app.py", line 3 in send`, at most 100 of them, then `  ...` if there are more.
///
/// Source: CPython 3.11, `Python/traceback.c`.
enum PythonFrames {
    /// The lines of a traceback, the most recent call last, without rqd's own calls around the job.
    ///
    /// - Parameter dump: what the thread has written.
    /// - Returns: no lines for a thread that runs no Python code.
    static func lines(_ dump: [UInt8]) -> [String] {
        let told = String(decoding: dump, as: UTF8.self).split(separator: "\n")
        var frames = told.filter { $0.hasPrefix("  ") }.map { rewritten(String($0)) }
        frames.reverse()
        guard frames.contains(where: isOurs) else { return frames }
        if frames.first?.hasPrefix(starter) == true { frames.removeFirst() }
        let theirs = frames.filter { !isOurs($0) }
        return theirs.isEmpty ? frames.suffix(1) : theirs
    }

    /// The program that the interpreter was started with.
    private static let starter = "  File \"<string>\", line "

    private static func isOurs(_ frame: String) -> Bool {
        frame.hasPrefix("  File \"rqd-stable\", line ")
            || frame.hasPrefix("  File \"rqd-hosted\", line ")
    }

    /// `line 3 in send` as tracebacks have it: `line 3, in send`.
    private static func rewritten(_ frame: String) -> String {
        guard let mark = frame.utf8Range(ofLast: "\", line ") else { return frame }
        let number = frame[mark.upperBound...].prefix { $0.isNumber }
        guard frame[number.endIndex...].hasPrefix(" in ") else { return frame }
        return frame[..<number.endIndex] + "," + frame[number.endIndex...]
    }
}

extension String {
    /// Where a short text stands last.
    fileprivate func utf8Range(ofLast text: String) -> Range<Index>? {
        var end = endIndex
        while end > startIndex {
            let start = index(before: end)
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            end = start
        }
        return nil
    }
}
