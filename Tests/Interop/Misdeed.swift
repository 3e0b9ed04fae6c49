import TestSupport
import Testing

/// A call, and what it comes to.
struct Misdeed: Sendable, CustomTestStringConvertible {
    let id: String
    let function: String
    let arguments: [Int]
    let status: String
    let level: String
    let event: String
    let reason: String
    /// What rq reports: a failed job's error ends like this, a finished one's value is this.
    let told: String

    var testDescription: String { id }

    /// It returns.
    private static func finishes(
        _ id: String, _ function: String, _ arguments: Int..., value: String
    ) -> Misdeed {
        Misdeed(
            id: id, function: "misdeeds.\(function)", arguments: arguments, status: "finished",
            level: "info ", event: "job finished", reason: "seconds=", told: value)
    }

    /// It raises.
    private static func raises(
        _ id: String, _ function: String, _ reason: String, module: String = "misdeeds"
    ) -> Misdeed {
        Misdeed(
            id: id, function: "\(module).\(function)", arguments: [], status: "failed",
            level: "error", event: "job failed", reason: "reason=\(reason)",
            told: reason.split(separator: "\"").joined() + "\n")
    }

    /// Its process ends without a word.
    private static func dies(
        _ id: String, _ function: String, _ arguments: Int..., how: String
    ) -> Misdeed {
        Misdeed(
            id: id, function: "misdeeds.\(function)", arguments: arguments, status: "failed",
            level: "error", event: "job died", reason: "reason=\"\(how)\"", told: how)
    }

    private static let lost =
        "the job closed the descriptors it had inherited, its outcome was lost"

    static let all: [Misdeed] = [
        dies("exit", "exit_seven", how: "it exited with status 7"),
        dies("kill", "kill_itself", 9, how: "it was killed by SIGKILL (signal 9)"),
        dies("term", "kill_itself", 15, how: "it was killed by SIGTERM (signal 15)"),
        dies("segfault", "read_nowhere", how: "it was killed by SIGSEGV (signal 11)"),
        dies("close-3", "close_descriptors", 3, how: lost),
        dies("close-all", "close_descriptors", 0, how: lost),
        dies(
            "late", "swallow_alarms",
            how: "Task exceeded maximum timeout value (1 seconds); "
                + "its process ignored that and was killed"),
        raises(
            "unprintable", "raise_unprintable",
            "\"misdeeds.Unprintable: <exception str() failed>\""),
        raises("exit-3", "leave", "\"SystemExit: 3\""),
        raises("interrupt", "interrupt", "KeyboardInterrupt"),
        raises("recursion", "recurse", "\"RecursionError: maximum recursion depth exceeded\""),
        raises(
            "no-function", "no_such_function",
            "\"ValueError: Invalid attribute name: no_such_function\""),
        raises(
            "no-module", "function", "\"ValueError: Invalid attribute name: nowhere.function\"",
            module: "nowhere"),
        finishes("function", "return_a_function", value: "'Unserializable return value'"),
        finishes("wander", "wander", value: "'wandered'"),
        finishes("thread", "start_a_thread", value: "'started'"),
        finishes("again", "queue_itself_again", value: "2"),
        Misdeed(
            id: "delete", function: "misdeeds.delete_itself", arguments: [], status: "missing",
            level: "warn ", event: "outcome not kept",
            reason: "reason=\"it was deleted while it ran\"", told: ""),
        Misdeed(
            id: "cancel", function: "misdeeds.cancel_itself", arguments: [], status: "canceled",
            level: "warn ", event: "outcome not kept",
            reason: "reason=\"it was canceled while it ran\"", told: "None"),
    ]

    /// Has them all run.
    static func run() throws -> Batch {
        try Batch.run(all.map(\.id)) { script in
            try script.enqueue(
                all.flatMap { misdeed in
                    [
                        Call(
                            misdeed.id, misdeed.function,
                            list: misdeed.arguments.map { .number($0) },
                            options: misdeed.id == "late" ? ["timeout": 1] : [:]),
                        Call("good-\(misdeed.id)", "work.good"),
                    ]
                } + [Call("good-last", "work.good")])
        }
    }
}
