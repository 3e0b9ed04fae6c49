import TestSupport
import Testing

/// A part of `make chaos`; what ten minutes of it came to is in docs/PROOFS.md.
///
/// Its hosts are network namespaces, so it needs root.
@Suite struct ChaosTests {
    @Test func `on two hosts, under random faults, every job is accounted for`() throws {
        try Proof.run("chaos", "--jobs", "600", "--minutes", "0.5", "--pause", "0.7")
    }

    @Test func `the same seed brings the same faults, another seed others`() throws {
        let faults = try ["1", "1", "2"].map {
            try Proof.run("chaos", "--schedule", "--seed", $0, "--minutes", "10")
        }
        try #require(faults[0].split(separator: "\n").count > 300)
        #expect(faults[0] == faults[1])
        #expect(faults[0] != faults[2])
    }
}
