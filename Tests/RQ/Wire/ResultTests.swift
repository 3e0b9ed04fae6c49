import RQ
import Testing

struct `A result entry` {
    @Test func `is written in rq's order`() {
        let entry = ResultEntry(
            type: .successful, workerName: "w", returnValue: Array("{}".utf8),
            executionID: "e", startedAt: Timestamp(microseconds: 1_500_000),
            endedAt: Timestamp(microseconds: 2_000_000))
        let text = entry.fields.flat.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == [
                "type", "1", "worker_name", "w", "return_value", "e30=", "execution_id", "e",
                "execution_started_at", "1.5", "execution_ended_at", "2.0",
            ])
    }

    @Test func `survives the way to the wire and back`() throws {
        let entry = ResultEntry(type: .failed, exceptionText: "Traceback: böse 🎉\n")
        #expect(try ResultEntry(fields: entry.fields) == entry)
        #expect(entry.fields["worker_name"] == [])
    }

    @Test(arguments: [
        ("type", "one"), ("return_value", "***"), ("exc_string", "AAAA"), ("exc_string", "*"),
        ("execution_started_at", "x"), ("execution_ended_at", "nan"),
    ])
    func `is refused when a field is garbage, naming it`(name: String, value: String) {
        var fields = FieldList()
        fields.append("type", "2")
        fields.append(name, value)
        let error = #expect(throws: WireError.self) { try ResultEntry(fields: fields) }
        #expect(error?.field == name)
    }

    @Test func `is refused without a type and kept with an unknown one`() throws {
        #expect(throws: WireError.self) { try ResultEntry(fields: FieldList()) }
        var fields = FieldList()
        fields.append("type", "9")
        #expect(try ResultEntry(fields: fields).type == .unknown(9))
    }

    @Test func `tells from its id when it was written`() {
        let id = Array("1795423615934-3".utf8)
        #expect(ResultEntry.writtenAt(entryID: id)?.microseconds == 1_795_423_615_934_000)
        #expect(ResultEntry.writtenAt(entryID: Array("x-1".utf8)) == nil)
        #expect(ResultEntry.writtenAt(entryID: Array("9223372036854775807-1".utf8)) == nil)
    }
}
