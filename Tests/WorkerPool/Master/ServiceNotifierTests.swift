import Testing

@testable import WorkerPool

@Suite struct ServiceNotifierTests {
    /// Keeps what was sent.
    final class Mailbox {
        var messages: [String] = []
    }

    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private static func notifier(to mailbox: Mailbox) -> ServiceNotifier {
        ServiceNotifier { mailbox.messages.append($0) }
    }

    @Test func `the first line is sent at once`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.status("0/4 workers", at: Self.start)
        #expect(mailbox.messages == ["STATUS=0/4 workers"])
        #expect(notifier.nextDue == nil)
    }

    @Test func `the same line is sent once`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.status("4/4 workers", at: Self.start)
        notifier.status("4/4 workers", at: Self.start + .seconds(5))
        #expect(mailbox.messages.count == 1)
    }

    @Test func `of the lines within a second only the latest is sent, when it is over`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.status("1/4 workers", at: Self.start)
        notifier.status("2/4 workers", at: Self.start + .milliseconds(300))
        notifier.status("3/4 workers", at: Self.start + .milliseconds(600))
        #expect(mailbox.messages == ["STATUS=1/4 workers"])
        #expect(notifier.nextDue == Self.start + .seconds(1))
        notifier.due(at: Self.start + .seconds(1))
        #expect(mailbox.messages == ["STATUS=1/4 workers", "STATUS=3/4 workers"])
    }

    @Test func `readiness is told once, at once, with the line that is waiting`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.status("0/4 workers", at: Self.start)
        notifier.status("4/4 workers", at: Self.start)
        notifier.ready(at: Self.start)
        notifier.ready(at: Self.start)
        #expect(mailbox.messages == ["STATUS=0/4 workers", "READY=1\nSTATUS=4/4 workers"])
    }

    @Test func `a stop is told at once with the time that it needs`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.stopping("stopping", within: .seconds(2), at: Self.start)
        #expect(
            mailbox.messages == ["STOPPING=1\nEXTEND_TIMEOUT_USEC=2000000\nSTATUS=stopping"])
    }

    @Test func `a long stop asks for a minute at a time, again and again, to its end`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.stopping("stopping", within: .seconds(90), at: Self.start)
        #expect(notifier.nextDue == Self.start + .seconds(15))
        for seconds in stride(from: 1, through: 75, by: 1) {
            let left = Duration.seconds(90 - seconds)
            notifier.stillStopping(within: left, at: Self.start + .seconds(seconds))
        }
        let asked = mailbox.messages.map { $0.split(separator: "=").last ?? "" }
        #expect(mailbox.messages[0].contains("EXTEND_TIMEOUT_USEC=60000000\n"))
        #expect(asked.dropFirst() == ["60000000", "60000000", "45000000", "30000000", "15000000"])
    }

    @Test func `who does not stop asks for no time`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.stillStopping(within: .seconds(90), at: Self.start)
        #expect(mailbox.messages.isEmpty && notifier.nextDue == nil)
    }

    @Test func `a service that stops does not become ready any more`() {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.stopping("stopping", within: .seconds(2), at: Self.start)
        notifier.ready(at: Self.start)
        #expect(mailbox.messages.count == 1)
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `a line break cannot begin another assignment`(lineBreak: String) {
        let mailbox = Mailbox()
        var notifier = Self.notifier(to: mailbox)
        notifier.status("boom\(lineBreak)READY=1", at: Self.start)
        #expect(mailbox.messages == ["STATUS=boom READY=1"])
    }
}
