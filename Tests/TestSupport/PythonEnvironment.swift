import Glibc
import Testing

/// A virtual environment with one release of rq from PyPI.
public struct PythonEnvironment: Sendable, CustomStringConvertible {
    /// The releases there are environments for.
    public enum Release: String, Sendable, CaseIterable, Comparable {
        case rq1_15 = "1.15.1"
        case rq1_16 = "1.16.2"
        case rq2_6 = "2.6.1"
        case rq2_10 = "2.10.0"
        case rq2_12 = "2.12.0"
        case rq3_0 = "3.0.0"

        /// By age.
        public static func < (one: Release, other: Release) -> Bool {
            (compared.firstIndex(of: one) ?? 0) < (compared.firstIndex(of: other) ?? 0)
        }

        /// Those that every test of more than one release runs with.
        public static let allCases: [Release] = [.rq1_16, .rq2_6, .rq2_12, .rq3_0]
        /// All of them: what rqd leaves in Redis is compared with each.
        public static let compared: [Release] = [
            .rq1_15, .rq1_16, .rq2_6, .rq2_10, .rq2_12, .rq3_0,
        ]
    }

    /// Which rq it holds.
    public let release: Release
    /// Its directory.
    public let path: String

    /// Finds the environment.
    ///
    /// - Parameter release: which rq it holds.
    /// - Throws: if it has not been made; a test whose rq is not for the Python that is tried is
    ///   cancelled.
    public init(_ release: Release) throws {
        self.release = release
        let tried = Self.tried
        path = "\(tried ?? "\(PackageRoot.path)/.build/venv")/rq-\(release.rawValue)"
        guard access(python, X_OK) == 0 else {
            if tried != nil { try Test.cancel("no rq \(release.rawValue) for this Python") }
            throw HarnessError("no \(path): run ./scripts/test, which makes it")
        }
    }

    /// Where the environments of another Python lie; nil for those of scripts/setup.
    ///
    /// See `scripts/try-pythons`.
    private static var tried: String? {
        inheritedEnvironment()["TEST_VENVS"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The path of its interpreter.
    public var python: String { "\(path)/bin/python" }

    /// The path of a program in it, for example `rq`.
    ///
    /// - Parameter name: without a directory.
    /// - Returns: an absolute path.
    public func program(_ name: String) -> String { "\(path)/bin/\(name)" }

    /// Runs Python code to its end.
    ///
    /// - Parameters:
    ///   - script: the code.
    ///   - arguments: what it finds in `sys.argv[1:]`.
    ///   - environment: added to the runner's environment.
    ///   - directory: where it starts, and the first place it imports from; nil for the runner's.
    /// - Returns: its standard output.
    /// - Throws: with its standard error, if it does not exit with 0.
    @discardableResult
    public func run(
        script: String, arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil
    ) throws -> String {
        let variables = inheritedEnvironment().merging(environment) { $1 }
        let finished = try TestSupport.run(
            [python, "-c", script] + arguments, environment: variables, directory: directory)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("python \(finished.ending):\n\(finished.errorOutput)")
        }
        return finished.output
    }

    /// What a failed test calls it.
    public var description: String { "rq \(release.rawValue)" }
}
