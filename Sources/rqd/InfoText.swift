import Glibc
import RQ
import WorkerPool

/// An `InfoReport` in lines, as `rq info` writes them.
///
/// Source: RQ 3.0.0, `rq/cli/helpers.py`, `show_queues` and `show_workers`.
struct InfoText {
    private let report: InfoReport
    private let isRaw: Bool
    private let byQueue: Bool

    init(_ report: InfoReport, isRaw: Bool, byQueue: Bool) {
        self.report = report
        self.isRaw = isRaw
        self.byQueue = byQueue
    }

    /// Queues, workers, and when that was.
    var both: String {
        isRaw ? queues + workers : "\(queues)\n\(workers)\nUpdated: \(Self.localTime())\n"
    }

    /// A line for each queue, with a bar for the jobs that wait in it.
    var queues: String {
        let longest = report.queues.map(\.count).max() ?? 0
        let scale = [20, 50, 100, 200, 400, 600, 800, 1000].first { longest <= $0 } ?? longest
        let ratio = Double(min(20, Terminal.columns - 20)) / Double(scale)
        var lines = ""
        for queue in report.queues {
            func number(_ kind: Registry.Kind) -> Int { queue.counts[kind] ?? 0 }
            let name = Self.printable(queue.name.description)
            let counts =
                "\(queue.count), \(number(.started)) executing, \(number(.finished)) finished, "
                + "\(number(.failed)) failed"
            if isRaw {
                lines += "queue \(name) \(counts)\n"
            } else {
                let length = max(0, Int(ratio * Double(queue.count)))
                let bar = Terminal.text("|" + String(repeating: "█", count: length), .green)
                lines += "\(Self.padded(name, to: 12)) \(bar) \(counts)\n"
            }
        }
        let total = report.queues.reduce(0) { $0 + $1.count }
        return isRaw ? lines : lines + "\(report.queues.count) queues, \(total) jobs total\n"
    }

    /// A line for each worker, or for the workers of each queue.
    var workers: String {
        let lines = byQueue ? workersByQueue : report.workers.map(line).joined()
        let summary = "\(report.workers.count) workers, \(report.queues.count) queues\n"
        return isRaw ? lines : lines + summary
    }

    private func line(_ worker: WorkerRecord) -> String {
        let queues = worker.queues.map { Self.printable($0.description) }.joined(separator: ", ")
        let origin = [worker.hostname, worker.hash.ipAddress, worker.pid.map(String.init)]
            .map { Self.printable($0 ?? "None") }.joined(separator: " ")
        let name = "\(Self.printable(worker.name.description)) (\(origin))"
        let jobs =
            "\(queues). jobs: \(worker.successfulJobCount) finished, "
            + "\(worker.failedJobCount) failed\n"
        return isRaw
            ? "worker \(name) \(Self.word(worker.state)) \(jobs)"
            : "\(name): \(Self.symbol(worker.state)) \(jobs)"
    }

    private var workersByQueue: String {
        let names = report.queues.map { Self.printable($0.name.description) }
        let width = (names.map { $0.unicodeScalars.count }.max() ?? 0) + 1
        var lines = ""
        for (queue, name) in zip(report.queues, names) {
            let workers = report.workers.filter { $0.queues.contains(queue.name) }
                .map { "\(Self.printable($0.name.description)) (\(Self.symbol($0.state)))" }
                .sorted()
            let text = workers.isEmpty ? "–" : workers.joined(separator: ", ")
            lines += "\(Self.padded(name + ":", to: width)) \(text)\n"
        }
        return lines
    }

    private static func symbol(_ state: WorkerActivity?) -> String {
        switch state {
        case .busy: Terminal.text("busy", .red)
        case .idle: Terminal.text("idle", .green)
        case .suspended: Terminal.text("suspended", .yellow)
        case .started, .unknown, nil: word(state)
        }
    }

    private static func word(_ state: WorkerActivity?) -> String {
        printable(state?.description ?? "None")
    }

    /// What anybody may have written into Redis must not move the cursor.
    private static func printable(_ text: String) -> String { PrintableText.of(text) }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
    }

    /// `2026-11-23 09:50:31.123456`, by the clock on the wall.
    private static func localTime() -> String {
        let now = Timestamp.now()
        var seconds = time_t(now.epochSeconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
        let micros = String(now.microseconds - now.epochSeconds * 1_000_000)
        return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            + "." + String(repeating: "0", count: 6 - micros.count) + micros
    }
}
