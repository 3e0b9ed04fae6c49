import CLinux
import Glibc

/// One connection to the control socket.
///
/// *Master process.*
final class ControlClient {
    private let descriptor: OwnedDescriptor
    private let idle: Duration
    private let report: () -> StatusReport
    private let hasEnded: () -> Void
    private var source: DescriptorSource?
    private var timer: TimerSource?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var endsAfterOutput = false

    /// Serves a connection from now on.
    ///
    /// - Parameters:
    ///   - descriptor: the connection, non-blocking.
    ///   - loop: the master's loop.
    ///   - idle: how long it may be silent or leave its answer unread.
    ///   - report: makes the status when it is asked for.
    ///   - hasEnded: called once, when the connection is over.
    /// - Throws: when the loop cannot watch it.
    init(
        _ descriptor: consuming OwnedDescriptor, loop: EventLoop, idle: Duration,
        report: @escaping () -> StatusReport, hasEnded: @escaping () -> Void
    ) throws(SystemCallError) {
        self.descriptor = descriptor
        self.idle = idle
        self.report = report
        self.hasEnded = hasEnded
        let timer = try loop.onTimer { [weak self] in self?.finish() }
        self.timer = timer
        timer.arm(after: idle)
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
        if ready.contains(.write) || !output.isEmpty {
            guard write() else { return finish() }
        }
        if output.isEmpty, ready.contains(.read), !endsAfterOutput {
            guard read(), write() else { return finish() }
        } else if ready.contains(.hangup) {
            return finish()
        }
        if output.isEmpty, endsAfterOutput { return finish() }
        source?.interest = output.isEmpty ? .read : .write
    }

    /// Reads once and answers every whole line; false when the client has gone.
    private func read() -> Bool {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = room.withUnsafeMutableBytes {
            Glibc.read(descriptor.number, $0.baseAddress, $0.count)
        }
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        timer?.arm(after: idle)
        input.append(contentsOf: room[..<count])
        while let newline = input.firstIndex(of: UInt8(ascii: "\n")) {
            output.append(contentsOf: ControlMessage.answer(input[..<newline], report: report))
            input.removeSubrange(...newline)
        }
        if input.count > ControlMessage.longestLine {
            let reason = "a request has at most \(ControlMessage.longestLine) bytes"
            output.append(contentsOf: ControlMessage.encode(ControlMessage.refusal(reason)))
            endsAfterOutput = true
        }
        return true
    }

    /// Writes what the client takes; false when it has gone.
    private func write() -> Bool {
        while !output.isEmpty {
            let sent = output.withUnsafeBytes {
                send(descriptor.number, $0.baseAddress, $0.count, ControlListener.quietly)
            }
            if sent > 0 {
                output.removeFirst(sent)
                timer?.arm(after: idle)
            } else if errno == EAGAIN {
                return true
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
