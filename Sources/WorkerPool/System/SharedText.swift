import CLinux
import Glibc

/// A short text in shared memory, written by one process and read by others.
///
/// The head word holds a version and a length; behind it lie two buffers, and
/// the version's lowest bit says which of them is shown. A writer fills the
/// other one and then shows it by one store. So a reader never waits, and a
/// writer that dies half way leaves the old text whole.
///
/// A reader that finds the version moved on may have read a buffer that was
/// being filled again, and repeats. After many repeats it takes what it has:
/// only a writer that never rests can bring that about.
struct SharedText {
    /// The head word; the two buffers follow.
    let head: UnsafeMutablePointer<UInt64>
    /// The longest text that fits; longer ones are cut.
    let capacityBytes: Int

    /// How many words a text of this capacity takes.
    static func words(capacityBytes: Int) -> Int { 1 + 2 * bufferWords(capacityBytes) }

    private static func bufferWords(_ capacityBytes: Int) -> Int { (capacityBytes + 7) / 8 }

    private static let lengthBits: UInt64 = 16
    private static let lengthMask: UInt64 = (1 << lengthBits) - 1

    private func buffer(of version: UInt64) -> UnsafeMutableRawPointer {
        let words = version & 1 == 0 ? 1 : 1 + Self.bufferWords(capacityBytes)
        return UnsafeMutableRawPointer(head + words)
    }

    /// The text; invalid bytes, such as those of a character cut in two, read as U+FFFD.
    func read() -> String {
        var text = ""
        for _ in 0..<64 {
            let seen = rqd_load(head)
            let length = min(Int(seen & Self.lengthMask), capacityBytes)
            let bytes = UnsafeRawBufferPointer(
                start: buffer(of: seen >> Self.lengthBits), count: length)
            text = String(decoding: bytes, as: UTF8.self)
            rqd_fence()
            if rqd_load(head) == seen { break }
        }
        return text
    }

    /// Shows a new text, cut to the capacity.
    func write(_ text: String) {
        var text = text
        let version = (rqd_load(head) >> Self.lengthBits) &+ 1
        // The buffer is filled only after everybody can see that the other one is shown.
        rqd_fence()
        let length = text.withUTF8 { bytes in
            let length = min(bytes.count, capacityBytes)
            if length > 0, let start = bytes.baseAddress {
                memcpy(buffer(of: version), start, length)
            }
            return UInt64(length)
        }
        rqd_store(head, version << Self.lengthBits | length)
    }
}
