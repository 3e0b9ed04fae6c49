import Glibc
import Testing

@testable import WorkerPool

@Suite struct EventLoopTests {
    /// A pipe whose ends are closed with it.
    final class Pipe {
        let readEnd, writeEnd: Int32

        init() {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0, "a pipe for the test")
            (readEnd, writeEnd) = (ends[0], ends[1])
        }

        deinit {
            close(readEnd)
            close(writeEnd)
        }

        func write(_ byte: UInt8) {
            var byte = byte
            precondition(Glibc.write(writeEnd, &byte, 1) == 1, "room in the pipe")
        }

        func read() -> UInt8 {
            var byte: UInt8 = 0
            precondition(Glibc.read(readEnd, &byte, 1) == 1, "a byte in the pipe")
            return byte
        }
    }

    @Test func `stop gives run its code`() throws {
        let loop = try EventLoop()
        let timer = try loop.onTimer { loop.stop(7) }
        timer.arm(after: .zero)
        #expect(try loop.run() == 7)
    }

    @Test func `timers fire in the order of their moments, not before them`() throws {
        let loop = try EventLoop()
        var order: [String] = []
        let start = MonotonicTime.now()
        let late = try loop.onTimer {
            order.append("late")
            loop.stop(0)
        }
        let early = try loop.onTimer { order.append("early") }
        late.arm(after: .milliseconds(20))
        early.arm(after: .milliseconds(5))
        _ = try loop.run()
        #expect(order == ["early", "late"])
        #expect(MonotonicTime.now() - start >= .milliseconds(20))
    }

    @Test func `a timer fires once, and again when armed again`() throws {
        let loop = try EventLoop()
        var count = 0
        var again: TimerSource?
        let timer = try loop.onTimer {
            count += 1
            if count == 3 { loop.stop(0) } else { again?.arm(after: .milliseconds(1)) }
        }
        again = timer
        timer.arm(after: .milliseconds(1))
        _ = try loop.run()
        #expect(count == 3)
        timer.cancel()
    }

    @Test func `a disarmed timer does not fire`() throws {
        let loop = try EventLoop()
        var fired = false
        let dropped = try loop.onTimer { fired = true }
        dropped.arm(after: .milliseconds(1))
        dropped.disarm()
        let end = try loop.onTimer { loop.stop(0) }
        end.arm(after: .milliseconds(10))
        _ = try loop.run()
        #expect(!fired)
    }

    @Test func `a signal reaches its handler, and two that nobody took are one`() throws {
        let before = SignalMask.nothing.apply()
        defer { before.apply() }
        let loop = try EventLoop()
        var calls = 0
        try loop.onSignal(SIGURG) { calls += 1 }
        let end = try loop.onTimer { loop.stop(0) }
        end.arm(after: .milliseconds(5))
        // To this thread alone; another one would drop it.
        for _ in 0..<2 { pthread_kill(pthread_self(), SIGURG) }
        _ = try loop.run()
        #expect(calls == 1)
    }

    @Test func `a readable descriptor calls its handler with what it is ready for`() throws {
        let loop = try EventLoop()
        let pipe = Pipe()
        var seen: [UInt8] = []
        let source = try loop.onDescriptor(pipe.readEnd, .read) { ready in
            #expect(ready == .read)
            seen.append(pipe.read())
            if seen.count == 2 { loop.stop(0) } else { pipe.write(2) }
        }
        pipe.write(1)
        _ = try loop.run()
        #expect(seen == [1, 2])
        source.cancel()
    }

    @Test func `interest can be taken back and given again`() throws {
        let loop = try EventLoop()
        let pipe = Pipe()
        var writable = 0
        var reads = 0
        let source = try loop.onDescriptor(pipe.writeEnd, .write) { _ in writable += 1 }
        source.interest = []
        let reader = try loop.onDescriptor(pipe.readEnd, .read) { _ in
            _ = pipe.read()
            reads += 1
            if reads == 1 {
                #expect(writable == 0)
                source.interest = .write
            }
        }
        try loop.whenIdle { if writable > 0 { loop.stop(0) } }
        pipe.write(1)
        _ = try loop.run()
        #expect(reads == 1)
        source.cancel()
        reader.cancel()
    }

    @Test func `the end of the other side is a hangup`() throws {
        let loop = try EventLoop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[1])
        var ready: Interest = []
        let source = try loop.onDescriptor(ends[0], .read) {
            ready = $0
            loop.stop(0)
        }
        _ = try loop.run()
        #expect(ready.contains(.hangup))
        source.cancel()
        close(ends[0])
    }

    @Test func `a cancelled source is silent and frees its handler`() throws {
        let loop = try EventLoop()
        let pipe = Pipe()
        weak var kept: Probe?
        var source: DescriptorSource?
        do {
            let probe = Probe()
            kept = probe
            source = try loop.onDescriptor(pipe.readEnd, .read) { _ in probe.calls += 1 }
        }
        #expect(kept != nil)
        pipe.write(1)
        source?.cancel()
        #expect(kept == nil)
        let end = try loop.onTimer { loop.stop(0) }
        end.arm(after: .milliseconds(5))
        _ = try loop.run()
    }

    @Test func `a handler may cancel its own source`() throws {
        let loop = try EventLoop()
        let pipe = Pipe()
        var calls = 0
        var source: DescriptorSource?
        source = try loop.onDescriptor(pipe.writeEnd, .write) { _ in
            calls += 1
            source?.cancel()
        }
        let end = try loop.onTimer { loop.stop(0) }
        end.arm(after: .milliseconds(5))
        _ = try loop.run()
        #expect(calls == 1)
    }

    @Test func `a handle that outlives its loop does nothing`() throws {
        let probe = Probe()
        let timer: TimerSource
        do { timer = try EventLoop().onTimer { probe.calls += 1 } }
        timer.arm(after: .zero)
        timer.cancel()
        #expect(probe.calls == 0)
    }

    @Test func `the loop's end frees the handlers whose handles are gone`() throws {
        weak var kept: Probe?
        do {
            let loop = try EventLoop()
            let probe = Probe()
            kept = probe
            _ = try loop.onTimer { probe.calls += 1 }
            #expect(kept != nil)
        }
        #expect(kept == nil)
    }

    @Test func `a regular file cannot be watched`() throws {
        let file = OwnedDescriptor(adopting: open("/proc/self/exe", O_RDONLY | O_CLOEXEC))
        let number = file.number
        #expect(throws: SystemCallError.self) {
            _ = try EventLoop().onDescriptor(number, .read) { _ in }
        }
    }

    /// Something whose end can be observed.
    final class Probe {
        var calls = 0
    }
}
