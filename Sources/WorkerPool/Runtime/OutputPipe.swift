import Glibc

/// What a horse or an interpreter prints, cut into lines.
///
/// *Worker process.* Reads a bounded amount at a time, so that a job that prints without end
/// cannot keep its worker from its other duties.
final class OutputPipe {
    /// Whose output it is; let go of, with its descriptors, once nothing more will come.
    private(set) var printer: AnyObject?
    private let descriptor: Int32
    /// Takes each line, without its newline; another one for each job of a horse that runs many.
    var tell: (ArraySlice<UInt8>) -> Void
    private var source: DescriptorSource?
    private var unfinished: [UInt8] = []

    /// Bytes of a line after which it is passed on without its end.
    static let longestLineBytes = 64 * 1024

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - printer: whose output; kept alive until the pipe is closed, for it owns the descriptor.
    ///   - descriptor: the reading end, which does not block.
    ///   - loop: where to wait.
    ///   - tell: takes each line, without its newline.
    /// - Throws: `SystemCallError` when the pipe cannot be watched.
    init(
        of printer: AnyObject, _ descriptor: Int32, on loop: EventLoop,
        tell: @escaping (ArraySlice<UInt8>) -> Void
    ) throws(SystemCallError) {
        self.printer = printer
        self.descriptor = descriptor
        self.tell = tell
        source = try loop.onDescriptor(descriptor, [.read]) { [weak self] _ in
            self?.readSome(atMost: 1)
        }
    }

    /// True until everybody who could write has closed it.
    var isOpen: Bool { source != nil }

    /// Reads what is there now: at an outcome, everything that the job printed before it.
    func drain() { readSome(atMost: 64) }

    /// Stops reading; an unfinished line is told as it is.
    func close() {
        source?.cancel()
        source = nil
        printer = nil
        flush()
    }

    private func readSome(atMost rounds: Int) {
        guard source != nil else { return }
        for _ in 0..<rounds {
            var result = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
                result = read(descriptor, buffer.baseAddress, buffer.count)
                count = max(0, result)
            }
            if result < 0 && (errno == EAGAIN || errno == EINTR) { return }
            guard result > 0 else { return close() }
            take(piece)
        }
    }

    private func take(_ piece: [UInt8]) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if unfinished.isEmpty {
                tell(rest[..<end])
            } else {
                unfinished += rest[..<end]
                flush()
            }
            rest = rest[(end + 1)...]
        }
        unfinished += rest
        if unfinished.count >= Self.longestLineBytes { flush() }
    }

    private func flush() {
        guard !unfinished.isEmpty else { return }
        tell(unfinished[...])
        unfinished.removeAll(keepingCapacity: true)
    }
}
