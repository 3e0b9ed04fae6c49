import TestSupport
import Testing

/// Whatever a job does, rqd leaves in Redis what `rq worker` leaves: keys, lifetimes, contents.
///
/// Times, ids of executions and the lines of tracebacks but their last are left out of account.
@Suite struct DifferentialTests {
    @Test(arguments: try Differential.kinds())
    func `rqd leaves what rq leaves`(of kind: Differential.Kind) throws {
        let found = try Self.differences(kind)
        let faults = found.filter { difference in
            !DocumentedDifference.all.contains { $0.covers(difference) }
        }
        let told = faults.map(\.description).joined(separator: "\n")
        #expect(faults.isEmpty, "\(kind):\n\(told)")
    }

    @Test func `at least sixty kinds leave something`() throws {
        let kinds = try Differential.kinds().filter { $0.name != "shared" }
        #expect(kinds.count >= 60)
        #expect(Set(kinds.map(\.description)).count == kinds.count)
        for kind in kinds where kind.name != "deleted_before" {
            let left = try Differential.of(kind.mix, kind.release).rqd[kind.name] ?? [:]
            #expect(!left.isEmpty, "\(kind)")
        }
    }

    @Test func `each documented difference exists, and WIRE tells why`() throws {
        let found = try Differential.kinds().flatMap(Self.differences)
        let text = try String(decoding: readFile("\(PackageRoot.path)/docs/WIRE.md"), as: UTF8.self)
        for documented in DocumentedDifference.all {
            #expect(found.contains { documented.covers($0) }, "\(documented.heading)")
            #expect(text.contains("- **\(documented.heading)"), "\(documented.heading)")
        }
    }

    private static func differences(_ kind: Differential.Kind) throws -> [Difference] {
        let runs = try Differential.of(kind.mix, kind.release)
        return Difference.between(
            kind.name, rq: runs.rq[kind.name] ?? [:], rqd: runs.rqd[kind.name] ?? [:],
            kind.release)
    }
}
