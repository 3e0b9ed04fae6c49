import TestSupport
import Testing

/// A part of `make waiting`; the figures of an hour are in docs/PROOFS.md.
@Suite struct WaitingTests {
    @Test func `whoever dies, hangs or is slow, no job waits long beside an idle worker`() throws {
        try Proof.run("waiting", "--seconds", "25", "--seed", "3")
    }
}
