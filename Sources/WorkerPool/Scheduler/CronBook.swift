import RQ

/// The entries of `[cron]`, when each was queued last and is due next.
///
/// Pure; moments are those of the calendar, for that is what entries are about.
struct CronBook {
    /// One entry.
    struct Line {
        let entry: CronEntry
        var last: Timestamp?
        var next: Timestamp?
        /// Not before this, however due it is: Redis refused it.
        var notBefore: Timestamp?

        /// When it is to be queued.
        var dueAt: Timestamp? { next.map { max($0, notBefore ?? $0) } }
    }

    private(set) var lines: [Line]
    private(set) var isLeading = false

    /// Nothing was queued yet, and somebody else may lead.
    init(_ entries: [CronEntry]) { lines = entries.map { Line(entry: $0) } }

    /// This scheduler begins to lead.
    ///
    /// - Parameters:
    ///   - lasts: when each entry was queued last, by whomever; nil for never.
    ///   - now: the moment.
    mutating func lead(lasts: [Timestamp?], at now: Timestamp) {
        isLeading = true
        for index in lines.indices {
            lines[index].last = lasts.indices.contains(index) ? lasts[index] : nil
            lines[index].next = lines[index].entry.due(last: lines[index].last, at: now)
        }
    }

    /// Another one leads, or nobody can.
    mutating func follow() {
        isLeading = false
        for index in lines.indices { lines[index].next = nil }
    }

    /// When an entry is due next.
    var nextDue: Timestamp? { lines.compactMap(\.dueAt).min() }

    /// An entry that is due, and for which moment.
    func due(at now: Timestamp) -> (index: Int, entry: CronEntry, moment: Timestamp)? {
        for (index, line) in lines.enumerated() {
            if let next = line.next, let dueAt = line.dueAt, dueAt <= now {
                return (index, line.entry, next)
            }
        }
        return nil
    }

    /// An entry has been queued, by this scheduler or another.
    mutating func queued(_ index: Int, last: Timestamp, at now: Timestamp) {
        let line = lines[index]
        lines[index].notBefore = nil
        // What was queued for one moment is not due for that moment again.
        let latest = max(last, line.next ?? last)
        lines[index].last = last
        lines[index].next =
            switch line.entry.schedule {
            case .every: line.entry.due(last: last, at: now)
            case .times: line.entry.due(last: latest, at: now)
            }
    }

    /// Redis did not take an entry: it stays due, and is tried again then.
    mutating func postpone(_ index: Int, until moment: Timestamp) {
        lines[index].notBefore = moment
    }

    /// An entry cannot be queued: it is left out until another one leads.
    mutating func drop(_ index: Int) { lines[index].next = nil }
}
