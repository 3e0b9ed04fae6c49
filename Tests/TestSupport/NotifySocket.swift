/// Plays the service manager to a daemon: hears what it is told by `sd_notify`.
public final class NotifySocket {
    /// For the environment variable `NOTIFY_SOCKET`.
    public let path: String
    /// Every message so far; lines of `NAME=value`.
    public private(set) var messages: [String] = []

    private let directory: TemporaryDirectory
    private let socket: UnixSocket

    /// Opens the socket.
    ///
    /// - Throws: if the system refuses.
    public init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("notify")
        socket = try UnixSocket(receivingAt: path)
    }

    /// Waits for a message with a line that begins like this.
    ///
    /// - Parameters:
    ///   - start: for example `READY=1`.
    ///   - limit: how long it may take.
    /// - Returns: the line; one that was heard before counts.
    /// - Throws: with all that was heard, when the time is up.
    @discardableResult
    public func waitFor(_ start: String, within limit: Duration = .seconds(10)) throws -> String {
        let watch = Stopwatch()
        while true {
            if let line = line(startingWith: start) { return line }
            let left = limit - watch.elapsed
            guard left > .zero, let message = socket.receive(within: left) else {
                throw HarnessError("no \(start) within \(limit); heard: \(messages)")
            }
            messages.append(message)
        }
    }

    /// Takes in what has arrived, and tells whether a line begins like this.
    ///
    /// - Parameter start: for example `READY=1`.
    /// - Returns: true if it was heard so far.
    public func hasHeard(_ start: String) -> Bool {
        while let message = socket.receive(within: .zero) { messages.append(message) }
        return line(startingWith: start) != nil
    }

    private func line(startingWith start: String) -> String? {
        for message in messages.reversed() {
            for line in message.split(separator: "\n") where line.hasPrefix(start) {
                return String(line)
            }
        }
        return nil
    }
}
