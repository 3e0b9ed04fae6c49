import CLinux
import Glibc

/// One connection to the control socket.
///
/// *Master process.*
final class ControlClient {
    private let descriptor: OwnedDescriptor
    private let idle: Duration
    private let desk: ControlDesk
    private let hasEnded: () -> Void
    private var source: DescriptorSource?
    private var timer: TimerSource?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var endsAfterOutput = false
    /// True while the answer to a request is still to come; nothing is read until then.
    private var isWaiting = false

    /// Serves a connection from now on.
    ///
    /// - Parameters:
    ///   - descriptor: the connection, non-blocking.
    ///   - loop: the master's loop.
    ///   - idle: how long it may be silent or leave its answer unread.
    ///   - desk: answers what is asked.
    ///   - hasEnded: called once, when the connection is over.
    /// - Throws: when the loop cannot watch it.
    init(
        _ descriptor: consuming OwnedDescriptor, loop: EventLoop, idle: Duration,
        desk: @escaping ControlDesk, hasEnded: @escaping () -> Void
    ) throws(SystemCallError) {
        self.descriptor = descriptor
        self.idle = idle
        self.desk = desk
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
        // Somebody who has hung up does not wait for an answer any more.
        if isWaiting, ready.contains(.hangup) { return finish() }
        if output.isEmpty, !isWaiting, !endsAfterOutput, ready.contains(.read) {
            guard read() else { return finish() }
            answerLines()
        } else if ready.contains(.hangup), output.isEmpty {
            return finish()
        }
        goOn()
    }

    /// Writes what there is, and waits for what comes next.
    private func goOn() {
        guard write() else { return finish() }
        if output.isEmpty, !isWaiting { answerLines() }
        if output.isEmpty, endsAfterOutput { return finish() }
        source?.interest = output.isEmpty ? (isWaiting ? [] : .read) : .write
    }

    /// Reads once; false when the client has gone.
    private func read() -> Bool {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = room.withUnsafeMutableBytes {
            Glibc.read(descriptor.number, $0.baseAddress, $0.count)
        }
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        timer?.arm(after: idle)
        input.append(contentsOf: room[..<count])
        return true
    }

    /// Answers the whole lines that were read, one after the other.
    private func answerLines() {
        while !isWaiting, let newline = input.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(input[..<newline])
            input.removeSubrange(...newline)
            answer(line)
        }
        guard input.count > ControlMessage.longestLine, !endsAfterOutput else { return }
        let reason = "a request has at most \(ControlMessage.longestLine) bytes"
        output += ControlMessage.encode(ControlMessage.reply(.usage(reason)))
        endsAfterOutput = true
    }

    private func answer(_ line: [UInt8]) {
        let command: ControlCommand
        do {
            command = try ControlMessage.command(in: line)
        } catch {
            output += ControlMessage.encode(ControlMessage.reply(error))
            return
        }
        isWaiting = true
        var isLater = false
        desk(command) { [weak self] reply in
            guard let self, source != nil else { return }
            isWaiting = false
            output += ControlMessage.encode(reply)
            timer?.arm(after: idle)
            if isLater { goOn() }
        }
        isLater = true
        if isWaiting { timer?.disarm() }
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
