import Logging

/// A line of an interpreter's output, told apart by how it begins.
enum HostedLine: Equatable {
    /// From here on the lines are a job's.
    case begins(jobID: String)
    /// Here they end.
    case ends(jobID: String)
    /// A line of RQ's log: `<4>…`.
    case logged(Logger.Level, ArraySlice<UInt8>)
    /// What somebody has printed.
    case printed(ArraySlice<UInt8>)

    /// Reads a line.
    ///
    /// Source: sd-daemon(3), for priorities.
    ///
    /// - Parameters:
    ///   - line: without its newline.
    ///   - mark: what begins the lines that `hosted.py` adds.
    init(_ line: ArraySlice<UInt8>, mark: [UInt8]) {
        if line.starts(with: mark), let sign = line.dropFirst(mark.count).first {
            let id = Self.text(hexadecimal: line.dropFirst(mark.count + 1))
            self = sign == UInt8(ascii: "+") ? .begins(jobID: id) : .ends(jobID: id)
            return
        }
        let start = Array(line.prefix(3))
        guard start.count == 3, start[0] == UInt8(ascii: "<"), start[2] == UInt8(ascii: ">"),
            let level = Self.level(start[1])
        else {
            self = .printed(line)
            return
        }
        self = .logged(level, line.dropFirst(3))
    }

    private static func level(_ digit: UInt8) -> Logger.Level? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "2"): .critical
        case UInt8(ascii: "3"): .error
        case UInt8(ascii: "4"): .warning
        case UInt8(ascii: "5"): .notice
        case UInt8(ascii: "6"): .info
        case UInt8(ascii: "7"): .debug
        default: nil
        }
    }

    private static func text(hexadecimal digits: ArraySlice<UInt8>) -> String {
        let values = digits.map { Character(UnicodeScalar($0)).hexDigitValue ?? 0 }
        let bytes = stride(from: 0, to: values.count - 1, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
