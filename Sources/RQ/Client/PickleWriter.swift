/// Writes plain data as a pickle of protocol 4, which every Python since 3.4 reads.
///
/// Source: CPython 3.11, `Lib/pickletools.py`. Frames and the memo are optional and not used.
enum PickleWriter {
    /// The pickle of a value.
    static func bytes(of value: PlainValue) -> [UInt8] {
        var output: [UInt8] = [0x80, 4]
        write(value, to: &output)
        output.append(UInt8(ascii: "."))
        return output
    }

    private static func write(_ value: PlainValue, to output: inout [UInt8]) {
        switch value {
        case .none: output.append(UInt8(ascii: "N"))
        case .bool(let flag): output.append(flag ? 0x88 : 0x89)
        case .integer(let number): write(number, to: &output)
        case .double(let number):
            output.append(UInt8(ascii: "G"))
            output += little(number.bitPattern, bytes: 8).reversed()
        case .string(let text):
            write(Array(text.utf8), short: 0x8c, medium: UInt8(ascii: "X"), long: 0x8d, &output)
        case .bytes(let bytes):
            write(bytes, short: UInt8(ascii: "C"), medium: UInt8(ascii: "B"), long: 0x8e, &output)
        case .list(let elements):
            output.append(UInt8(ascii: "]"))
            write(elements, then: UInt8(ascii: "e"), to: &output)
        case .set(let elements):
            output.append(0x8f)
            write(elements, then: 0x90, to: &output)
        case .tuple(let elements):
            guard !elements.isEmpty else { return output.append(UInt8(ascii: ")")) }
            write(elements, then: UInt8(ascii: "t"), to: &output)
        case .dictionary(let entries):
            output.append(UInt8(ascii: "}"))
            write(entries.flatMap { [$0.key, $0.value] }, then: UInt8(ascii: "u"), to: &output)
        }
    }

    /// A mark, the values, and the opcode that takes them all.
    private static func write(
        _ values: [PlainValue], then opcode: UInt8, to output: inout [UInt8]
    ) {
        guard !values.isEmpty else { return }
        output.append(UInt8(ascii: "("))
        for value in values { write(value, to: &output) }
        output.append(opcode)
    }

    private static func write(_ number: Int, to output: inout [UInt8]) {
        let bits = UInt64(bitPattern: Int64(number))
        switch number {
        case 0..<0x100:
            output += [UInt8(ascii: "K"), UInt8(number)]
        case 0..<0x10000:
            output += [UInt8(ascii: "M")] + little(bits, bytes: 2)
        case Int(Int32.min)...Int(Int32.max):
            output += [UInt8(ascii: "J")] + little(bits, bytes: 4)
        default:
            output += [0x8a, 8] + little(bits, bytes: 8)
        }
    }

    /// An opcode with a length of one, four or eight bytes, and the bytes.
    private static func write(
        _ bytes: [UInt8], short: UInt8, medium: UInt8, long: UInt8, _ output: inout [UInt8]
    ) {
        let count = UInt64(bytes.count)
        switch count {
        case ..<0x100: output += [short, UInt8(count)]
        case ..<0x1_0000_0000: output += [medium] + little(count, bytes: 4)
        default: output += [long] + little(count, bytes: 8)
        }
        output += bytes
    }

    private static func little(_ value: UInt64, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
