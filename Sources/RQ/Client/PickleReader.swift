/// Reads pickles of plain data, of every protocol, and can execute nothing.
///
/// A pickle is a program for a machine with a stack. This one knows the instructions that make
/// plain values and no other: a pickle that names a class or a function is an error.
///
/// Source: CPython 3.11, `Lib/pickletools.py`.
struct PickleReader {
    /// A value under construction; its parts are places in `nodes`.
    ///
    /// Places, not references: letting go of a chain of a million references would overflow the
    /// stack.
    struct Node {
        let kind: Kind
        var parts: [Int] = []
    }

    enum Kind {
        case leaf(PlainValue)
        case list, tuple, set, dictionary
    }

    /// What is wrong, in words that follow "expected".
    struct Failure: Error {
        let expected: String
    }

    /// The most values a pickle may stand for: one value may be in many places.
    private static let valueLimit = 16_000_000
    private static let depthLimit = 250

    var rest: ArraySlice<UInt8>
    var nodes: [Node] = []
    var stack: [Int] = []
    var marks: [Int] = []
    var memo: [Int: Int] = [:]

    /// The value of a whole pickle.
    ///
    /// - Parameters:
    ///   - bytes: the pickle; what follows its end is ignored, as Python ignores it.
    ///   - field: what the error calls it.
    /// - Returns: the value.
    /// - Throws: `WireError` for what is broken and for what is not plain data.
    static func value(of bytes: [UInt8], field: String) throws(WireError) -> PlainValue {
        var reader = PickleReader(rest: bytes[...])
        do throws(Failure) {
            let root = try reader.run()
            var count = 0
            return try reader.value(at: root, depth: depthLimit, count: &count)
        } catch {
            throw WireError(field: field, expected: error.expected, found: bytes)
        }
    }

    private mutating func run() throws(Failure) -> Int {
        while true {
            let place = rest.startIndex
            let opcode = try byte()
            if opcode == UInt8(ascii: ".") { return try pop() }
            if try stackOperation(opcode) { continue }
            if try leaf(opcode) { continue }
            if try container(opcode) { continue }
            throw Failure(
                expected: "a pickle of plain data (opcode \(opcode) at \(place) is none)")
        }
    }

    /// Copies what was built into a value; a list that contains itself has none.
    private func value(
        at place: Int, depth: Int, count: inout Int
    ) throws(Failure) -> PlainValue {
        count += 1
        guard depth > 0, count <= Self.valueLimit else {
            throw Failure(expected: "a pickle of reasonable depth and size")
        }
        let node = nodes[place]
        var parts: [PlainValue] = []
        for part in node.parts {
            parts.append(try value(at: part, depth: depth - 1, count: &count))
        }
        switch node.kind {
        case .leaf(let value): return value
        case .list: return .list(parts)
        case .tuple: return .tuple(parts)
        case .set: return .set(parts)
        case .dictionary:
            return .dictionary(
                stride(from: 0, to: parts.count - 1, by: 2).map {
                    PlainValue.Entry(parts[$0], parts[$0 + 1])
                })
        }
    }

    // What the opcodes use.

    mutating func push(_ kind: Kind, _ parts: [Int] = []) {
        stack.append(nodes.count)
        nodes.append(Node(kind: kind, parts: parts))
    }

    mutating func pop() throws(Failure) -> Int {
        guard stack.count > (marks.last ?? 0), let place = stack.popLast() else {
            throw Failure(expected: "a whole pickle")
        }
        return place
    }

    /// Everything since the last mark.
    mutating func popToMark() throws(Failure) -> [Int] {
        guard let mark = marks.popLast(), mark <= stack.count else {
            throw Failure(expected: "a whole pickle")
        }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    mutating func byte() throws(Failure) -> UInt8 {
        guard let byte = rest.popFirst() else { throw Failure(expected: "a whole pickle") }
        return byte
    }

    mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw Failure(expected: "a whole pickle") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A little-endian number without sign.
    mutating func number(bytes: Int) throws(Failure) -> Int {
        let value = try take(bytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: value) else { throw Failure(expected: "a whole pickle") }
        return number
    }

    /// A length of so many bytes, and what it counts.
    mutating func counted(bytes: Int) throws(Failure) -> ArraySlice<UInt8> {
        try take(try number(bytes: bytes))
    }

    /// The text up to the end of the line.
    mutating func line() throws(Failure) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw Failure(expected: "a whole pickle")
        }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}
