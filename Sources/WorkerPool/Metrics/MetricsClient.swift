import CLinux
import Glibc

/// One connection to the numbers' address: a question, an answer, the end.
///
/// *Master process.*
final class MetricsClient {
    private let descriptor: OwnedDescriptor
    private let numbers: () -> String
    private let hasEnded: () -> Void
    private var source: DescriptorSource?
    private var timer: TimerSource?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0

    /// Serves a connection from now on.
    ///
    /// - Parameters:
    ///   - descriptor: the connection, non-blocking.
    ///   - loop: the master's loop.
    ///   - patience: how long all of it may take.
    ///   - numbers: makes the text.
    ///   - hasEnded: called once, when the connection is over.
    /// - Throws: when the loop cannot watch it.
    init(
        _ descriptor: consuming OwnedDescriptor, loop: EventLoop, patience: Duration,
        numbers: @escaping () -> String, hasEnded: @escaping () -> Void
    ) throws(SystemCallError) {
        self.descriptor = descriptor
        self.numbers = numbers
        self.hasEnded = hasEnded
        let timer = try loop.onTimer { [weak self] in self?.finish() }
        self.timer = timer
        timer.arm(after: patience)
        do {
            source = try loop.onDescriptor(self.descriptor.number, .read) { [weak self] ready in
                self?.serve(ready)
            }
        } catch {
            timer.cancel()
            throw error
        }
    }

    /// Stops serving; the connection closes with this object.
    func end() {
        source?.cancel()
        timer?.cancel()
        source = nil
        timer = nil
    }

    private func finish() {
        guard source != nil else { return }
        end()
        hasEnded()
    }

    private func serve(_ ready: Interest) {
        if output.isEmpty {
            guard read() else { return finish() }
            output = MetricsRequest(input, isLocal: isLocal).answer(numbers)
            guard !output.isEmpty else { return }
        } else if ready.contains(.hangup) {
            return finish()
        }
        write()
    }

    /// Whether it was made to an address that only this machine has.
    private var isLocal: Bool {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress,
                getsockname(
                    descriptor.number, start.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return false }
            switch Int32(start.load(as: sockaddr.self).sa_family) {
            case AF_INET: return bytes[4] == 127
            case AF_INET6: return bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
            default: return false
            }
        }
    }

    /// Reads once; false when the client has gone.
    private func read() -> Bool {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = room.withUnsafeMutableBytes {
            Glibc.read(descriptor.number, $0.baseAddress, $0.count)
        }
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        input.append(contentsOf: room[..<count])
        return true
    }

    private func write() {
        while sent < output.count {
            let count = output.withUnsafeBytes {
                send(
                    descriptor.number, $0.baseAddress?.advanced(by: sent), $0.count - sent,
                    ControlListener.quietly)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                source?.interest = .write
                return
            } else if errno != EINTR {
                return finish()
            }
        }
        shutdown(descriptor.number, Int32(SHUT_WR))
        finish()
    }
}
