import CLinux
import Glibc

/// Calls that wait for their answer, on top of the non-blocking core: for the command line, for
/// tests, and for code that has nothing else to do meanwhile.
///
/// They need a connection on which nothing else is unanswered. Messages of channels that arrive
/// during a call are kept for the next `receive`. A call that times out closes the connection.
extension Connection {
    /// Connects, and waits until the handshake has been answered; asks Sentinels first where the
    /// endpoint names them.
    ///
    /// - Parameters:
    ///   - endpoint: where to.
    ///   - name: what CLIENT LIST shows; no spaces; nil for none.
    ///   - timeout: for all of it but the look-up of a host name and the Sentinels.
    /// - Throws: `connecting`, or `server` if the handshake failed.
    public convenience init(
        to endpoint: Endpoint, name: String? = nil, timeout: Duration = .seconds(5)
    ) throws(RedisError) {
        try self.init(startingTo: try MasterSearch.found(endpoint), name: name)
        let deadline = Deadline(in: timeout)
        do throws(RedisError) {
            try flush()
            while !isReady {
                try wait(deadline, doing: "the handshake")
                try flush()
                try read { message, _ in stash(message) }
            }
        } catch .timedOut {
            throw .connecting(
                to: endpoint.description, reason: silence(of: timeout))
        }
    }

