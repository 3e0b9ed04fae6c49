/// One command as the bytes that go to the server.
///
/// Shape: a RESP array of bulk strings. Arguments are encoded as they are appended, so a
/// command of any length holds one array of bytes.
///
///     var command = Command("HSET", .text(key), "state", "busy")
///     command.append("pid")
///     command.append(4213)
public struct Command: Sendable, Equatable {
    /// One argument: its bytes are what goes to the server, text as UTF-8, numbers in decimal.
    public enum Argument: Sendable, Equatable, ExpressibleByStringInterpolation,
        ExpressibleByIntegerLiteral
    {
        case text(String)
        case bytes([UInt8])
        case integer(Int)

        /// A string literal, with or without interpolations, is its UTF-8.
        public init(stringLiteral value: String) { self = .text(value) }

        /// An integer literal is its decimal digits.
        public init(integerLiteral value: Int) { self = .integer(value) }
    }

    /// The command's name as given, for example `"HSET"`; all that errors tell of a command.
    public let name: String
    /// How many words it has, the name included.
    public private(set) var count: Int
    /// The words, encoded, without the array's header.
    private var body: [UInt8] = []

    /// Makes a command.
    ///
    /// - Parameters:
    ///   - name: one word; a subcommand is the first argument.
    ///   - arguments: the words behind it.
    public init(_ name: String, _ arguments: Argument...) {
        self.init(name, arguments: arguments)
    }

    /// Makes a command.
    ///
    /// - Parameters:
    ///   - name: one word; a subcommand is the first argument.
    ///   - arguments: the words behind it.
    public init(_ name: String, arguments: [Argument]) {
        self.name = name
        count = 1
        // Room for most commands at once: growing in steps costs more than the bytes.
        body.reserveCapacity(32 + 24 * arguments.count)
        body.appendBulk(name)
        append(contentsOf: arguments)
    }

    /// Adds one word.
    ///
    /// - Parameter argument: the word.
    public mutating func append(_ argument: Argument) {
        body.append(argument)
        count += 1
    }

    /// Adds words.
    ///
    /// - Parameter arguments: the words, in their order.
    public mutating func append(contentsOf arguments: [Argument]) {
        for argument in arguments { append(argument) }
    }

    /// Appends the whole command, as the server reads it.
    ///
    /// - Parameter output: what gets the bytes.
    public func encode(into output: inout [UInt8]) {
        output.appendHeader("*", count)
        output.append(contentsOf: body)
    }
}

// RESP, the client's half: an array header and bulk strings.
extension [UInt8] {
    mutating func append(_ argument: Command.Argument) {
        switch argument {
        case .text(let text): appendBulk(text)
        case .bytes(let bytes): bytes.withUnsafeBufferPointer { appendBulk($0) }
        case .integer(let number): appendBulk(String(number))
        }
    }

    mutating func appendBulk(_ text: String) {
        var text = text
        text.withUTF8 { appendBulk($0) }
    }

    /// `*3` or `$12` and the end of the line.
    mutating func appendHeader(_ mark: Unicode.Scalar, _ number: Int) {
        append(UInt8(ascii: mark))
        if number < 10 {
            append(UInt8(ascii: "0") + UInt8(number))
        } else if number < 100 {
            append(UInt8(ascii: "0") + UInt8(number / 10))
            append(UInt8(ascii: "0") + UInt8(number % 10))
        } else {
            append(contentsOf: String(number).utf8)
        }
        appendLineEnd()
    }

    private mutating func appendBulk(_ bytes: UnsafeBufferPointer<UInt8>) {
        appendHeader("$", bytes.count)
        append(contentsOf: bytes)
        appendLineEnd()
    }

    private mutating func appendLineEnd() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
