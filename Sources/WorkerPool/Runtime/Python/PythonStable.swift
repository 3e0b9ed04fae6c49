import FoundationEssentials
import Glibc

/// The stable's process: the application's interpreter with our script in it.
enum PythonStable {
    /// What the script is told, as JSON: nothing of it stands in its arguments, where `ps` shows it.
    private struct Settings: Encodable {
        let name: String
        let redis: PythonRedis
        let path: [String]
        let preload: [String]
        let settings: String?
        let serializer: String?
        let job_class: String?
        let queue_class: String?
        let connection_class: String?
        let death_penalty_class: String?
        let exception_handlers: [String]
        let work_horse_killed_handler: String?
        let sentry_dsn: String?
        let sentry_ca_certs: String?
        let sentry_debug: Bool
        let flush_timeout: Double
        let on_start: String?
        let on_start_timeout: Double
        let on_unsafe_fork: String
        let isolation: String
        let huge_pages: Bool
        let stack_signals: [Int32]
        let hides: Bool
    }

    /// Replaces this process, a fresh child of the master, by the interpreter.
    ///
    /// *Stable process.*
    ///
    /// - Parameters:
    ///   - stable: which interpreter, where, with what preloaded; whose rights it has from then
    ///     on; whether this is its first start; and the Redis for code that asks for a connection.
    ///   - control: the socket on which workers ask for a slot stable.
    ///   - report: the pipe on which the master hears how the loading goes; see `LoadingReport`.
    /// - Returns: an exit status (78), only when the interpreter could not be started; the reason
    ///   is in the pipe.
    static func run(
        _ stable: Roster.StableSettings, control: Int32, report: Int32
    ) -> Int32 {
        let python = stable.python
        do {
            let settings = Settings(
                name: python.preload.first ?? "python", redis: try PythonRedis(stable.redis),
                path: python.path, preload: python.preload, settings: python.settings,
                serializer: python.serializer,
                job_class: python.jobClass, queue_class: python.queueClass,
                connection_class: python.connectionClass,
                death_penalty_class: python.deathPenaltyClass,
                exception_handlers: python.exceptionHandlers,
                work_horse_killed_handler: python.workHorseKilledHandler,
                sentry_dsn: python.sentryDSN, sentry_ca_certs: python.sentryCACerts,
                sentry_debug: python.sentryDebug,
                flush_timeout: python.flushTimeout / .seconds(1),
                on_start: stable.callsOnStart ? python.onStart : nil,
                on_start_timeout: python.onStartTimeout / .seconds(1),
                on_unsafe_fork: python.onUnsafeFork.rawValue,
                isolation: stable.isolation.rawValue,
                huge_pages: python.hugePages,
                stack_signals: [StackSurvey.soft, StackSurvey.firm],
                hides: !AccountObstacle.hidesProcesses)
            let json = try JSONEncoder().encode(settings)
            let source =
                PackageResources.settings_py + PackageResources.interpreter_py
                + PackageResources.failure_py
                + PackageResources.connection_py + PackageResources.horse_py
                + PackageResources.frames_py + PackageResources.loggers_py
                + PackageResources.threads_py + PackageResources.forksafety_py
                + PackageResources.hooks_py
                + PackageResources.errand_py + PackageResources.recording_py
                + PackageResources.stacks_py
                + PackageResources.leftovers_py + PackageResources.pages_py
                + PackageResources.loading_py
                + PackageResources.slotstable_py + PackageResources.spares_py
                + PackageResources.stable_py
            return try Interpreter(python, stable.redis, stable.account).become(
                "rqd-stable", source: source, settings: Array(json),
                descriptors: ["CONTROL_FD": control, "REPORT_FD": report])
        } catch {
            let reason = Interpreter.reason(python, "\(error)")
            _ = LoadingReport.failed(reason).withCString { write(report, $0, strlen($0)) }
            return MasterExit.configuration
        }
    }
}