    /// Why a connection did not come about in time.
    ///
    /// - Parameter timeout: how long it had.
    /// - Returns: one line; it depends on how far the connection has got.
    public func silence(of timeout: Duration) -> String {
        let isGreeted = endpoint.encryption == nil || hasConnected
        // A Redis without TLS waits for the end of what it takes for a command.
        let hint = isGreeted ? "" : " to the TLS handshake; perhaps the port is one without TLS"
        return "no answer within \(timeout)\(hint)"
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameters:
    ///   - command: what to send.
    ///   - timeout: how long to wait; nil for ever.
    ///   - read: gets a view that is valid until it returns.
    /// - Returns: what `read` returns.
    /// - Throws: `server` if the reply is an error, without calling `read`; what `read` throws;
    ///   `timedOut`, `closed`, `connecting`, `system`, `protocolViolation`.
    public func call<R>(
        _ command: Command, timeout: Duration? = .seconds(5),
        _ read: (ReplyView) throws(RedisError) -> R
    ) throws(RedisError) -> R {
        checkIdle()
        send(command)
        return try answer(timeout, doing: command.name, read)
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameters:
    ///   - command: what to send.
    ///   - timeout: how long to wait; nil for ever.
    /// - Returns: a copy of the reply.
    /// - Throws: `server` if the reply is an error, and what a connection can throw.
    @discardableResult
    public func call(
        _ command: Command, timeout: Duration? = .seconds(5)
    ) throws(RedisError) -> ReplyValue {
        try call(command, timeout: timeout) { view throws(RedisError) in view.value }
    }

    /// Runs a script and waits for its reply; sends the source if the server does not know it.
    ///
    /// - Parameters:
    ///   - script: what to run.
    ///   - keys: what the script sees as `KEYS`.
    ///   - arguments: what the script sees as `ARGV`.
    ///   - timeout: how long to wait; nil for ever.
    ///   - read: gets a view that is valid until it returns.
    /// - Returns: what `read` returns.
    /// - Throws: as for a command.
    public func call<R>(
        _ script: Script, keys: [Command.Argument], arguments: [Command.Argument] = [],
        timeout: Duration? = .seconds(5), _ read: (ReplyView) throws(RedisError) -> R
    ) throws(RedisError) -> R {
        checkIdle()
        send(script, keys: keys, arguments: arguments)
        return try answer(timeout, doing: "the script \(script.name)", read)
    }

    /// Runs a script and waits for its reply; sends the source if the server does not know it.
    ///
    /// - Parameters:
    ///   - script: what to run.
    ///   - keys: what the script sees as `KEYS`.
    ///   - arguments: what the script sees as `ARGV`.
    ///   - timeout: how long to wait; nil for ever.
    /// - Returns: a copy of the reply.
    /// - Throws: as for a command.
    @discardableResult
    public func call(
        _ script: Script, keys: [Command.Argument], arguments: [Command.Argument] = [],
        timeout: Duration? = .seconds(5)
    ) throws(RedisError) -> ReplyValue {
        try call(script, keys: keys, arguments: arguments, timeout: timeout) {
            view throws(RedisError) in view.value
        }
    }

    /// Sends commands in one go and waits for all their replies.
    ///
    /// - Parameters:
    ///   - commands: any number; nothing makes them one transaction.
    ///   - timeout: for all of them together; nil for ever.
    /// - Returns: a copy of each reply, in the order of the commands; an error is a value here.
    /// - Throws: `timedOut`, `closed`, `connecting`, `system`, `protocolViolation`.
    public func pipeline(
        _ commands: [Command], timeout: Duration? = .seconds(5)
    ) throws(RedisError) -> [ReplyValue] {
        checkIdle()
        for command in commands { send(command) }
        var replies: [ReplyValue] = []
        replies.reserveCapacity(commands.count)
        try exchange(timeout, doing: "a pipeline of \(commands.count) commands") { view in
            replies.append(view.value)
        }
        return replies
    }

    /// Waits until something arrives and hands it over: messages of channels, and replies to
    /// what was sent with `send`.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for the first; nil for ever.
    ///   - each: gets a view that is valid until it returns.
    /// - Throws: `timedOut` if nothing arrived, which leaves this connection open; else as
    ///   `receive`.
    public func receive(
        within timeout: Duration?, _ each: (ReplyView) -> Void
    ) throws(RedisError) {
        let deadline = Deadline(in: timeout)
        var count = 0
        try flush()
        while true {
            try receive { view in
                count += 1
                each(view)
            }
            guard count == 0 else { return }
            guard try isReadable(by: deadline) else {
                throw .timedOut(after: timeout ?? .zero, doing: "anything")
            }
            try flush()
        }
    }

    private func checkIdle() {
        precondition(unanswered == 0, "a blocking call needs a connection with nothing unanswered")
    }

    /// Waits for the one reply that is outstanding.
    private func answer<R>(
        _ timeout: Duration?, doing: String, _ read: (ReplyView) throws(RedisError) -> R
    ) throws(RedisError) -> R {
        var result: Result<R, RedisError>?
        try exchange(timeout, doing: doing) { view in
            do throws(RedisError) {
                if let error = view.error { throw .server(error) }
                result = .success(try read(view))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw .closed }
        return try result.get()
    }

    /// Writes and reads until nothing is unanswered.
    private func exchange(
        _ timeout: Duration?, doing: String, _ each: (ReplyView) -> Void
    ) throws(RedisError) {
        let deadline = Deadline(in: timeout)
        try flush()
        while unanswered > 0 {
            try wait(deadline, doing: doing)
            try flush()
            try read { reply, meaning in
                switch meaning {
                case .reply: reply.view(each)
                case .message: stash(reply)
                case .confirmation, .greeting, .missingScript, .source, .unasked: break
                }
            }
        }
    }

    /// Waits until the descriptor is ready; past the deadline the connection is closed.
    private func wait(_ deadline: Deadline, doing: String) throws(RedisError) {
        guard try isReadable(by: deadline) else {
            close()
            throw .timedOut(after: deadline.allowed ?? .zero, doing: doing)
        }
    }

    /// Waits until the descriptor can be read, or written while that is wanted.
    func isReadable(by deadline: Deadline) throws(RedisError) -> Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        while true {
            state.events = Int16(wantsWrite ? POLLIN | POLLOUT : POLLIN)
            let count = poll(&state, 1, deadline.pollTimeout)
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else {
                throw .system(call: "poll", subject: endpoint.description, errno: errno)
            }
        }
    }
}
