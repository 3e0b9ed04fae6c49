import TestSupport
import Testing

@testable import WorkerPool

/// Whether the machine is short of something.
@Suite struct PressureTests {
    private static func line(_ share: String) -> String {
        "some avg10=\(share) avg60=1.00 avg300=1.00 total=5\nfull avg10=99.00 avg60=0.00\n"
    }

    @Test func `the service's own group counts where it tells, else the machine`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("cpu", Self.line("0.00"))
        try directory.write("memory", Self.line("12.50"))
        try directory.write("io", Self.line("0.00"))
        let machine = Pressure(group: nil, machine: directory.path)
        #expect(machine.shortage() == "memory pressure is 12 %")
        try directory.write("memory.pressure", Self.line("3.00"))
        let group = Pressure(group: directory.path, machine: directory.path)
        #expect(group.shortage() == nil)
    }

    @Test func `a kernel that does not tell means no pressure`() {
        #expect(Pressure(group: "/nowhere", machine: "/nowhere").shortage() == nil)
        #expect(Pressure.share(in: "nonsense") == nil)
    }
}
