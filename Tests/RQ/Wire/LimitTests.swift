import RQ
import Testing

struct `A job's limits` {
    @Test(arguments: [
        (nil, JobTimeout.after(.seconds(180))), ("", .after(.seconds(180))),
        ("0", .after(.seconds(180))), ("180", .after(.seconds(180))), ("1", .after(.seconds(1))),
        ("-1", .never), ("-2", .never), ("1h", .after(.seconds(3600))),
        ("23m", .after(.seconds(1380))), ("2D", .after(.seconds(172_800))),
        ("10s", .after(.seconds(10))), (" 5 ", .after(.seconds(5))), ("-1h", .never),
    ])
    func `have a timeout in seconds or with a unit, or 180 seconds`(
        text: String?, expected: JobTimeout
    ) throws {
        #expect(try JobTimeout(field: text.map { Array($0.utf8) }) == expected)
    }

    @Test(arguments: [
        "soon", "1.5", "h", "1w", "1hh", "99999999999999999999", "99999999999999999d",
    ])
    func `are refused with the field's name when the timeout is garbage`(text: String) {
        let error = #expect(throws: WireError.self) {
            try JobTimeout(field: Array(text.utf8))
        }
        #expect(error?.field == "timeout")
        #expect(error?.found == text)
    }

    @Test func `write a timeout as rq does`() {
        #expect(JobTimeout.standard.bytes == Array("180".utf8))
        #expect(JobTimeout.never.bytes == Array("-1".utf8))
    }

    @Test(arguments: [
        (nil, ResultTTL.unset), ("", .unset), ("0", .discard), ("-1", .forever), ("-5", .forever),
        ("500", .keep(.seconds(500))),
    ])
    func `keep a result as rq would`(text: String?, expected: ResultTTL) throws {
        #expect(try ResultTTL(field: text.map { Array($0.utf8) }) == expected)
    }

    @Test(arguments: [
        (nil, FailureTTL.unset), ("", .unset), ("0", .discard), ("-1", .forever),
        ("31536000", FailureTTL.standard),
    ])
    func `keep a failure as rq would`(text: String?, expected: FailureTTL) throws {
        #expect(try FailureTTL(field: text.map { Array($0.utf8) }) == expected)
    }

    @Test func `refuse a garbage ttl with the field's name`() {
        let ours = #expect(throws: WireError.self) { try ResultTTL(field: Array("1h".utf8)) }
        #expect(ours?.description == "result_ttl: expected whole seconds, found \"1h\"")
        let other = #expect(throws: WireError.self) { try FailureTTL(field: Array("x".utf8)) }
        #expect(other?.field == "failure_ttl")
    }

    @Test func `count seconds as rq does`() {
        #expect(ResultTTL.standard.seconds == 500)
        #expect(ResultTTL.forever.seconds == -1)
        #expect(ResultTTL.discard.seconds == 0)
        #expect(ResultTTL.unset.seconds == nil)
        #expect(FailureTTL.standard.seconds == 31_536_000)
        #expect(FailureTTL.forever.seconds == -1)
        #expect(FailureTTL.discard.seconds == 0)
        #expect(FailureTTL.unset.seconds == nil)
    }
}
