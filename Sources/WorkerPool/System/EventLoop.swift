import CSystemd
import Glibc

/// The one place where a process waits: signals, descriptors and timers (sd-event).
///
/// One per process, on one thread. A handler runs to its end before the next
/// one starts, so no state needs a lock. A handler may add, change and cancel
/// any source, its own as well.
///
/// After `fork` the child makes a loop of its own and never touches its
/// parent's: the kernel's epoll instance would be shared. libsystemd refuses
/// such calls, and the deinitializer does nothing in a process that did not
/// make the loop.
final class EventLoop {
    /// libsystemd's object; nobody else holds a reference.
    private let event: OpaquePointer
    /// The process that made the loop.
    private let owner = getpid()

    /// Makes a loop with nothing to wait for.
    init() throws(SystemCallError) {
        var made: OpaquePointer?
        let result = sd_event_new(&made)
        guard result >= 0, let made else {
            throw SystemCallError(call: "sd_event_new", subject: "", errno: -result)
        }
        event = made
    }

    deinit {
        guard getpid() == owner else { return }
        sd_event_unref(event)
    }

    /// Calls the handler for each arrival of a signal, from now until the loop dies.
    ///
    /// The signal is blocked first, so that it reaches the loop only. Two
    /// arrivals of one signal that nobody took in between are one.
    func onSignal(
        _ signal: Int32, _ handler: @escaping () -> Void
    ) throws(SystemCallError) {
        try SignalMask.block(signal)
        let box = HandlerBox(handler)
        var source: OpaquePointer?
        let result = sd_event_add_signal(
            event, &source, signal,
            { _, _, box in
                HandlerBox<() -> Void>.at(box).handler(); return 0
            },
            box.unretained)
        _ = try adopt(source, box, result, "sd_event_add_signal", "signal \(signal)")
    }

    /// Calls the handler whenever the descriptor is ready for what is asked.
    ///
    /// The descriptor stays the caller's: cancel the source before closing it.
    /// `handler` is told what the descriptor is ready for; `.hangup` comes
    /// unasked. A source that is not wanted for a while has an empty interest.
    ///
    /// - Throws: `EPERM` for a regular file, which is always ready.
    func onDescriptor(
        _ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Interest) -> Void
    ) throws(SystemCallError) -> DescriptorSource {
        let box = HandlerBox(handler)
        var source: OpaquePointer?
        let result = sd_event_add_io(
            event, &source, descriptor, interest.events,
            { _, _, events, box in
                HandlerBox<(Interest) -> Void>.at(box).handler(Interest(events: events))
                return 0
            }, box.unretained)
        let handle = try adopt(source, box, result, "sd_event_add_io", "descriptor \(descriptor)")
        return DescriptorSource(handle, interest)
    }

    /// Makes a timer that is not running; arm it to have the handler called once.
    func onTimer(_ handler: @escaping () -> Void) throws(SystemCallError) -> TimerSource {
        let box = HandlerBox(handler)
        var source: OpaquePointer?
        let accuracyMicroseconds: UInt64 = 1_000
        let result = sd_event_add_time(
            event, &source, CLOCK_MONOTONIC, 0, accuracyMicroseconds,
            { _, _, box in
                HandlerBox<() -> Void>.at(box).handler(); return 0
            },
            box.unretained)
        let handle = try adopt(source, box, result, "sd_event_add_time", "monotonic")
        handle.enable(.off)
        return TimerSource(handle)
    }

    /// Calls the handler after each round in which another handler was called.
    func whenIdle(_ handler: @escaping () -> Void) throws(SystemCallError) {
        let box = HandlerBox(handler)
        var source: OpaquePointer?
        let result = sd_event_add_post(
            event, &source,
            { _, box in
                HandlerBox<() -> Void>.at(box).handler(); return 0
            },
            box.unretained)
        _ = try adopt(source, box, result, "sd_event_add_post", "")
    }

    /// Waits and calls handlers until `stop` is called.
    ///
    /// - Returns: the code that `stop` was given.
    func run() throws(SystemCallError) -> Int32 {
        let result = sd_event_loop(event)
        guard result >= 0 else {
            throw SystemCallError(call: "sd_event_loop", subject: "", errno: -result)
        }
        return result
    }

    /// Makes `run` return once the present handler is through.
    ///
    /// - Parameter code: what `run` returns, 0 or above.
    func stop(_ code: Int32) {
        precondition(code >= 0, "a negative code would read as an errno")
        let result = sd_event_exit(event, code)
        precondition(result >= 0, "a running loop can be stopped")
    }

    /// Ties the box's life to the source's and the source's to the loop's.
    private func adopt<Handler>(
        _ source: OpaquePointer?, _ box: HandlerBox<Handler>, _ result: Int32,
        _ call: String, _ subject: String
    ) throws(SystemCallError) -> SourceHandle {
        guard result >= 0, let source else {
            throw SystemCallError(call: call, subject: subject, errno: -result)
        }
        _ = Unmanaged.passRetained(box)
        sd_event_source_set_destroy_callback(source) { box in
            guard let box else { return }
            Unmanaged<AnyObject>.fromOpaque(box).release()
        }
        sd_event_source_set_floating(source, 1)
        return SourceHandle(source, loop: self)
    }
}

/// A closure on the heap, for C to point at.
private final class HandlerBox<Handler> {
    let handler: Handler

    init(_ handler: Handler) { self.handler = handler }

    /// The address to hand to C; it keeps nothing alive.
    var unretained: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// The box that C hands back; its source keeps it alive while it is called.
    static func at(_ address: UnsafeMutableRawPointer?) -> HandlerBox {
        guard let address else { preconditionFailure("each source has its box as user data") }
        return Unmanaged<HandlerBox>.fromOpaque(address).takeUnretainedValue()
    }
}
