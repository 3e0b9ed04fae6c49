import Testing

@testable import WorkerPool

struct PrintableTextTests {
    static let shown: [(bytes: [UInt8], text: String)] = [
        (Array("plain, with a tab\there".utf8), "plain, with a tab\there"),
        (Array("Grüße, 世界, 🐎".utf8), "Grüße, 世界, 🐎"),
        (Array("\u{1B}[2J\u{1B}]0;title\u{7}".utf8), "\\x1b[2J\\x1b]0;title\\x07"),
        (Array("50 %\r100 %".utf8), "50 %\\r100 %"),
        (Array("one\ntwo".utf8), "one\\ntwo"),
        ([0x61, 0x00, 0x7F, 0x62], "a\\x00\\x7fb"),
        ([0x61, 0xFF, 0xFE, 0x62], "a\\xff\\xfeb"),
        ([0xE2, 0x82], "\\xe2\\x82"),  // the euro sign, cut short
        ([0xC0, 0xAF], "\\xc0\\xaf"),  // a slash in too many bytes
        ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),  // half of a surrogate pair
        ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),  // above the last character
        ([0xC2, 0x9B, 0x33, 0x31], "\\xc2\\x9b31"),  // a C1 control starts an escape as well
        (Array("a\u{202E}b\u{2028}c".utf8), "a\\xe2\\x80\\xaeb\\xe2\\x80\\xa8c"),
        ([], ""),
    ]

    @Test(arguments: shown)
    func `bytes that could steer a terminal become visible`(bytes: [UInt8], text: String) {
        var line: [UInt8] = []
        PrintableText.append(bytes, to: &line)
        #expect(String(decoding: line, as: UTF8.self) == text)
    }

    @Test(arguments: shown)
    func `bytes that do not lie in one piece are treated alike`(bytes: [UInt8], text: String) {
        var line: [UInt8] = []
        PrintableText.append(bytes.reversed().reversed() as ReversedBytes, to: &line)
        #expect(String(decoding: line, as: UTF8.self) == text)
    }

    private typealias ReversedBytes = ReversedCollection<ReversedCollection<[UInt8]>>

    @Test func `a text of several lines may keep its newlines`() {
        #expect(PrintableText.of("a\r\nb\u{1B}", keepingNewlines: true) == "a\\r\nb\\x1b")
    }
}
