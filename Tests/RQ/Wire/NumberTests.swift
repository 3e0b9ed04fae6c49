import Testing

@testable import RQ

struct `Python's numbers` {
    @Test func `are printed as Python prints them, exponents included`() throws {
        let floats = try Recording.of("3.0.0").floats
        #expect(floats.count > 200)
        for text in floats {
            let value = try #require(PythonFloat.parse(Array(text.utf8)), "\(text)")
            #expect(PythonFloat.text(value) == text)
        }
        #expect(PythonFloat.text(.nan) == "nan")
    }

    @Test(arguments: ["", "-", "1.2.3", "0x1p3", "1_0", "infinit", "1e", "e5", "one"])
    func `are refused as floats when they are none`(text: String) {
        #expect(PythonFloat.parse(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("+7", 7), (" 42\n", 42), ("007", 7),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
    func `are read as integers`(text: String, value: Int) {
        #expect(PythonInteger.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "-", "+", "--1", "1.0", "1e3", "1 2", "0x10", "１", "9223372036854775808",
    ])
    func `are refused as integers when they are none or do not fit`(text: String) {
        #expect(PythonInteger.parse(Array(text.utf8)) == nil)
    }
}
