import CLinux
import Glibc
import Logging

/// Offers the numbers over HTTP, on the master's event loop.
///
/// Nothing here blocks or piles up: a connection carries one request, it has a deadline as a whole,
/// and there are never more than a few; the oldest makes room for a new one. Whoever asks again
/// within an instant gets the same numbers.
///
/// *Master process.*
final class MetricsListener {
    /// What is let through.
    struct Limits {
        /// How many clients may be connected at once.
        var clients = 8
        /// How long a connection may take as a whole.
        var patience: Duration = .seconds(5)
        /// For how long numbers are handed out again.
        var freshness: Duration = .milliseconds(100)
    }

    private let loop: EventLoop
    private let limits: Limits
    private let numbers: () -> String
    private let log = Logger(label: "rqd.metrics")
    private var socket: ListeningSocket?
    private var clients: [(number: Int32, client: MetricsClient)] = []
    private var latest: (text: String, at: MonotonicTime)?

    /// Listens.
    ///
    /// - Parameters:
    ///   - loop: the master's loop.
    ///   - address: where.
    ///   - limits: what is let through.
    ///   - numbers: makes the text.
    /// - Throws: when that is not possible there.
    init(
        loop: EventLoop, at address: ListenAddress, limits: Limits = Limits(),
        numbers: @escaping () -> String
    ) throws(ControlError) {
        self.loop = loop
        self.limits = limits
        self.numbers = numbers
        let socket = try address.listen()
        var path: String?
        if case .unix(let place) = address { path = place }
        do {
            self.socket = try ListeningSocket(
                socket, at: path, on: loop, failed: { [weak self] in self?.fail($0) },
                admit: { [weak self] in self?.admit($0) })
        } catch {
            throw .system(error)
        }
    }

    deinit { if socket?.isOurs == true { close() } }

    /// Stops listening and hangs up; a socket's file is gone.
    func close() {
        socket?.close()
        for (_, client) in clients { client.end() }
        clients = []
    }

    private func admit(_ descriptor: consuming OwnedDescriptor) {
        if clients.count >= limits.clients { clients.removeFirst().client.end() }
        let number = descriptor.number
        do {
            let client = try MetricsClient(
                descriptor, loop: loop, patience: limits.patience,
                numbers: { [weak self] in self?.current() ?? "" }
            ) { [weak self] in self?.clients.removeAll { $0.number == number } }
            clients.append((number, client))
        } catch {
            fail(error)
        }
    }

    private func current() -> String {
        let now = MonotonicTime.now()
        if let latest, now - latest.at < limits.freshness { return latest.text }
        let text = numbers()
        latest = (text, now)
        return text
    }

    private func fail(_ error: SystemCallError) {
        log.warning("metrics listener failed", metadata: ["error": "\(error)"])
    }
}
