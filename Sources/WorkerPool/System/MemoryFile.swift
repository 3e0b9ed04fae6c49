import CLinux
import Glibc

/// A file in memory, by which a process hands something to a program that it executes, or a child
/// something to its parent.
///
/// Its descriptor stays open over an exec; a child that is forked keeps it only where `Fork` is told.
final class MemoryFile {
    private let memory: OwnedDescriptor
    private let name: String

    /// Makes an empty one.
    ///
    /// - Parameter name: what `/proc` shows, and errors.
    /// - Throws: `SystemCallError` when there is no memory or no descriptor.
    init(_ name: String) throws(SystemCallError) {
        let number = rqd_memfd_create("rqd-\(name)")
        guard number >= 0 else { throw .last("memfd_create", name) }
        memory = OwnedDescriptor(adopting: number)
        self.name = name
    }

    /// For whoever inherits it.
    var descriptor: Int32 { memory.number }

    /// Puts these bytes in the place of what it held.
    ///
    /// - Throws: `SystemCallError` when there is no memory.
    func write(_ bytes: some Sequence<UInt8>) throws(SystemCallError) {
        guard ftruncate(memory.number, 0) == 0 else { throw .last("ftruncate", name) }
        var rest = ArraySlice(bytes)
        var position = 0
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                pwrite(memory.number, $0.baseAddress, $0.count, off_t(position))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .last("write", name) }
            rest = rest.dropFirst(count)
            position += count
        }
    }

    /// All that it holds.
    func bytes() -> [UInt8] { Self.bytes(of: memory.number) }

    /// All that the file of a descriptor holds, from its beginning; nothing where it cannot be read.
    static func bytes(of descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = room.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += room[..<count]
        }
    }
}
