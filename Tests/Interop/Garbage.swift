import TestSupport
import Testing

/// A case of `Scripts/garbage.py`, and what it comes to.
struct Garbage: Sendable, CustomTestStringConvertible {
    let id: String
    let status: String
    let level: String
    let event: String
    let reason: String

    var testDescription: String { id }

    private static func drop(_ id: String, _ status: String, _ reason: String) -> Garbage {
        Garbage(id: id, status: status, level: "warn ", event: "job dropped", reason: reason)
    }

    private static func fail(_ id: String, _ reason: String, status: String = "failed") -> Garbage {
        Garbage(id: id, status: status, level: "error", event: "job failed", reason: reason)
    }

    private static func finish(_ id: String) -> Garbage {
        Garbage(
            id: id, status: "finished", level: "info ", event: "job finished",
            reason: "seconds=")
    }

    private static let gone = "reason=\"its hash is missing: expired or deleted\""

    static let all: [Garbage] = [
        .drop("no-hash", "missing", gone),
        .drop("no-data", "missing", gone),
        .drop("a-list", "unreadable", "reason=\"its key is not a hash\""),
        .fail("random-bytes", "reason=\"rq.exceptions.DeserializationError, from "),
        .fail("zlib-of-garbage", "reason=\"rq.exceptions.DeserializationError, from "),
        .fail("truncated-zlib", "from _pickle.UnpicklingError: invalid load key"),
        .fail("truncated-pickle", "from _pickle.UnpicklingError: pickle data was truncated"),
        .fail("json", "reason=\"rq.exceptions.DeserializationError, from "),
        .fail("plain-json", "reason=\"rq.exceptions.DeserializationError, from "),
        .fail("not-a-call", "from TypeError: cannot unpack non-iterable int object"),
        .fail("empty-data", "from EOFError: Ran out of input"),
        .finish("unknown-status"),
        .fail(
            "created-at", "reason=\"its hash cannot be read: ValueError: time data 'yesterday'",
            status: "unreadable"),
        .fail("timeout", "reason=\"its hash cannot be read: AssertionError", status: "unreadable"),
        .fail(
            "result-ttl", "its hash cannot be read: ValueError: invalid literal for int() with",
            status: "unreadable"),
        .fail(
            "retries-left", "its hash cannot be read: ValueError: invalid literal for int() with",
            status: "unreadable"),
        .fail(
            "retry-intervals", "its hash cannot be read: json.decoder.JSONDecodeError: ",
            status: "unreadable"),
        .finish("meta"),
        .fail("origin", "its hash cannot be read: UnicodeDecodeError: ", status: "unreadable"),
    ]

    /// Has them all run.
    static func run() throws -> Batch {
        let ids = all.map(\.id)
        return try Batch.run(ids) { try $0.run("garbage", "default", Script.json(ids)) }
    }
}
