import CSystemd
import Glibc

/// What a descriptor is waited for, and what it is ready for.
struct Interest: OptionSet, Sendable {
    let rawValue: UInt8

    /// Bytes, a connection or the end of the stream can be read.
    static let read = Interest(rawValue: 1)
    /// Bytes can be written.
    static let write = Interest(rawValue: 2)
    /// Something out of the ordinary, such as a file of the kernel's that has changed.
    static let alarm = Interest(rawValue: 8)
    /// The other side is gone or the descriptor failed; reported whether asked for or not.
    static let hangup = Interest(rawValue: 4)
}

extension Interest {
    /// The same as epoll's bits.
    var events: UInt32 {
        var events: UInt32 = 0
        if contains(.read) { events |= EPOLLIN.rawValue }
        if contains(.write) { events |= EPOLLOUT.rawValue }
        if contains(.alarm) { events |= EPOLLPRI.rawValue }
        return events
    }

    /// Reads epoll's bits.
    init(events: UInt32) {
        self = []
        if events & EPOLLIN.rawValue != 0 { insert(.read) }
        if events & EPOLLOUT.rawValue != 0 { insert(.write) }
        if events & EPOLLPRI.rawValue != 0 { insert(.alarm) }
        if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { insert(.hangup) }
    }
}

/// A descriptor that an `EventLoop` watches.
///
/// The watching goes on until `cancel` or the loop's end, whether or not
/// anybody keeps this object.
final class DescriptorSource {
    private let handle: SourceHandle

    /// What is waited for; setting it costs a system call only when it differs.
    var interest: Interest {
        didSet {
            guard interest != oldValue else { return }
            handle.setEvents(interest.events)
        }
    }

    init(_ handle: SourceHandle, _ interest: Interest) {
        self.handle = handle
        self.interest = interest
    }

    /// Ends the watching for good; the descriptor may be closed afterwards.
    func cancel() { handle.cancel() }
}

/// A timer of an `EventLoop`, running or not.
final class TimerSource {
    private let handle: SourceHandle

    init(_ handle: SourceHandle) { self.handle = handle }

    /// Has the handler called once, this long from now; an earlier appointment is dropped.
    func arm(after span: Duration) { arm(at: .now() + span) }

    /// Has the handler called once, at this moment or at once if it is past.
    func arm(at moment: MonotonicTime) {
        // Rounded up: a timer that fires early finds nothing due.
        handle.setTime(microseconds: (moment.nanoseconds / 1_000) + 1)
        handle.enable(.once)
    }

    /// Drops the appointment, if there is one.
    func disarm() { handle.enable(.off) }

    /// Ends the timer for good.
    func cancel() { handle.cancel() }
}

/// A counted reference to libsystemd's source.
final class SourceHandle {
    /// Nothing once cancelled.
    private var source: OpaquePointer?
    private weak var loop: EventLoop?
    private let owner = getpid()

    /// Takes over the caller's reference to a floating source.
    init(_ source: OpaquePointer, loop: EventLoop) {
        self.source = source
        self.loop = loop
    }

    deinit {
        guard getpid() == owner else { return }
        sd_event_source_unref(source)
    }

    /// The source while it can be changed: neither cancelled nor its loop gone.
    private var live: OpaquePointer? { loop == nil ? nil : source }

    /// Switches the source on, off, or on for one time.
    func enable(_ how: Enabling) {
        guard let live else { return }
        let result = sd_event_source_set_enabled(live, how.rawValue)
        precondition(result >= 0, "a live source can be switched")
    }

    /// Sets when a timer fires, on the monotonic clock.
    func setTime(microseconds: UInt64) {
        guard let live else { return }
        let result = sd_event_source_set_time(live, microseconds)
        precondition(result >= 0, "a live timer can be set")
    }

    /// Sets what a descriptor is waited for.
    func setEvents(_ events: UInt32) {
        guard let live else { return }
        let result = sd_event_source_set_io_events(live, events)
        precondition(result >= 0, "a live descriptor source can be changed")
    }

    /// Takes the source from the loop; its handler is freed with it.
    func cancel() {
        guard let live else { return }
        enable(.off)
        // The loop's own reference first, then ours.
        sd_event_source_set_floating(live, 0)
        sd_event_source_unref(live)
        source = nil
    }

    /// libsystemd's words for it.
    enum Enabling: Int32 {
        case off = 0
        case once = -1
    }
}
