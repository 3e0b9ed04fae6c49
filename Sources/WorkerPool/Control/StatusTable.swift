extension StatusReport {
    /// The report for a reader: a line for each slot and a summary.
    ///
    /// - Returns: lines, each with its line break.
    public func table() -> String {
        let rows = [["SLOT", "STATE", "PID", "OK", "FAILED", "MEMORY", "JOB"]] + slots.map(\.row)
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                guard column < widths.count else {
                    line += cell
                    continue
                }
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isNumber = (2...5).contains(column)
                line += (isNumber ? padding + cell : cell + padding) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        return lines.joined() + "\n" + summary + "\n" + looseLimits
    }

    /// A line for each pool some of whose limits the kernel does not keep.
    private var looseLimits: String {
        pools.map { pool in
            let loose = (pool.limits ?? [:]).filter { $0.value != .cgroup }.sorted {
                $0.key < $1.key
            }
            let words = loose.map { key, means in
                means == .none ? "\(key) is not in force" : "\(key) is kept by \(means.rawValue)"
            }
            return words.isEmpty ? "" : "\(pool.name): \(words.joined(separator: ", "))\n"
        }.joined()
    }

    /// The report as one line of JSON, with its line break.
    public func json() -> String {
        String(decoding: ControlMessage.encode(self), as: UTF8.self)
    }

    /// `rqd 0.1.0, pid 4200, up 3 h 2 min: 4/4 workers, 3 busy; 12041 jobs ok, 3 failed`.
    var summary: String {
        let present = slots.count { ["idle", "busy", "settling", "suspended"].contains($0.state) }
        var text = "rqd \(version), pid \(pid), up \(JobWording.span(.seconds(uptimeSeconds))): "
        text += "\(present)/\(slots.count) workers"
        for state in ["busy", "suspended", "stopping", "failing"] {
            let count = slots.count { $0.state == state }
            if count > 0 || state == "busy" { text += ", \(count) \(state)" }
        }
        text += "; \(jobsSucceeded) jobs ok, \(jobsFailed) failed"
        if schedulerPid == 0 { text += "; scheduler restarting" }
        if restarts > 0 { text += "; \(restarts) \(restarts == 1 ? "restart" : "restarts")" }
        return text
    }
}

extension StatusReport.Slot {
    /// The cells of this slot's line.
    fileprivate var row: [String] {
        [
            PrintableText.of("\(pool)/\(slot)"), state, pid == 0 ? "-" : "\(pid)",
            "\(jobsSucceeded)", "\(jobsFailed)",
            peakMemoryBytes == 0 ? "-" : JobWording.size(bytes: peakMemoryBytes), doing,
        ]
    }

    /// The running job, else what is wrong.
    private var doing: String {
        guard let job else { return PrintableText.of(complaint) }
        let function = job.function.isEmpty ? "" : job.function + " "
        let span = JobWording.span(.milliseconds(job.runningMilliseconds))
        return PrintableText.of("\(function)\(job.id) on \(job.queue), \(span)")
    }
}
