import TestSupport

/// The numbers of a daemon, as Prometheus's own parser reads them.
struct Numbers: CustomStringConvertible {
    /// By name and labels, for example `rqd_workers{"pool":"default","state":"idle"}`.
    let samples: [String: Double]

    /// Asks a daemon with `rqd metrics`.
    init(of daemon: Daemon) throws { try self.init(try daemon.tell("metrics").output) }

    /// Reads OpenMetrics text.
    init(_ text: String) throws {
        let script = "\(PackageRoot.path)/Tests/Daemon/Metrics/read.py"
        let read = try run([try ToolEnvironment.metrics.program("python"), script], input: text)
        guard read.ending == .exited(code: 0) else {
            throw HarnessError("not OpenMetrics: \(read.errorOutput)\n\(text)")
        }
        var samples: [String: Double] = [:]
        for line in read.output.split(separator: "\n") {
            let parts = line.split(separator: "\t")
            samples["\(parts[0])\(parts[1])"] = Double(parts[2])
        }
        self.samples = samples
    }

    /// How many jobs of a function of `app.tasks` ended in a way.
    func jobs(_ function: String, _ outcome: String) -> Double {
        let labels = """
            {"function":"app.tasks.\(function)","outcome":"\(outcome)","queue":"default"}
            """
        return samples["rqd_jobs_total\(labels)"] ?? 0
    }

    /// The sum of all samples of a name.
    func sum(_ name: String) -> Double {
        samples.filter { $0.key.hasPrefix("\(name){") }.map(\.value).reduce(0, +)
    }

    var description: String {
        samples.map { "\($0.key) \($0.value)" }.sorted().joined(separator: "\n")
    }
}

extension Daemon {
    /// The numbers, once they meet a condition: a job's status is in Redis before it is counted.
    @discardableResult
    func numbers(_ what: String, _ condition: (Numbers) -> Bool) throws -> Numbers {
        var last: Numbers?
        do {
            try eventually(what, within: .seconds(60)) {
                let numbers = try Numbers(of: self)
                last = numbers
                return condition(numbers)
            }
        } catch {
            throw HarnessError("\(error)\n\(last?.description ?? "")")
        }
        return try last ?? Numbers(of: self)
    }
}
