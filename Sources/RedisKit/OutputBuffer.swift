/// Bytes on their way to the server.
struct OutputBuffer {
    /// Above this many bytes an emptied buffer is given back.
    private static let keptBytes = 256 * 1024

    /// Encoders append here.
    var bytes: [UInt8] = []
    private var written = 0

    var isEmpty: Bool { written == bytes.count }

    /// Writes once.
    ///
    /// - Parameter transport: where to.
    /// - Returns: how far that got.
    mutating func write(to transport: borrowing Transport) -> Transport.Progress {
        let progress = bytes.withUnsafeBytes { all in
            transport.write(UnsafeRawBufferPointer(rebasing: all[written...]))
        }
        if case .moved(let count) = progress { remove(count) }
        return progress
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
        written = 0
    }

    private mutating func remove(_ count: Int) {
        written += count
        if isEmpty {
            removeAll()
        } else if written >= Self.keptBytes, written * 2 >= bytes.count {
            bytes.removeFirst(written)
            written = 0
        }
    }
}
