import RQ

/// Reads a Python literal, as `ast.literal_eval` does: it can call nothing.
///
/// Numbers, text, bytes, tuples, lists, sets, dictionaries, booleans and None. Not read are
/// complex numbers, whole numbers beyond 64 bits and `\N{…}`.
///
/// Source: the Python language reference, 2.4 (literals) and 6.2 (displays).
struct PythonLiteral {
    /// What is wrong, and where, counted in characters from 1.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let depthLimit = 100

    let text: [Unicode.Scalar]
    var position = 0

    /// The value of a whole text.
    static func value(of text: String) throws(Failure) -> PlainValue {
        var reader = PythonLiteral(text: Array(text.unicodeScalars))
        let value = try reader.expressions(depth: depthLimit)
        reader.skipBlanks()
        guard reader.peek == nil else { throw reader.failure("expected the end") }
        return value
    }

    var peek: Unicode.Scalar? { position < text.count ? text[position] : nil }

    /// One value, or several with commas between: a tuple.
    private mutating func expressions(depth: Int) throws(Failure) -> PlainValue {
        let first = try value(depth: depth)
        skipBlanks()
        guard peek == "," else { return first }
        return .tuple(try rest(after: first, until: nil, depth: depth))
    }

    private mutating func value(depth: Int) throws(Failure) -> PlainValue {
        guard depth > 0 else { throw failure("too deeply nested") }
        skipBlanks()
        guard let next = peek else { throw failure("expected a value") }
        switch next {
        case "(": return try parenthesised(depth: depth)
        case "[":
            position += 1
            return .list(try list(until: "]", depth: depth))
        case "{": return try braced(depth: depth)
        case "'", "\"": return try strings()
        case "+", "-":
            position += 1
            return try signed(next == "-", try value(depth: depth - 1))
        case "0"..."9", ".": return try number()
        default: return try word()
        }
    }

    private mutating func parenthesised(depth: Int) throws(Failure) -> PlainValue {
        position += 1
        skipBlanks()
        if take(")") { return .tuple([]) }
        let first = try value(depth: depth - 1)
        skipBlanks()
        if take(")") { return first }
        return .tuple(try rest(after: first, until: ")", depth: depth))
    }

    private mutating func braced(depth: Int) throws(Failure) -> PlainValue {
        position += 1
        skipBlanks()
        if take("}") { return [:] }
        let first = try value(depth: depth - 1)
        skipBlanks()
        guard take(":") else {
            if take("}") { return .set([first]) }
            return .set(try rest(after: first, until: "}", depth: depth))
        }
        var entries = [PlainValue.Entry(first, try value(depth: depth - 1))]
        while true {
            skipBlanks()
            if take("}") { return .dictionary(entries) }
            try expect(",")
            skipBlanks()
            if take("}") { return .dictionary(entries) }
            let key = try value(depth: depth - 1)
            skipBlanks()
            try expect(":")
            let entry = PlainValue.Entry(key, try value(depth: depth - 1))
            // A key that comes again keeps its place and gets the later value.
            if let place = entries.firstIndex(where: { $0.key == key }) {
                entries[place] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    private mutating func list(
        until end: Unicode.Scalar, depth: Int
    ) throws(Failure) -> [PlainValue] {
        skipBlanks()
        if take(end) { return [] }
        let first = try value(depth: depth - 1)
        skipBlanks()
        if take(end) { return [first] }
        return try rest(after: first, until: end, depth: depth)
    }

    /// What follows the first value of several, from the comma on; nil ends with the text.
    private mutating func rest(
        after first: PlainValue, until end: Unicode.Scalar?, depth: Int
    ) throws(Failure) -> [PlainValue] {
        var values = [first]
        while true {
            skipBlanks()
            if let end, take(end) { return values }
            if end == nil, peek == nil { return values }
            try expect(",")
            skipBlanks()
            if let end, take(end) { return values }
            if end == nil, peek == nil { return values }
            values.append(try value(depth: depth - 1))
        }
    }

    private func signed(_ isNegative: Bool, _ value: PlainValue) throws(Failure) -> PlainValue {
        switch value {
        case .integer(let number): return .integer(isNegative ? -number : number)
        case .double(let number): return .double(isNegative ? -number : number)
        case .none, .bool, .string, .bytes, .list, .tuple, .set, .dictionary:
            throw failure("expected a number")
        }
    }

    /// None, True, False, set() and the prefixes of strings.
    private mutating func word() throws(Failure) -> PlainValue {
        let start = position
        while let next = peek, next == "_" || next.properties.isAlphabetic { position += 1 }
        let word = String(String.UnicodeScalarView(text[start..<position]))
        if peek == "'" || peek == "\"", word.count <= 2 {
            position = start
            return try strings()
        }
        switch word {
        case "None": return .none
        case "True": return .bool(true)
        case "False": return .bool(false)
        case "set" where take("(") && take(")"): return .set([])
        default:
            position = start
            throw failure("expected a literal")
        }
    }

    func failure(_ what: String) -> Failure {
        Failure(description: "\(what) at character \(position + 1)")
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(Failure) {
        guard take(scalar) else { throw failure("expected \"\(scalar)\"") }
    }

    /// Blanks, ends of lines, and comments.
    mutating func skipBlanks() {
        while let next = peek {
            if next == "#" {
                while let other = peek, other != "\n" { position += 1 }
            } else if " \t\n\r\u{c}".unicodeScalars.contains(next) {
                position += 1
            } else {
                return
            }
        }
    }
}
