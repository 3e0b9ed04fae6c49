import Glibc
import TestSupport
import Testing

@testable import WorkerPool

@Suite struct HostIdentityTests {
    private static let parts = HostIdentity.host.split(
        separator: "/", omittingEmptySubsequences: false
    ).map(String.init)

    @Test func `the host is known by machine, boot and pid namespace`() {
        #expect(Self.parts.count == 3)
        #expect(Self.parts[1].count == 36)
        #expect(UInt64(Self.parts[2]) != nil)
    }

    @Test func `this process is not dead`() {
        #expect(!HostIdentity.isDead(holder: HostIdentity.holder))
    }

    @Test func `a process that has ended is dead`() throws {
        let child = try ChildProcess(["sleep", "60"])
        let identity = try #require(ProcessIdentity.of(child.pid))
        let holder = "\(HostIdentity.host) \(identity.pid):\(identity.startTime)"
        #expect(!HostIdentity.isDead(holder: holder))
        child.kill()
        #expect(HostIdentity.isDead(holder: holder))
    }

    @Test func `an earlier process with the pid of a living one is dead`() throws {
        let own = try #require(ProcessIdentity.of(getpid()))
        #expect(HostIdentity.isDead(holder: "\(HostIdentity.host) \(own.pid):\(own.startTime - 1)"))
    }

    @Test func `any process of an earlier boot of this machine is dead`() throws {
        try #require(!Self.parts[0].isEmpty, "this machine has no /etc/machine-id")
        let holder = "\(Self.parts[0])/another-boot/\(Self.parts[2]) \(HostIdentity.process)"
        #expect(HostIdentity.isDead(holder: holder))
    }

    @Test func `without a machine id, another boot may be another machine`() {
        let holder = "/another-boot/\(Self.parts[2]) 1:1"
        #expect(!HostIdentity.isDead(holder: holder))
    }

    @Test func `what cannot be seen from here is not called dead`() {
        let gone = "1000000000:1"
        for holder in [
            "another-machine/\(Self.parts[1])/\(Self.parts[2]) \(gone)",
            "\(Self.parts[0])/\(Self.parts[1])/another-namespace \(gone)",
        ] {
            #expect(!HostIdentity.isDead(holder: holder), "\(holder)")
        }
    }

    @Test func `a process of another pid namespace of this boot is out of sight, no other is`() {
        let boot = Self.parts[1]
        #expect(HostIdentity.isOutOfSight(holder: "m/\(boot)/7 1:1"))
        #expect(!HostIdentity.isOutOfSight(holder: HostIdentity.holder))
        #expect(!HostIdentity.isOutOfSight(holder: "\(Self.parts[0])/another-boot/7 1:1"))
        #expect(!HostIdentity.isOutOfSight(holder: ""))
    }

    @Test(arguments: ["", " ", "x", "a b", "a/b/c", "a/b/c d e", "\(HostIdentity.host) garbage"])
    func `a holder that is not ours to read is not called dead`(holder: String) {
        #expect(!HostIdentity.isDead(holder: holder))
    }
}
