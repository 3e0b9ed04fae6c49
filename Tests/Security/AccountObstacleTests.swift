import Testing

@testable import WorkerPool

@Suite struct AccountObstacleTests {
    private static let everybody = "         0          0 4294967295\n"
    private static let plain = "23 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n"
    private static let hidden =
        plain + "90 70 0:55 / /proc rw,nosuid - proc proc rw,hidepid=invisible\n"

    private static func obstacle(
        _ user: UInt32, users: String = everybody, mounts: String = plain, asRoot: Bool = false
    ) -> String {
        AccountObstacle.describe(user, asRoot: asRoot, users: users, mounts: mounts) ?? ""
    }

    @Test func `a sandbox without the pool's user is told of with the line that it needs`() {
        let own = "         0          0          1\n       990        990          1\n"
        #expect(Self.obstacle(1000, users: own).hasSuffix("PrivateUsers=no"))
        #expect(Self.obstacle(990, users: own).isEmpty)
        #expect(Self.obstacle(1000).isEmpty && Self.obstacle(1000, users: "").isEmpty)
    }

    @Test func `a sandbox that hides the user's processes is told of, unless rqd is root`() {
        #expect(Self.obstacle(1000, mounts: Self.hidden).hasSuffix("ProtectProc=default"))
        #expect(Self.obstacle(1000, mounts: Self.hidden, asRoot: true).isEmpty)
        #expect(Self.obstacle(1000, mounts: "").isEmpty)
    }
}
