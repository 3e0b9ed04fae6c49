import Glibc
import Synchronization

/// A Python that stays, with rq imported: runs code for tests in a millisecond or two.
///
/// One for each release of rq, started when it is first asked for; it ends with the test runner.
public final class PythonConsole: @unchecked Sendable {
    // Unchecked because its process is only held and never asked anything after the start.
    private let process: ChildProcess
    private let directory: TemporaryDirectory

    private static let consoles = Mutex<[PythonEnvironment.Release: PythonConsole]>([:])

    /// The console of a release.
    ///
    /// - Parameter release: which rq.
    /// - Returns: always the same one.
    /// - Throws: if there is no such environment or Python does not start.
    public static func of(_ release: PythonEnvironment.Release) throws -> PythonConsole {
        try consoles.withLock { consoles in
            if let console = consoles[release] { return console }
            // The runner leaves by `exit`, which releases nothing by itself.
            if consoles.isEmpty { atexit { PythonConsole.consoles.withLock { $0 = [:] } } }
            let console = try PythonConsole(release)
            consoles[release] = console
            return console
        }
    }

    private init(_ release: PythonEnvironment.Release) throws {
        directory = try TemporaryDirectory()
        let python = try PythonEnvironment(release).python
        process = try ChildProcess([python, "-c", Self.script, directory.file("console")])
        try process.waitForLine(containing: "ready", timeout: .seconds(30))
    }

    /// Runs code to its end.
    ///
    /// - Parameters:
    ///   - code: finds `redis`, a connection, and all that rq exports.
    ///   - url: where `redis` leads.
    /// - Returns: what it printed, without the newline at the end.
    /// - Throws: with the traceback, if it raises.
    @discardableResult
    public func run(_ code: String, redis url: String) throws -> String {
        let answer = try UnixSocket(connectedTo: directory.file("console"))
            .ask("\(url)\n\(code)")
        guard answer.hasPrefix("+") else {
            throw HarnessError("python: \(answer.dropFirst())\nin:\n\(code)")
        }
        return String(answer.dropFirst()).trimmed
    }

    private static let script = """
        import contextlib, io, socket, sys, traceback
        import rq, rq.command, rq.job, rq.suspension
        from redis import Redis

        listener = socket.socket(socket.AF_UNIX)
        listener.bind(sys.argv[1])
        listener.listen(64)
        print('ready', flush=True)
        while True:
            client, _ = listener.accept()
            with client, client.makefile('rwb') as stream:
                url = stream.readline().decode().strip()
                code = stream.read().decode()
                printed = io.StringIO()
                try:
                    with Redis.from_url(url) as redis, contextlib.redirect_stdout(printed):
                        exec(code, dict(vars(rq), redis=redis, rq=rq))
                    answer = '+' + printed.getvalue()
                except BaseException:
                    answer = '-' + traceback.format_exc()
                stream.write(answer.encode('utf-8', 'replace'))

        """
}
