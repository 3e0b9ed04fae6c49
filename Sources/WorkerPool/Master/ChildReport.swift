import CLinux
import Glibc

/// What a child says before it ends: a pipe that the master reads once the child is gone.
///
/// *Master process.*
final class ChildReport {
    private let reader: OwnedDescriptor
    /// Whether nobody can write to it any more, as the last `drain` has found.
    private(set) var isAtEnd = false

    /// For the event loop.
    var descriptor: Int32 { reader.number }

    /// The longest that is read, in bytes; a pipe holds it without a reader.
    static let longest = 16 * 1024

    /// Makes a pipe.
    ///
    /// - Returns: the master's end, and the one that the child inherits, open until it is released.
    /// - Throws: `SystemCallError` when there are no descriptors.
    static func pipe() throws(SystemCallError) -> (ChildReport, ChildReportWriter) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .last("pipe", "a child's report") }
        rqd_set_cloexec(ends[0], 1)
        return (ChildReport(adopting: ends[0]), ChildReportWriter(ends[1]))
    }

    /// Takes over the reading end of such a pipe.
    init(adopting reader: Int32) {
        rqd_set_nonblocking(reader)
        self.reader = OwnedDescriptor(adopting: reader)
    }

    /// What was written since the last time.
    func drain() -> [UInt8] {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: Self.longest)
        while true {
            let count = room.withUnsafeMutableBytes {
                read(reader.number, $0.baseAddress, $0.count)
            }
            guard count > 0 else {
                isAtEnd = count == 0
                return all
            }
            all += room[..<count]
        }
    }

    /// All that was written, without the newline at its end.
    func text() -> String {
        var room = [UInt8](repeating: 0, count: Self.longest)
        let count = room.withUnsafeMutableBytes { read(reader.number, $0.baseAddress, $0.count) }
        var bytes = room.prefix(max(count, 0))
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The child's end of its report.
final class ChildReportWriter {
    private let writer: OwnedDescriptor

    /// For the child to write to.
    var descriptor: Int32 { writer.number }

    fileprivate init(_ writer: Int32) { self.writer = OwnedDescriptor(adopting: writer) }
}
