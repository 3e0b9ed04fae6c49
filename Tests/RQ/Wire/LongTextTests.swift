import RedisKit
import Testing

@testable import RQ

@Suite struct LongTextTests {
    @Test func `a text that is short enough is kept`() {
        #expect(LongText.short("grün", mostBytes: 5) == "grün")
    }

    @Test func `of a long text, the beginning and the end are kept`() {
        let text = "head" + String(repeating: "-", count: 100) + "tail"
        #expect(LongText.short(text, mostBytes: 8) == "head\n… 100 bytes left out …\ntail")
    }

    @Test func `a character is not cut in two`() {
        let text = String(repeating: "ü", count: 100)
        #expect(LongText.short(text, mostBytes: 6) == "ü\n… 196 bytes left out …\nü")
    }

    @Test func `a traceback of more than a mebibyte is recorded with its beginning and end`() throws
    {
        let text = "Traceback\n" + String(repeating: "x", count: 3 << 20) + "\nValueError: end"
        let outcome = Outcome(
            kind: .failed(text: text), started: Timestamp(epochSeconds: 1),
            ended: Timestamp(epochSeconds: 2))
        let identity = WorkerIdentity(keys: try Keys(prefix: "rq"), name: "w")
        let request = identity.settle(
            "e", outcome, claimed: Timestamp(epochSeconds: 1), resultTTL: 1, workerTTL: .seconds(1))
        var written: String?
        for (name, value) in zip(request.arguments, request.arguments.dropFirst())
        where name == .bytes(Array("exc_string".utf8)) {
            guard case .bytes(let bytes) = value else { continue }
            var fields = FieldList()
            fields.append("type", "2")
            fields.append("exc_string", bytes)
            written = try ResultEntry(fields: fields).exceptionText
        }
        #expect(written?.hasPrefix("Traceback\n") == true)
        #expect(written?.hasSuffix("\nValueError: end") == true)
        #expect(written?.contains("bytes left out") == true)
        #expect((written?.utf8.count ?? 0) < (1 << 20) + 100)
    }
}
