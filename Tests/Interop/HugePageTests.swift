import Glibc
import TestSupport
import Testing

/// What an application has loaded lies in huge pages before its first fork.
@Suite struct HugePageTests {
    private static func daemon(_ pages: String, _ python: String = "") throws -> Daemon {
        try Application.daemon(
            pool: "[pool.default.python]\npreload = [\"large\"]\n\(python)\n",
            environment: ["PAGES": pages])
    }

    /// What a job of this daemon finds, once it has run.
    private static func kilobytes(_ daemon: Daemon) throws -> Int {
        try daemon.start()
        let script = Script(.rq3_0, on: daemon)
        try script.enqueue(Call("look", "large.huge_kilobytes"))
        try daemon.waitFor("finished", of: "look")
        return try #require(Int(script.report("look").value ?? ""))
    }

    /// Linux 6.1 and later do that on demand.
    static var isPossible: Bool {
        var names = utsname()
        guard uname(&names) == 0,
            access("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", R_OK) == 0
        else { return false }
        let release = withUnsafeBytes(of: &names.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 1)
    }

    @Test(.enabled(if: isPossible, "the kernel has no MADV_COLLAPSE"))
    func `a job's process shares the huge pages of what was loaded`() throws {
        let daemon = try Self.daemon("wanted")
        try daemon.explain {
            try #require(try Self.kilobytes(daemon) >= 4 * 2048)
            try #require(!daemon.log.contains("huge pages are not used"))
        }
    }

    @Test func `huge_pages = false leaves the memory as it is`() throws {
        let daemon = try Self.daemon("wanted", "huge_pages = false")
        try daemon.explain { try #require(try Self.kilobytes(daemon) == 0) }
    }

    @Test func `where the kernel gives none, the log says so and jobs run`() throws {
        let daemon = try Self.daemon("refused")
        try daemon.explain {
            try #require(try Self.kilobytes(daemon) == 0)
            let line = try daemon.waitForLog("huge pages are not used")
            try #require(line.contains("info") && line.contains("reason="), "\(line)")
        }
    }
}
