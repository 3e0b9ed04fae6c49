import RedisKit

/// A private Sentinel on a port of 127.0.0.1 that watches one master, gone with its owner.
public final class SentinelServer {
    /// The name under which it watches the master.
    public static let master = "the-master"

    /// Its port.
    public let port: Int

    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a Sentinel and waits until it knows the master and its replicas.
    ///
    /// One Sentinel is enough for its own quorum.
    ///
    /// - Parameters:
    ///   - watched: the master, with a port.
    ///   - replicas: how many it has.
    ///   - password: what the Sentinel requires; nil for nothing.
    /// - Throws: if it does not start.
    public init(of watched: RedisServer, replicas: Int = 0, password: String? = nil) throws {
        directory = try TemporaryDirectory()
        port = try LoopbackPort.free()
        guard let masterPort = watched.port else {
            throw HarnessError("a master that Sentinels watch needs a port")
        }
        var lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(directory.path)",
            "sentinel monitor \(Self.master) 127.0.0.1 \(masterPort) 1",
            "sentinel down-after-milliseconds \(Self.master) 500",
            "sentinel failover-timeout \(Self.master) 3000",
        ]
        if let password { lines.append("requirepass \(password)") }
        if let secret = watched.password {
            lines.append("sentinel auth-pass \(Self.master) \(secret)")
        }
        try directory.write("sentinel.conf", lines.joined(separator: "\n") + "\n")
        process = try ChildProcess(
            [RedisProgram.path, directory.file("sentinel.conf"), "--sentinel"])
        try process.waitForLine(containing: "monitor master")
        let user = password.map { ":\($0)@" } ?? ""
        let connection = try Connection(to: Endpoint(url: "redis://\(user)127.0.0.1:\(port)"))
        try eventually("the Sentinel knows the replicas") {
            let known = try connection.call(
                Command("SENTINEL", "REPLICAS", .text(Self.master))
            ).array
            return known?.count == replicas
        }
    }

    /// Its URL for the master, without a password.
    public var url: String { "sentinel://127.0.0.1:\(port)/\(Self.master)" }

    /// Waits until the Sentinel has made another server the master, and finds it in order.
    ///
    /// - Parameter server: the new master.
    /// - Throws: when the time is up.
    public func waitFor(master server: RedisServer) throws {
        let connection = try Connection(to: Endpoint(url: "redis://127.0.0.1:\(port)"))
        try eventually("the Sentinel has another master") {
            let words =
                try connection.call(
                    Command("SENTINEL", "MASTER", .text(Self.master))
                ).array?.compactMap(\.text) ?? []
            let facts = zip(words, words.dropFirst())
            return facts.contains { $0 == ("flags", "master") }
                && facts.contains { $0 == ("port", "\(server.port ?? 0)") }
        }
    }

    /// Ends it.
    public func stop() { process.kill() }
}
