import RedisKit
import TestSupport
import Testing

/// Bytes into replies, without a socket.
@Suite struct ReplyReaderTests {
    static let everything: [(String, ReplyValue)] = [
        ("+OK\r\n", .status("OK")),
        ("-ERR no\r\n", .error(ServerError(message: "ERR no"))),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("$0\r\n\r\n", .string([])),
        ("$4\r\n\r\n\0\n\r\n", .string([13, 10, 0, 10])),
        ("*0\r\n", .array([])),
        (
            "*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n-E x\r\n",
            .array([
                .string([97]), .array([.integer(1), .null]),
                .error(ServerError(message: "E x")),
            ])
        ),
    ]

    @Test(arguments: everything)
    func `a reply is read wherever its bytes are cut`(text: String, expected: ReplyValue) throws {
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            let reader = Feeder()
            try reader.feed(Array(bytes[..<cut]))
            #expect(try reader.next() == nil)
            try reader.feed(Array(bytes[cut...]) + bytes)
            #expect(try reader.next() == expected)
            #expect(try reader.next() == expected)
            #expect(try reader.next() == nil)
        }
    }

    @Test(arguments: [
        "?\r\n", "*1\r\n!3\r\n", "$abc\r\n", ":12a\r\n", "GET / HTTP/1.1\r\n", "$-2\r\n",
    ])
    func `what is no RESP is a violation, now and later`(text: String) throws {
        let reader = Feeder()
        try reader.feed(Array("+OK\r\n\(text)".utf8))
        #expect(try reader.next() == .status("OK"))
        for _ in 0..<2 {
            let error = #expect(throws: RedisError.self) { try reader.next() }
            guard case .protocolViolation = error else {
                Issue.record("not a protocol violation: \(String(describing: error))")
                return
            }
        }
    }

    @Test func `arrays nest eight deep and not nine`() throws {
        let reader = Feeder()
        try reader.feed(Array((String(repeating: "*1\r\n", count: 8) + ":1\r\n").utf8))
        #expect(try reader.next() != nil)
        try reader.feed(Array((String(repeating: "*1\r\n", count: 9) + ":1\r\n").utf8))
        #expect(throws: RedisError.self) { try reader.next() }
    }

    @Test(arguments: ["*16777217\r\n", "*2\r\n:1\r\n*2147483647\r\n"])
    func `an array longer than any is refused before room for it is made`(text: String) throws {
        let reader = Feeder()
        try reader.feed(Array(text.utf8))
        let expected = RedisError.protocolViolation(
            "no memory, or an array of more than 16777216 elements")
        #expect(throws: expected) { try reader.next() }
        let other = Feeder()
        try other.feed(Array("*16777216\r\n".utf8))
        #expect(try other.next() == nil)
    }

    @Test func `a view tells what it is and nothing else`() throws {
        let reader = Feeder()
        try reader.feed(Array("*4\r\n$2\r\nab\r\n:5\r\n$-1\r\n+s\r\n".utf8))
        try reader.view { view in
            #expect(view.kind == .array)
            #expect(view.count == 4)
            #expect(view.text == nil)
            #expect(view[0].text == "ab")
            #expect(view[0].bytes == [97, 98])
            #expect(view[0].withBytes { $0.count } == 2)
            #expect(view[0].integer == nil)
            #expect(view[0].isEmpty)
            #expect(view[1].integer == 5)
            #expect(view[1].bytes == nil)
            #expect(view[2].isNil)
            #expect(view[2].error == nil)
            #expect(view.map(\.kind) == [.string, .integer, .null, .status])
        }
    }

    @Test func `bytes that are not UTF-8 have no text`() throws {
        let reader = Feeder()
        try reader.feed(Array("$2\r\n".utf8) + [0xff, 0xfe, 13, 10])
        let value = try reader.next()
        #expect(value == .string([0xff, 0xfe]))
        #expect(value?.text == nil)
    }
}

/// A reader that closures can hold.
private final class Feeder {
    private let reader = ReplyReader()

    func feed(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try reader.feed($0) }
    }

    func next() throws -> ReplyValue? {
        guard let reply = try reader.next() else { return nil }
        return reply.view { $0.value }
    }

    func view(_ body: (ReplyView) -> Void) throws {
        guard let reply = try reader.next() else { throw HarnessError("no complete reply was fed") }
        reply.view(body)
    }
}
