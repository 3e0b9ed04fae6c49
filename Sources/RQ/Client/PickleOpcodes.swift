extension PickleReader {
    /// Opcodes that move what is there.
    ///
    /// - Parameter opcode: the instruction.
    /// - Returns: false if it is none of these.
    /// - Throws: what is wrong with the pickle.
    mutating func stackOperation(_ opcode: UInt8) throws(Failure) -> Bool {
        switch opcode {
        case 0x80: _ = try byte()
        case 0x95: _ = try take(8)
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "q"): memo[try number(bytes: 1)] = try top()
        case UInt8(ascii: "r"): memo[try number(bytes: 4)] = try top()
        case UInt8(ascii: "p"): memo[try decimal()] = try top()
        case UInt8(ascii: "h"): try remember(try number(bytes: 1))
        case UInt8(ascii: "j"): try remember(try number(bytes: 4))
        case UInt8(ascii: "g"): try remember(try decimal())
        default: return false
        }
        return true
    }

    /// Opcodes that make a value without parts.
    ///
    /// - Parameter opcode: the instruction.
    /// - Returns: false if it is none of these.
    /// - Throws: what is wrong with the pickle.
    mutating func leaf(_ opcode: UInt8) throws(Failure) -> Bool {
        let value: PlainValue
        switch opcode {
        case UInt8(ascii: "N"): value = .none
        case 0x88: value = .bool(true)
        case 0x89: value = .bool(false)
        case UInt8(ascii: "K"): value = .integer(try number(bytes: 1))
        case UInt8(ascii: "M"): value = .integer(try number(bytes: 2))
        case UInt8(ascii: "J"): value = .integer(try long(try take(4)))
        case 0x8a: value = .integer(try long(try counted(bytes: 1)))
        case 0x8b: value = .integer(try long(try counted(bytes: 4)))
        case UInt8(ascii: "I"): value = try integerLine()
        case UInt8(ascii: "L"): value = .integer(try decimal())
        case UInt8(ascii: "G"):
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            value = .double(Double(bitPattern: bits))
        case UInt8(ascii: "F"):
            guard let number = PythonFloat.parse(Array(try line())) else {
                throw Failure(expected: "a whole pickle")
            }
            value = .double(number)
        case 0x8c: value = try text(try counted(bytes: 1))
        case UInt8(ascii: "X"): value = try text(try counted(bytes: 4))
        case 0x8d: value = try text(try counted(bytes: 8))
        case UInt8(ascii: "U"): value = try text(try counted(bytes: 1))
        case UInt8(ascii: "T"): value = try text(try counted(bytes: 4))
        case UInt8(ascii: "V"):
            guard let text = FunctionName.rawUnicodeEscape(rest) else {
                throw Failure(expected: "text in a pickle")
            }
            _ = try line()
            value = .string(text)
        case UInt8(ascii: "C"): value = .bytes(Array(try counted(bytes: 1)))
        case UInt8(ascii: "B"): value = .bytes(Array(try counted(bytes: 4)))
        case 0x8e, 0x96: value = .bytes(Array(try counted(bytes: 8)))
        default: return false
        }
        push(.leaf(value))
        return true
    }

    /// Opcodes that make a value of others.
    ///
    /// - Parameter opcode: the instruction.
    /// - Returns: false if it is none of these.
    /// - Throws: what is wrong with the pickle.
    mutating func container(_ opcode: UInt8) throws(Failure) -> Bool {
        switch opcode {
        case UInt8(ascii: "]"): push(.list)
        case UInt8(ascii: ")"): push(.tuple)
        case UInt8(ascii: "}"): push(.dictionary)
        case 0x8f: push(.set)
        case UInt8(ascii: "l"): push(.list, try popToMark())
        case UInt8(ascii: "t"): push(.tuple, try popToMark())
        case UInt8(ascii: "d"): push(.dictionary, try pairs(try popToMark()))
        case 0x91: push(.set, try popToMark())
        case 0x85, 0x86, 0x87:
            var parts: [Int] = []
            for _ in 0..<(opcode - 0x84) { parts.insert(try pop(), at: 0) }
            push(.tuple, parts)
        case UInt8(ascii: "a"):
            let element = try pop()
            try add([element])
        case UInt8(ascii: "e"), 0x90, UInt8(ascii: "u"): try add(try popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            let key = try pop()
            try add([key, value])
        default: return false
        }
        return true
    }

    /// Adds to the list, set or dictionary on top.
    private mutating func add(_ parts: [Int]) throws(Failure) {
        let place = try top()
        switch nodes[place].kind {
        case .list, .set: nodes[place].parts += parts
        case .dictionary: nodes[place].parts += try pairs(parts)
        case .leaf, .tuple: throw Failure(expected: "a pickle of plain data")
        }
    }

    private func pairs(_ places: [Int]) throws(Failure) -> [Int] {
        guard places.count.isMultiple(of: 2) else { throw Failure(expected: "a whole pickle") }
        return places
    }

    private func top() throws(Failure) -> Int {
        guard let place = stack.last else { throw Failure(expected: "a whole pickle") }
        return place
    }

    private mutating func remember(_ place: Int) throws(Failure) {
        guard let node = memo[place] else { throw Failure(expected: "a whole pickle") }
        stack.append(node)
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Failure) -> PlainValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(expected: "UTF-8 in a pickle")
        }
        return .string(text)
    }

    /// A little-endian number in two's complement; no bytes are zero.
    private func long(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        guard bytes.count <= 8 else { throw Failure(expected: "whole numbers of 64 bits") }
        let isNegative = (bytes.last ?? 0) & 0x80 != 0
        var bits = isNegative ? UInt64.max : 0
        for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
        return Int(Int64(bitPattern: bits))
    }

    private mutating func decimal() throws(Failure) -> Int {
        var digits = try line()
        if digits.last == UInt8(ascii: "L") { digits = digits.dropLast() }
        guard let number = PythonInteger.parse(digits) else {
            throw Failure(expected: "whole numbers of 64 bits")
        }
        return number
    }

    /// Protocol 0 writes `True` as `I01` and `False` as `I00`.
    private mutating func integerLine() throws(Failure) -> PlainValue {
        switch String(decoding: rest.prefix(3), as: UTF8.self) {
        case "01\n":
            _ = try line()
            return .bool(true)
        case "00\n":
            _ = try line()
            return .bool(false)
        default: return .integer(try decimal())
        }
    }
}
