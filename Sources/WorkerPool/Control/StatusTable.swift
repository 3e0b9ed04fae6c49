extension StatusReport {
    /// The report for a reader: a line for each slot, one for each pool, and a summary.
    ///
    /// - Returns: lines, each with its line break.
    public func table() -> String {
        let slotHeads = ["SLOT", "STATE", "SINCE", "PID", "OK", "FAILED", "RESTARTS", "MEMORY"]
        let slotRows = [slotHeads + ["JOB"]] + slots.map(\.row)
        let poolRows = [["POOL", "WORKERS", "BUSY", "QUEUES"]] + pools.map(row(of:))
        return Self.grid(slotRows, numbers: 2...7) + "\n" + Self.grid(poolRows, numbers: 1...2)
            + "\n" + surroundings + summary + "\n"
    }

    /// Cells in columns; those of numbers end together, and the last column is as it comes.
    private static func grid(_ rows: [[String]], numbers: ClosedRange<Int>) -> String {
        let last = (rows.first?.count ?? 1) - 1
        let widths = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, width) in widths.enumerated() {
                let cell = row[column]
                let padding = String(repeating: " ", count: width - cell.count)
                line += (numbers.contains(column) ? padding + cell : cell + padding) + "  "
            }
            line += row[last]
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// The cells of a pool's line: its queues, and what is unusual about it.
    private func row(of pool: Pool) -> [String] {
        let ours = slots.filter { $0.pool == pool.name }
        var words = [PrintableText.of(pool.queues.joined(separator: ", "))]
        if pool.paused { words.append("paused") }
        if pool.workers != pool.configuredWorkers {
            words.append("\(pool.configuredWorkers) configured")
        }
        let loose = (pool.limits ?? [:]).filter { $0.value != .cgroup }.sorted { $0.key < $1.key }
        words += loose.map { key, means in
            means == .none ? "\(key) is not in force" : "\(key) is kept by \(means.rawValue)"
        }
        return [
            PrintableText.of(pool.name), "\(ours.count(where: \.isPresent))/\(pool.workers)",
            "\(ours.count { $0.state == "busy" })", words.joined(separator: "; "),
        ]
    }

    /// Lines for Redis, the scheduler, and what was asked for.
    private var surroundings: String {
        var lines = ["Redis: \(PrintableText.of(redis))"]
        if redisAnswers == false { lines[0] += ", in trouble" }
        if let schedulerPid {
            let state = schedulerState ?? "restarting"
            var line = "Scheduler: " + (schedulerPid == 0 ? state : "pid \(schedulerPid)")
            if schedulerState == "ended" {
                // It does neither any more.
            } else if let schedulerQueues, let schedulerLeads {
                line += ", leads \(schedulerLeads) of \(schedulerQueues) queues"
            } else if schedulerQueues == nil {
                line += ", for maintenance"
            }
            lines.append(line)
        }
        if let change { lines.append("Under way: \(change)") }
        if let reloadError, status?.contains(reloadError) != true {
            lines.append(PrintableText.of(reloadError))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The report as one line of JSON, with its line break.
    public func json() -> String {
        String(decoding: ControlMessage.encode(self), as: UTF8.self)
    }

    /// `rqd 0.1.0, pid 4200, up 3 h 2 min: 4/4 workers, 3 busy; 12041 jobs ok, 3 failed`.
    var summary: String {
        let age = JobWording.whole(.seconds(uptimeSeconds))
        let start = "rqd \(version), pid \(pid), up \(age): "
        let replaced =
            restarts > 0 ? "; \(restarts) \(restarts == 1 ? "restart" : "restarts")" : ""
        return start + (status.map { PrintableText.of($0) } ?? counts) + replaced
    }

    /// The same as `status`, of a daemon that does not tell it.
    private var counts: String {
        let present = slots.count(where: \.isPresent)
        var text = "\(present)/\(slots.count) workers"
        for state in ["busy", "suspended", "stopping", "failing"] {
            let count = slots.count { $0.state == state }
            if count > 0 || state == "busy" { text += ", \(count) \(state)" }
        }
        return text + "; \(jobsSucceeded) jobs ok, \(jobsFailed) failed"
    }
}

extension StatusReport.Slot {
    /// Whether its worker is at work, or could be.
    fileprivate var isPresent: Bool {
        SlotState.allCases.contains { $0.word == state && $0.isPresent }
    }

    /// The cells of this slot's line.
    fileprivate var row: [String] {
        [
            PrintableText.of("\(pool)/\(slot)"), retiring ? "\(state), retires" : state,
            JobWording.whole(.seconds(stateSeconds)), pid == 0 ? "-" : "\(pid)",
            "\(jobsSucceeded)", "\(jobsFailed)", "\(max(generation - 1, 0))",
            peakMemoryBytes == 0 ? "-" : JobWording.size(bytes: peakMemoryBytes), doing,
        ]
    }

    /// The running job, else what is wrong.
    private var doing: String {
        guard let job else { return PrintableText.of(complaint) }
        let function = job.function.isEmpty ? "" : job.function + " "
        let span = JobWording.span(.milliseconds(job.runningMilliseconds))
        let trouble = complaint.isEmpty ? "" : "; \(complaint)"
        return PrintableText.of("\(function)\(job.id) on \(job.queue), \(span)\(trouble)")
    }
}
