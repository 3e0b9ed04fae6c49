import FoundationEssentials
import RQ
import Testing

struct `Packed bytes` {
    @Test func `in base64 are those of another implementation`() {
        for count in 0..<100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
            let text = Array(Data(bytes).base64EncodedString().utf8)
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test(arguments: ["A", "AA", "AAA", "A===", "====", "AA=A", "AA\n=", "A-_A", "AAAA=", "ÄAA"])
    func `in broken base64 are refused`(text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }

    @Test(arguments: [0, 1, 100, 4096, 300_000])
    func `inflate to what was deflated`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
        let packed = Zlib.deflate(bytes)
        #expect(Array(packed.prefix(2)) == [0x78, 0x9c])
        #expect(try Zlib.inflate(packed, limitBytes: count) == bytes)
        #expect(try Zlib.inflate(packed + [1, 2, 3], limitBytes: .max) == bytes)
        let start = try Zlib.start(of: packed, limitBytes: 64)
        #expect(start == Array(bytes.prefix(64)))
    }

    @Test func `inflate to no more than allowed`() {
        let packed = Zlib.deflate([UInt8](repeating: 7, count: 10_000))
        #expect(throws: Zlib.Failure.larger(thanBytes: 9_999)) {
            try Zlib.inflate(packed, limitBytes: 9_999)
        }
    }

    @Test func `are refused when the stream is damaged or cut`() {
        let packed = Zlib.deflate(Array("a job's data, long enough to be cut".utf8))
        for count in 0..<packed.count {
            #expect(throws: Zlib.Failure.truncated) {
                try Zlib.inflate(Array(packed.prefix(count)), limitBytes: 1000)
            }
        }
        var damaged = packed
        damaged[damaged.count - 1] ^= 1
        #expect(throws: Zlib.Failure.corrupt) { try Zlib.inflate(damaged, limitBytes: 1000) }
        #expect(throws: Zlib.Failure.corrupt) {
            try Zlib.inflate(Array("no stream".utf8), limitBytes: 1000)
        }
    }
}

struct `A function's name` {
    @Test(
        arguments: [
            ([], nil), ([0x80], nil), ([0x80, 0x05], nil), ([0x80, 0x05, 0x95], nil),
            ([0x80, 0x05, 0x28], nil), ([0x80, 0x05, 0x28, 0x8c], nil),
            ([0x80, 0x05, 0x28, 0x8c, 5, 0x61], nil), ([0x80, 0x05, 0x28, 0x8c, 1, 0xff], nil),
            ([0x28, 0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61], nil),
            ([0x80, 0x05, 0x28, 0x4e], nil), ([0x28, 0x56, 0x61], nil),
            ([0x28, 0x56, 0x5c, 0x75, 0x31, 0x0a], nil), ([0x28, 0x56, 0x61, 0x0a], "a"),
            (Array("[".utf8), nil), (Array("[null]".utf8), nil), (Array("{\"a\": 1}".utf8), nil),
            (Array("[\"app.send\", nu".utf8), "app.send"), (Array(" [ \"a\"]".utf8), "a"),
        ] as [([UInt8], String?)])
    func `is read from any bytes or not at all`(data: [UInt8], name: String?) throws {
        for stored in [data, Zlib.deflate(data)] {
            let fields = try FieldList(flat: [Array("data".utf8), stored])
            #expect(JobHash(fields: fields).functionName == name)
        }
    }

    @Test func `is read from the start of a large call without inflating all of it`() throws {
        let call = Array("[\"app.send\", null, [\"".utf8) + [UInt8](repeating: 0x61, count: 1 << 22)
        // Cut in the middle: what follows the name is never looked at.
        let packed = Zlib.deflate(call)
        let fields = try FieldList(
            flat: [Array("data".utf8), Array(packed.prefix(packed.count / 2))])
        #expect(JobHash(fields: fields).functionName == "app.send")
    }
}
