/// What the threads of a job's process were doing at one moment.
struct JobStack: Equatable {
    /// For people: what Python writes in a traceback, the job's own thread first; or why there is
    /// nothing of that.
    let lines: [String]
    /// Whether the job's own thread has told its stack.
    let isKnown: Bool

    /// All lines as one text.
    var text: String { lines.joined(separator: "\n") }

    /// The most that is kept, in bytes: an entry of the journal and a result have to hold it.
    static let longestBytes = 32 * 1024

    /// A stack of these lines, as many as may be kept.
    init(_ lines: [String], isKnown: Bool) {
        var room = Self.longestBytes
        let kept = lines.prefix {
            room -= $0.utf8.count + 1
            return room >= 0
        }
        self.lines = kept + (kept.count < lines.count ? ["  …"] : [])
        self.isKnown = isKnown
    }
}
