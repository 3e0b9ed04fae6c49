import RQ
import Testing

struct `A list of fields` {
    @Test func `keeps order and bytes`() throws {
        let flat: [[UInt8]] = [[0xff], [0], Array("a".utf8), Array("1".utf8)]
        let fields = try FieldList(flat: flat)
        #expect(fields.flat == flat)
        #expect(fields.count == 2)
        #expect(fields["a"] == Array("1".utf8))
        #expect(fields["b"] == nil)
    }

    @Test func `takes the last of two values, as a dictionary would`() {
        var fields = FieldList()
        fields.append("a", "1")
        fields.append("a", "2")
        #expect(fields["a"] == Array("2".utf8))
    }

    @Test func `is refused when a value is missing`() {
        #expect(throws: WireError.self) { try FieldList(flat: [Array("a".utf8)]) }
    }
}

struct `A wire error` {
    @Test func `quotes a bad value short and harmless`() {
        let bytes = Array("a\"b\\\n\u{1b}ä".utf8) + [UInt8](repeating: 0x78, count: 100)
        let error = WireError(field: "timeout", expected: "seconds", found: bytes)
        let quoted = "a\\\"b\\\\\\x0a\\x1b\\xc3\\xa4" + String(repeating: "x", count: 32) + "…"
        #expect(error.found == quoted)
        #expect(error.description == "timeout: expected seconds, found \"\(quoted)\"")
    }
}

struct `A registration` {
    @Test func `adds what only rqd knows behind rq's fields`() {
        let birth = WorkerBirth(
            birth: Timestamp(microseconds: 0), queues: ["high", "low"], pid: 7, hostname: "h",
            ipAddress: "unknown", version: "3.0.0", pythonVersion: "3.11", host: "h/b/n",
            process: "7:99", registration: "r1")
        let text = birth.fields.flat.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == [
                "birth", "1970-01-01T00:00:00.000000Z",
                "last_heartbeat", "1970-01-01T00:00:00.000000Z", "queues", "high,low", "pid", "7",
                "hostname", "h", "ip_address", "unknown", "version", "3.0.0",
                "python_version", "3.11", "rqd_host", "h/b/n", "rqd_process", "7:99",
                "rqd_registration", "r1",
            ])
        let hash = WorkerHash(fields: birth.fields)
        #expect(hash.host == "h/b/n")
        #expect(hash.process == "7:99")
        #expect(hash.queues == ["high", "low"])
    }
}
