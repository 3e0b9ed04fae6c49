import TestSupport
import Testing

@testable import WorkerPool

/// `docs/CONFIGURATION.md` and `etc/rqd.conf` are written by hand; here they meet the schema.
@Suite struct ManualTests {
    let manual: String
    let shipped: String

    init() throws {
        manual = try Self.text("docs/CONFIGURATION.md")
        shipped = try Self.text("etc/rqd.conf")
    }

    private static func text(_ path: String) throws -> String {
        let reading = ConfigurationReading(main: "\(PackageRoot.path)/\(path)", mustExist: true)
        return String(decoding: try #require(reading.files.first).bytes, as: UTF8.self)
    }

    /// The line of the manual's table that describes a key.
    static func row(_ key: KeyDescription) -> String {
        let value = key.defaultWords ?? "`\(key.defaultValue)`"
        return "| `\(key.name)` | \(key.expected) | \(value) | \(key.documentation) |"
    }

    @Test func `the manual's tables have every key and no other`() {
        var expected: [String] = []
        for key in Schema.keys() where key.section != "pool.NAME.python" {
            let heading = "### `[\(key.section)]`"
            if !expected.contains(heading) { expected.append(heading) }
            expected.append(Self.row(key))
        }
        let rows = manual.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("| `") || $0.hasPrefix("### `[")
        }
        #expect(rows == expected)
    }

    @Test func `the manual's examples load, or fail as it says`() throws {
        let blocks = Self.blocks(of: manual)
        let examples = blocks.indices.filter { blocks[$0].language == "toml" }
        #expect(examples.count > 8)
        for index in examples {
            let next = blocks.indices.contains(index + 1) ? blocks[index + 1] : nil
            let expected = next?.language == "text" ? next?.lines ?? [] : []
            let toml = blocks[index].lines.joined(separator: "\n")
            #expect(Sample.complaints(toml) == expected)
        }
    }

    @Test func `every key of the manual can be a variable with the name that it says`() throws {
        #expect(
            EnvironmentVariables.name(of: ["pool", "big-jobs", "stop_timeout"])
                == "RQD_POOL_BIG_JOBS_STOP_TIMEOUT")
        #expect(manual.contains("`RQD_POOL_BIG_JOBS_STOP_TIMEOUT`"))
        // Entries of [cron] come from files alone.
        let pool = Schema.keys(pool: "x").filter {
            !$0.isTable && $0.name != "worker_name" && $0.section != "cron.NAME"
        }
        for key in pool {
            let path = key.section.split(separator: ".").map(String.init) + [key.name]
            // A value that suits no key shows that the name was understood.
            let complaints = Sample.complaints(
                "[pool.x]", environment: [EnvironmentVariables.name(of: path): "\u{0}, ,"])
            #expect(complaints.count >= 1)
            #expect(complaints.allSatisfy { $0.contains(": \(path.joined(separator: ".")) ") })
        }
    }

    @Test func `the shipped file has each key once, with its default, in its section`() {
        var section = ""
        var found: [String] = []
        for line in shipped.split(separator: "\n") {
            if line.hasPrefix("[") { section = String(line.dropFirst().dropLast()) }
            if line.hasPrefix("#"), !line.hasPrefix("# "), line.contains(" = ") {
                found.append("\(section) \(line.dropFirst())")
            }
        }
        // Entries of [cron] are shown in a comment: the file has none of its own.
        let keys = Schema.keys(pool: "default").filter {
            $0.section != "pool.default.python" && $0.section != "cron.NAME"
        }
        let expected = keys.map { key in
            let written = found.first { $0.hasPrefix("\(key.section) \(key.name) = ") } ?? ""
            let byHand = key.defaultWords == nil ? nil : written
            return byHand ?? "\(key.section) \(key.name) = \(key.defaultValue)"
        }
        #expect(Set(found) == Set(expected))
        #expect(found.count == expected.count)
    }

    @Test func `the shipped file loads as the defaults`() throws {
        let loaded = try Sample.load(shipped)
        #expect(loaded.configuration == (try Sample.load()).configuration)
        #expect(loaded.origins.isEmpty)
    }

    @Test func `the shipped file with every key switched on loads as the same`() throws {
        let lines = shipped.split(separator: "\n").map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") ? String(line.dropFirst()) : String(line)
        }
        let loaded = try Sample.load(lines.joined(separator: "\n"))
        var expected = try Sample.load().configuration
        expected.pools[0].python.interpreter = "/srv/app/venv/bin/python"
        #expect(loaded.configuration == expected)
        let keys = Schema.keys().filter {
            $0.section != "pool.NAME.python" && $0.section != "cron.NAME" && !$0.isTable
        }
        #expect(loaded.origins.count == keys.count)
    }

    @Test func `the second pool in the shipped file's comments loads`() throws {
        let example = shipped.split(separator: "\n").filter { $0.hasPrefix("#   ") }
            .drop { $0 != "#   [pool.reports]" }.map { $0.dropFirst(4) }
        let loaded = try Sample.load(example.joined(separator: "\n"))
        #expect(loaded.configuration.pools.map(\.name) == ["reports"])
        #expect(loaded.configuration.pools.first?.python.directory == "/srv/reports")
    }

    /// The fenced blocks of a Markdown text.
    private static func blocks(of text: String) -> [(language: String, lines: [String])] {
        var blocks: [(language: String, lines: [String])] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if !isInside { blocks.append((String(line.dropFirst(3)), [])) }
                isInside.toggle()
            } else if isInside {
                blocks[blocks.count - 1].lines.append(String(line))
            }
        }
        return blocks
    }
}
