import TestSupport
import Testing

/// A part of `make kill-matrix`, whose page is docs/KILL-MATRIX.md.
@Suite struct KillMatrixTests {
    @Test func `whatever is killed at which step, no job is lost and none runs beside itself`()
        throws
    {
        // The page is made on a machine that does nothing else.
        try Proof.run("kill_matrix", "--short", "--patience", "5")
    }

    @Test func `the same while horses are started that load the application themselves`() throws {
        try Proof.run(
            "kill_matrix", "--system", "spawn", "--step", "the function runs", "--patience", "5")
    }
}
