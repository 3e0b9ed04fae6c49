import RQ
import RedisKit
import TestSupport
import Testing

struct SerializerTests {
    /// Everything plain, with the borders of each form.
    private static let values: [PlainValue] = [
        nil, true, false, 0, 255, 256, 65535, 65536, -1, 2_147_483_647, 2_147_483_648,
        -2_147_483_648, -2_147_483_649, .integer(.max), .integer(.min), 0.0, -1.5, 1e300,
        "", "é\n'\"\\ \u{1F600}\u{200b}", .string(String(repeating: "x", count: 300)),
        .bytes([]), .bytes([0, 39, 92, 255]), .bytes(Array(repeating: 7, count: 70_000)),
        [], [1, [2, [3]]], .tuple([]), .tuple([1]), .tuple([1, 2, 3, 4]),
        [:], ["a": ["b": nil], "c": .tuple([1.5])], .set([1]), .set([]),
    ]

    @Test func `Python reads what is written and describes it in the same words`() throws {
        let bench = try ClientBench()
        let value = PlainValue.list(Self.values)
        let bytes = try Serializer.pickle.bytes(of: value)
        try bench.client.connection.call(Command("SET", "v", .bytes(bytes)))
        let text = try bench.python("print(ascii(repr(pickle.loads(r.get('v')))), end='')")
        let expected = try bench.python("print(ascii(r.get('d').decode()), end='')") { redis in
            try redis.call(Command("SET", "d", .text("\(value)")))
        }
        #expect(text == expected)
    }

    @Test(arguments: 0...5)
    func `what Python pickles is read, in every protocol`(number: Int) throws {
        let bench = try ClientBench()
        let bytes = try Serializer.pickle.bytes(of: .list(Self.values))
        try bench.client.connection.call(Command("SET", "v", .bytes(bytes)))
        // Protocols below 3 write bytes and sets as calls, which is not plain data.
        let keep = number < 4 ? "not isinstance(x, (bytes, set))" : "True"
        try bench.python(
            """
            shared = [x for x in pickle.loads(r.get('v')) if \(keep)]
            r.set('p', pickle.dumps([shared, shared], \(number)))
            """)
        let kept = PlainValue.list(
            Self.values.filter { value in
                switch value {
                case .bytes, .set: number >= 4
                default: true
                }
            })
        let reply = try bench.client.connection.call(Command("GET", "p")) { $0.bytes ?? [] }
        #expect(try Serializer.pickle.value(of: reply, field: "p") == .list([kept, kept]))
    }

    @Test(arguments: [
        "cos\nsystem\n(S'true'\ntR.", "c__builtin__\nlist\n.", "(i__builtin__\nlist\n.",
        "]h\u{5}.", "(", "", "]q\u{0}h\u{0}a.", "K", "X\u{ff}\u{ff}", "t.", "0.", "]K\u{1}s.",
        "\u{8a}\u{9}123456789.", "P1\n.", "Q.", "(((((", "1.", "a.", "I12x\n.", "F1.x\n.",
    ])
    func `a pickle that is broken or names a class is an error`(text: String) {
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        #expect(throws: ClientError.self) {
            _ = try Serializer.pickle.value(of: bytes, field: "x")
        }
    }

    @Test func `a chain of a million lists is an error, not a crash`() {
        let bytes = Array(String(repeating: "](", count: 1_000_000).utf8) + Array(".".utf8)
        let nested =
            Array(String(repeating: "]", count: 1_000_000).utf8)
            + Array(String(repeating: "a", count: 999_999).utf8) + Array(".".utf8)
        for hostile in [bytes, nested] {
            #expect(throws: ClientError.self) {
                _ = try Serializer.pickle.value(of: hostile, field: "x")
            }
        }
    }

    @Test func `values that contain each other a billion times are an error`() {
        var bytes = Array("]q\u{0}".utf8)
        for level in 1...60 {
            bytes += Array("](".utf8)
            for _ in 0..<10 { bytes += [UInt8(ascii: "h"), UInt8(level - 1)] }
            bytes += [UInt8(ascii: "e"), UInt8(ascii: "q"), UInt8(level)]
        }
        bytes.append(UInt8(ascii: "."))
        #expect(throws: ClientError.self) {
            _ = try Serializer.pickle.value(of: bytes, field: "x")
        }
    }

    @Test func `JSON is byte for byte what Python writes`() throws {
        let bench = try ClientBench()
        let value: PlainValue = ["a": [1, 2.0, nil, true], "é\u{1F600}": .tuple(["x\"\n"])]
        try bench.client.connection.call(
            Command("SET", "v", .bytes(try Serializer.json.bytes(of: value))))
        let same = try bench.python(
            "print(json.dumps(json.loads(r.get('v'))).encode() == r.get('v'), end='')")
        #expect(same == "True")
    }

    @Test(arguments: [
        PlainValue.bytes([1]), .set([1]), .double(.infinity), .dictionary([.init(1, 2)]),
    ])
    func `what JSON cannot say is refused`(value: PlainValue) {
        #expect(throws: ClientError.self) { _ = try Serializer.json.bytes(of: value) }
    }
}

extension ClientBench {
    /// Sets something first.
    fileprivate func python(_ code: String, after set: (Connection) throws -> Void) throws
        -> String
    {
        try set(client.connection)
        return try python(code)
    }
}
