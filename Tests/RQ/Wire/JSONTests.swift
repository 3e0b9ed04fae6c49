import Testing

@testable import RQ

struct `A JSON text` {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
        ("-12", .integer(-12)), ("1.5", .float(1.5)), ("1e3", .float(1000)),
        ("-0.5E-1", .float(-0.05)), ("9223372036854775808", .float(9223372036854775808)),
        ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
        ("{}", .object([:])), (#"{"a": 1, "a": 2}"#, .object(["a": .integer(2)])),
        (#""\u00e4\ud83c\udf89\n\/""#, .string("ä🎉\n/")), (#""ä🎉""#, .string("ä🎉")),
        (#""\ud83c""#, .string("\u{FFFD}")), (#""\ud83cx""#, .string("\u{FFFD}x")),
    ])
    func `is read`(text: String, value: JSON) {
        #expect(JSON(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "truee", "1 2", "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "Infinity",
        "[", "[1", "[1,]", "[,]", "]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{1:2}", "\"",
        "\"a", #""\x""#, #""\u12""#, #""\u+123""#, #""\"#, "\"\n\"", "'a'", "[1] []",
    ])
    func `is refused when it is broken`(text: String) {
        #expect(JSON(Array(text.utf8)) == nil)
    }

    @Test func `is refused when it is nested too deep, and never overflows the stack`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8)
                + Array(String(repeating: "]", count: depth).utf8)
        }
        #expect(JSON(nested(64)) != nil)
        #expect(JSON(nested(65)) == nil)
        #expect(JSON(nested(1_000_000)) == nil)
    }

    @Test func `strings are written as Python writes them`() throws {
        let strings = try Recording.of("3.0.0").strings
        #expect(strings.count > 5)
        for string in strings {
            #expect(JSON.quoted(string.text) == string.json)
            #expect(JSON(Array(string.json.utf8)) == .string(string.text))
        }
    }
}
