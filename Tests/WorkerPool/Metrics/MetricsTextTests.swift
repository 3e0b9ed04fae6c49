import TestSupport
import Testing

@testable import WorkerPool

@Suite struct MetricsTextTests {
    @Test func `labels are escaped, and a histogram's buckets add up to its count`() throws {
        let board = try Scoreboard(slots: 1)
        for span in [Duration.milliseconds(1), .milliseconds(5), .seconds(2), .seconds(86_400)] {
            board.metrics.jobStarted(queue: "a\"b\\c", waited: span)
        }
        board.metrics.jobStarted(queue: "a\"b\\c", waited: .seconds(-3))
        var text = MetricsText()
        text.family("x_seconds", .histogram, unit: "seconds", "X.")
        let all = try #require(board.metrics.queues.all.first)
        text.histogram([("queue", all.key.first)], .job, all.cells[...])
        let lines = text.text.split(separator: "\n")
        let labels = #"{queue="a\"b\\c","#
        #expect(lines.contains("x_seconds_bucket\(labels)le=\"0.005\"} 3"))
        #expect(lines.contains("x_seconds_bucket\(labels)le=\"1.0\"} 3"))
        #expect(lines.contains("x_seconds_bucket\(labels)le=\"2.5\"} 4"))
        #expect(lines.contains("x_seconds_bucket\(labels)le=\"3600.0\"} 4"))
        #expect(lines.contains("x_seconds_bucket\(labels)le=\"+Inf\"} 5"))
        #expect(lines.contains(#"x_seconds_count{queue="a\"b\\c"} 5"#))
        #expect(lines.contains(#"x_seconds_sum{queue="a\"b\\c"} 86402.006"#))
        #expect(lines.last == "# EOF")
    }

    @Test func `each family is in docs METRICS, and nothing else is`() throws {
        let board = try Scoreboard(slots: 1)
        let page = String(
            decoding: try readFile("\(PackageRoot.path)/docs/METRICS.md"), as: UTF8.self)
        let documented = Set(
            page.split(separator: "\n").compactMap { line -> Substring? in
                guard line.hasPrefix("| `rqd_") else { return nil }
                let name = line.dropFirst(3).prefix { $0 != "`" }
                // Expressions stand in a table of their own.
                return name.contains("{") ? nil : name
            })
        let text = MetricsReport.text(StatusReportTests.example, board.metrics)
        let told = text.split(separator: "\n").compactMap { line -> (Substring, Substring)? in
            let words = line.split(separator: " ")
            return line.hasPrefix("# TYPE ") ? (words[2], words[3]) : nil
        }
        let suffixes = ["counter": "_total", "info": "_info"]
        let names = told.map { "\($0.0)\(suffixes[String($0.1)] ?? "")"[...] }
        #expect(Set(names) == documented)
    }
}
