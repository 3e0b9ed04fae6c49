/// The labels of a row: a pool, a queue, or a queue and a function.
struct SeriesKey: Hashable, Sendable {
    /// What each label is cut to, in bytes of UTF-8.
    static let longestLabel = 120

    /// The pool or the queue.
    let first: String
    /// The function, or "".
    let second: String

    /// For what finds no room: names are the producers' to choose, and memory is not theirs.
    static let other = SeriesKey("(other)", "(other)")

    /// Makes a key of labels as the numbers show them: without control characters, cut.
    init(_ first: String, _ second: String = "") {
        self.first = Self.label(first)
        self.second = Self.label(second)
    }

    private static func label(_ text: String) -> String {
        let isPlain = text.utf8.count <= longestLabel && text.utf8.allSatisfy { $0 >= 0x20 }
        if isPlain { return text }
        let printable = PrintableText.of(text)
        var label = String(decoding: printable.utf8.prefix(longestLabel), as: UTF8.self)
        // A character that was cut in two reads as U+FFFD, which is longer than what is left of it.
        while label.utf8.count > longestLabel { label.removeLast() }
        return label
    }

    /// The same in every process, unlike `hashValue`: FNV-1a.
    var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in first.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xff) &* 0x100_0000_01b3
        for byte in second.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
