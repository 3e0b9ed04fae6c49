import TestSupport
import Testing

/// A part of `make stops`; the figures of a thousand are in docs/PROOFS.md.
@Suite struct StopsTests {
    @Test func `a stop at any moment, warm or cold, fails no job and leaves nothing behind`() throws
    {
        try Proof.run("stops", "--stops", "24", "--seed", "7")
    }
}
