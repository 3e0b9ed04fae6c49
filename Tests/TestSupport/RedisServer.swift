import Glibc
import RedisKit

/// A private redis-server on a Unix socket in a directory of its own, gone with its owner.
///
///     let server = try RedisServer()
///     let redis = try server.connect()
public final class RedisServer {
    /// The path of its socket.
    public let socketPath: String
    /// Its port on 127.0.0.1, or nil where none was asked for.
    public private(set) var port: Int?
    /// What it requires of the default user.
    public let password: String?

    /// What its port proves itself with; nil where that speaks no TLS.
    public let tls: Certificates.Pair?

    private let directory: TemporaryDirectory
    private let extraArguments: [String]
    private var process: ChildProcess

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - password: what it requires of the default user; nil for nothing.
    ///   - arguments: further options, for example `["--maxclients", "10"]`.
    ///   - tcp: whether it listens on a free port of 127.0.0.1 too.
    ///   - tls: what that port speaks TLS with; nil for a plain one.
    /// - Throws: if redis-server is missing or does not start.
    public init(
        password: String? = nil, arguments: [String] = [], tcp: Bool = false,
        tls: Certificates.Pair? = nil
    ) throws {
        directory = try TemporaryDirectory()
        socketPath = directory.file("redis.sock")
        self.password = password
        self.tls = tls
        extraArguments = arguments + (password.map { ["--requirepass", $0] } ?? [])
        (process, port) = try Self.start(
            directory, extraArguments, tls, tcp || tls != nil ? .free : .none)
    }

    /// Its process id.
    public var pid: pid_t { process.pid }

    /// The URL of its socket, with the password if it requires one; database 0.
    public var url: String { url(database: 0) }

    /// The URL of one of its databases.
    ///
    /// - Parameter database: 0 or above.
    /// - Returns: a `unix://` URL.
    public func url(database: Int) -> String {
        let user = password.map { ":\($0)@" } ?? ""
        return "unix://\(user)\(socketPath)?db=\(database)"
    }

    /// The URL of its port.
    ///
    /// - Returns: a `redis://` URL, or one with `rediss://` that names the authority's file.
    /// - Throws: if it was started without a port.
    public func tcpURL() throws -> String {
        guard let port else { throw HarnessError("this server was started without a port") }
        let place = (password.map { ":\($0)@" } ?? "") + "127.0.0.1:\(port)"
        return tls.map { "rediss://\(place)?ssl_ca_certs=\($0.authority)" } ?? "redis://\(place)"
    }

    /// A new connection to it.
    ///
    /// - Parameters:
    ///   - database: 0 or above.
    ///   - name: what CLIENT LIST shows.
    /// - Returns: a connection that is ready.
    /// - Throws: if there is none.
    public func connect(database: Int = 0, name: String? = nil) throws -> Connection {
        try Connection(to: Endpoint(url: url(database: database)), name: name)
    }

    /// Sends a signal to the server, for example SIGSTOP.
    ///
    /// - Parameter signal: which one.
    public func send(_ signal: Int32) {
        process.send(signal)
    }

    /// Kills the server; its socket stays as an address where nobody answers.
    public func stop() {
        process.kill()
    }

    /// Starts it again, empty unless it was told to save, on the same socket and port.
    ///
    /// - Throws: if it does not start.
    public func restart() throws {
        stop()
        let samePort = port.map { Port.fixed($0) } ?? .none
        (process, port) = try Self.start(directory, extraArguments, tls, samePort)
    }

    /// Makes a directory in that in which it keeps its files.
    ///
    /// - Parameter name: its name.
    /// - Throws: if it is there already.
    public func makeDirectory(_ name: String) throws {
        guard mkdir(directory.file(name), 0o755) == 0 else {
            throw HarnessError("mkdir", directory.file(name), errno: errno)
        }
    }

    /// What it has logged.
    public var log: String { process.output }

    private enum Port {
        case none, free
        case fixed(Int)
    }

    /// A free port may be taken by another before the server has it, so that is tried again.
    private static func start(
        _ directory: TemporaryDirectory, _ given: [String], _ tls: Certificates.Pair?,
        _ port: Port
    ) throws -> (ChildProcess, Int?) {
        let extra = (tls.map { options(for: $0) } ?? []) + given
        switch port {
        case .none: return (try start(directory, extra, number: 0), nil)
        case .fixed(let number): return (try start(directory, extra, number: number), number)
        case .free:
            for _ in 0..<4 {
                let number = try LoopbackPort.free()
                if let server = try? start(directory, extra, number: number) {
                    return (server, number)
                }
            }
            let number = try LoopbackPort.free()
            return (try start(directory, extra, number: number), number)
        }
    }

    private static func options(for tls: Certificates.Pair) -> [String] {
        [
            "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key, "--tls-ca-cert-file",
            tls.authority, "--tls-auth-clients", "no",
        ]
    }

    private static func start(
        _ directory: TemporaryDirectory, _ extra: [String], number: Int
    ) throws -> ChildProcess {
        let isEncrypted = extra.contains("--tls-cert-file")
        let ports =
            isEncrypted ? ["--port", "0", "--tls-port", "\(number)"] : ["--port", "\(number)"]
        // Redis 6 lets everybody debug it, and does not know the option.
        let debugging =
            try RedisProgram.isAtLeast(7, 0) ? ["--enable-debug-command", "yes"] : []
        let fixed =
            [RedisProgram.path] + ports + [
                "--bind", "127.0.0.1", "--unixsocket",
                directory.file("redis.sock"), "--dir", directory.path, "--save", "", "--appendonly",
                "no", "--daemonize", "no",
            ]
        let process = try ChildProcess(fixed + debugging + extra)
        try process.waitForLine(containing: "eady to accept connections")
        return process
    }
}
