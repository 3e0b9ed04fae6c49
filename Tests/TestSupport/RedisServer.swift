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

    private let directory: TemporaryDirectory
    private let extraArguments: [String]
    private var process: ChildProcess

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - password: what it requires of the default user; nil for nothing.
    ///   - arguments: further options, for example `["--maxclients", "10"]`.
    ///   - tcp: whether it listens on a free port of 127.0.0.1 too.
    /// - Throws: if redis-server is missing or does not start.
    public init(
        password: String? = nil, arguments: [String] = [], tcp: Bool = false
    ) throws {
        directory = try TemporaryDirectory()
        socketPath = directory.file("redis.sock")
        self.password = password
        extraArguments = arguments + (password.map { ["--requirepass", $0] } ?? [])
        (process, port) = try Self.start(directory, extraArguments, tcp ? .free : .none)
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
    /// - Returns: a `redis://` URL.
    /// - Throws: if it was started without a port.
    public func tcpURL() throws -> String {
        guard let port else { throw HarnessError("this server was started without a port") }
        return "redis://" + (password.map { ":\($0)@" } ?? "") + "127.0.0.1:\(port)"
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
        (process, port) = try Self.start(directory, extraArguments, samePort)
    }

    /// What it has logged.
    public var log: String { process.output }

    private enum Port {
        case none, free
        case fixed(Int)
    }

    /// A free port may be taken by another before the server has it, so that is tried again.
    private static func start(
        _ directory: TemporaryDirectory, _ extra: [String], _ port: Port
    ) throws -> (ChildProcess, Int?) {
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

    private static func start(
        _ directory: TemporaryDirectory, _ extra: [String], number: Int
    ) throws -> ChildProcess {
        let fixed = [
            "redis-server", "--port", "\(number)", "--bind", "127.0.0.1", "--unixsocket",
            directory.file("redis.sock"), "--dir", directory.path, "--save", "", "--appendonly",
            "no", "--daemonize", "no", "--enable-debug-command", "yes",
        ]
        let process: ChildProcess
        do {
            process = try ChildProcess(fixed + extra)
        } catch {
            throw HarnessError("redis-server does not start (\(error)): run ./scripts/test")
        }
        try process.waitForLine(containing: "eady to accept connections")
        return process
    }
}
