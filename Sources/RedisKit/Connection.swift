/// A connection to a Redis server: a non-blocking core for an event loop, and blocking calls.
///
/// Commands are answered in the order in which they were sent. Nothing is ever sent twice by
/// itself: whether a command whose answer was lost may be repeated is the caller's knowledge. The
/// one exception is a script that the server does not know (see `send(_:keys:arguments:)`).
///
/// In an event loop: watch `descriptor`, level-triggered, for reading always and for writing
/// while `wantsWrite`; when readable (or hung up) call `receive`, when writable `flush`; look at
/// `wantsWrite` again after each `send`, `flush` and `receive`.
///
/// Once a call has thrown because the connection is over, every later one throws `.closed`.
/// Not for commands that switch the answers off or the protocol over (`CLIENT REPLY`,
/// `MONITOR`, `HELLO 3`).
public final class Connection {
    private enum Phase {
        case connecting, greeting, ready, closed
    }

    /// How much one `receive` reads before it lets the event loop look elsewhere.
    private static let receiveBytes = 1024 * 1024
    private static let smallestBuffer = 64 * 1024
    /// More than a socket holds ready brings nothing.
    private static let largestBuffer = 256 * 1024
    /// How much the reader is fed at a time; see `ReplyReader.feed`.
    private static let feedBytes = 16 * 1024
    /// What TLS's complaint about bytes without TLS begins with, and no reply does.
    private static let alertByte: UInt8 = 0x15

    /// Where the connection leads.
    public let endpoint: Endpoint
    /// How many commands sent by the caller have not been answered to the caller.
    ///
    /// The handshake and messages of channels do not count; several confirmations of one command
    /// count once.
    public private(set) var unanswered = 0

    private var transport: Transport
    private var phase = Phase.connecting
    private var peerHasGone = false
    /// Whether the server has said anything.
    private var hasHeard = false
    private var greeting = OutputBuffer()
    private var greetingsAwaited = 0
    private var output = OutputBuffer()
    private let reader = ReplyReader()
    /// How much of a reply has come that is not complete yet, in bytes.
    private var unfinishedBytes = 0
    /// The most that one reply may have, in bytes; a server that sends more is given up.
    ///
    /// As much as a hash with one string as long as Redis has them, twice.
    public var longestReplyBytes = 1 << 30
    private var input: UnsafeMutableRawBufferPointer
    private var conversation = Conversation()
    /// Replies behind a place that is still empty, and that place.
    private var held = Queue<Place>()
    /// Messages that came during a blocking call.
    private var stashed = Queue<Place>()

    /// Starts to connect and returns while that goes on; looking up a host name may block.
    ///
    /// AUTH, SELECT and CLIENT SETNAME, as far as needed, go out first and together. What the
    /// caller sends waits until they are answered, so that no command can reach the wrong
    /// database or user.
    ///
    /// - Parameters:
    ///   - endpoint: where to; a master that Sentinels know must have been found (`MasterSearch`).
    ///   - name: what CLIENT LIST shows; no spaces; nil for none.
    /// - Throws: `connecting` if it failed at once; else `flush` or `receive` throw it later.
    public init(startingTo endpoint: Endpoint, name: String?) throws(RedisError) {
        self.endpoint = endpoint
        do throws(ConnectFailure) {
            transport = try Transport(connectingTo: endpoint.address, endpoint.encryption)
        } catch {
            throw .connecting(to: endpoint.description, reason: error.reason)
        }
        input = .allocate(byteCount: Self.smallestBuffer, alignment: 1)
        if endpoint.username != nil || endpoint.password != nil {
            var authentication = Command("AUTH")
            if let username = endpoint.username { authentication.append(.text(username)) }
            authentication.append(.text(endpoint.password ?? ""))
            greet(authentication)
        }
        if endpoint.database != 0 { greet(Command("SELECT", .integer(endpoint.database))) }
        if let name { greet(Command("CLIENT", "SETNAME", .text(name))) }
    }

    deinit { input.deallocate() }

    /// What an event loop watches; the same number until the connection is closed, then -1.
    public var descriptor: Int32 { transport.descriptor }

    /// Whether `flush` has something to do as soon as the descriptor is writable.
    public var wantsWrite: Bool {
        switch phase {
        case .connecting: transport.connectNeedsWrite
        case .greeting: !peerHasGone && !greeting.isEmpty
        case .ready: !peerHasGone && !output.isEmpty
        case .closed: false
        }
    }

    /// Whether it is connected and the handshake has been answered.
    public var isReady: Bool { phase == .ready }

    /// Whether the connect, with TLS's part of it, was ever done.
    private(set) var hasConnected = false

    /// Whether what was sent behind a script may have run before it.
    ///
    /// So it is when the script had to be sent again with its source. The caller sets it to false.
    public var hasReordered = false

    /// Whether it is over.
    public var isClosed: Bool { phase == .closed }

    /// Queues a command; `flush` writes it.
    ///
    /// Does nothing once the connection is closed.
    ///
    /// - Parameter command: what to send.
    public func send(_ command: Command) {
        guard phase != .closed else { return }
        command.encode(into: &output.bytes)
        conversation.sent(command)
        unanswered += 1
    }

    /// Queues the run of a script by its hash; `flush` writes it.
    ///
    /// If the server answers NOSCRIPT, the connection sends the source itself, and the caller
    /// sees only the answer to that, at the place of the first one: later replies wait for it.
    /// Commands sent behind the script may then run before it; inside MULTI the answer is part
    /// of EXEC's, and there is no second try. Does nothing once the connection is closed.
    ///
    /// - Parameters:
    ///   - script: what to run.
    ///   - keys: what the script sees as `KEYS`.
    ///   - arguments: what the script sees as `ARGV`.
    public func send(
        _ script: Script, keys: [Command.Argument], arguments: [Command.Argument] = []
    ) {
        guard phase != .closed else { return }
        let call = ScriptCall(script: script, keys: keys, arguments: arguments)
        call.encode(into: &output.bytes)
        conversation.sent(.script(call))
        unanswered += 1
    }

    /// Finishes the connect when the socket is writable, then writes what fits.
    ///
    /// A server that has gone is not noticed here but by `receive`, which first hands over what
    /// the server still said.
    ///
    /// - Throws: `connecting`, `system`, `closed`.
    public func flush() throws(RedisError) {
        guard phase != .closed else { throw .closed }
        if phase == .connecting {
            guard try finishConnecting() else { return }
        }
        while wantsWrite {
            let progress =
                phase == .greeting ? greeting.write(to: transport) : output.write(to: transport)
            switch progress {
            case .moved: break
            case .blocked: return
            case .ended:
                peerHasGone = true
                output.removeAll()
            case .failed(let call, let number): throw failed(call, number)
            case .refused(let reason): throw refused(reason)
            }
        }
    }

    /// Reads what is there, up to about a megabyte, and hands over each complete reply.
    ///
    /// Replies come in the order of the commands, messages of channels as they arrive; an error
    /// reply is a reply like any other. The closure may send and may close the connection.
    /// What the connection itself has to send (the source of a script, or what waited for the
    /// handshake) is written before this returns.
    ///
    /// - Parameter each: gets a view that is valid until it returns.
    /// - Throws: `closed`, `connecting`, `protocolViolation`, `system`, and `server` if the
    ///   handshake failed or the server turned the connection away.
    public func receive(_ each: (ReplyView) -> Void) throws(RedisError) {
        while let place = stashed.popFirst() { place.reply?.view(each) }
        try read { reply, _ in reply.view(each) }
    }

    /// Ends the connection; what was queued and not flushed is lost.
    ///
    /// Closing twice is fine.
    public func close() {
        phase = .closed
        transport = .none
        unanswered = 0
    }

    /// Like `receive`, with the replies owned and explained, for the blocking calls.
    func read(
        _ deliver: (consuming Reply, Conversation.Meaning) -> Void
    ) throws(RedisError) {
        guard phase != .closed else { throw .closed }
        if phase == .connecting {
            guard try finishConnecting() else { return }
        }
        var budget = Self.receiveBytes
        while budget > 0, phase != .closed {
            switch transport.read(into: input) {
            case .moved(let count):
                try take(count, deliver)
                budget -= count
                if count < input.count { budget = 0 }
                resizeInput(after: count)
            case .blocked:
                if peerHasGone { throw ended() }
                budget = 0
            case .ended: throw ended()
            case .failed(let call, let number): throw failed(call, number)
            case .refused(let reason): throw refused(reason)
            }
        }
        if wantsWrite { try flush() }
    }

    /// Keeps a message that came during a blocking call for the next `receive`.
    func stash(_ message: consuming Reply) {
        stashed.append(Place(message, .message))
    }

    private func greet(_ command: Command) {
        command.encode(into: &greeting.bytes)
        conversation.sent(.greeting)
        greetingsAwaited += 1
    }

    private func finishConnecting() throws(RedisError) -> Bool {
        do throws(ConnectFailure) {
            guard try transport.connected() else { return false }
        } catch {
            close()
            throw .connecting(to: endpoint.description, reason: error.reason)
        }
        phase = greetingsAwaited == 0 ? .ready : .greeting
        hasConnected = true
        return true
    }

    /// Runs what has been read through the reader, in pieces that suit it.
    private func take(
        _ count: Int, _ deliver: (consuming Reply, Conversation.Meaning) -> Void
    ) throws(RedisError) {
        if !hasHeard, count > 0, input[0] == Self.alertByte {
            close()
            throw .connecting(
                to: endpoint.description,
                reason: "the server speaks TLS on this port; write rediss://")
        }
        hasHeard = true
        var start = 0
        while start < count, phase != .closed {
            let end = min(start + Self.feedBytes, count)
            do throws(RedisError) {
                try reader.feed(UnsafeRawBufferPointer(rebasing: input[start..<end]))
                unfinishedBytes += end - start
                while phase != .closed, let reply = try reader.next() {
                    unfinishedBytes = 0
                    try sort(reply, deliver)
                }
                guard unfinishedBytes <= longestReplyBytes else {
                    throw RedisError.protocolViolation(
                        "a reply of more than \(longestReplyBytes) bytes")
                }
            } catch {
                close()
                throw error
            }
            start = end
        }
    }

    /// Finds out what one reply is and where it goes.
    private func sort(
        _ reply: consuming Reply, _ deliver: (consuming Reply, Conversation.Meaning) -> Void
    ) throws(RedisError) {
        let meaning = reply.view { conversation.received($0) }
        switch meaning {
        case .greeting:
            if let error = reply.view({ $0.error }) {
                throw .server(error.concealing(endpoint.password))
            }
            greetingsAwaited -= 1
            if greetingsAwaited == 0 { phase = .ready }
        case .unasked:
            guard let error = reply.view({ $0.error }) else {
                throw .protocolViolation("an answer to nothing that was asked")
            }
            throw .server(error)
        case .missingScript(let call):
            let place = Place()
            held.append(place)
            call.script.eval(keys: call.keys, arguments: call.arguments)
                .encode(into: &output.bytes)
            conversation.sent(.source(place))
            hasReordered = true
        case .source(let place):
            place.reply = consume reply
            deliverHeld(deliver)
        case .reply, .confirmation, .message:
            guard held.isEmpty else {
                held.append(Place(reply, meaning))
                return
            }
            if case .reply = meaning { unanswered -= 1 }
            deliver(reply, meaning)
        }
    }

    /// Hands over what no longer waits for an earlier place.
    private func deliverHeld(_ deliver: (consuming Reply, Conversation.Meaning) -> Void) {
        while phase != .closed, let place = held.first, let reply = place.reply.take() {
            _ = held.popFirst()
            if case .reply = place.meaning { unanswered -= 1 }
            deliver(reply, place.meaning)
        }
    }

    /// A full buffer doubles up to the largest; a nearly empty one becomes small again.
    private func resizeInput(after count: Int) {
        let isFull = count == input.count && input.count < Self.largestBuffer
        let isLarge = count < Self.smallestBuffer && input.count > Self.smallestBuffer
        guard isFull || isLarge else { return }
        let size = isFull ? input.count * 2 : Self.smallestBuffer
        input.deallocate()
        input = .allocate(byteCount: size, alignment: 1)
    }

    /// The server went away.
    private func ended() -> RedisError {
        let wasReady = isReady
        close()
        // A server that expects TLS leaves at the first bytes without it.
        let mayWantTLS = !hasHeard && endpoint.isPlainTCP
        let hint = mayWantTLS ? "; if it speaks TLS on this port, write rediss://" : ""
        let reason = "the server closed the connection before it had answered\(hint)"
        return wasReady && !mayWantTLS
            ? .closed : .connecting(to: endpoint.description, reason: reason)
    }

    /// The encryption failed: often the server's answer to our certificate, once all is sent.
    private func refused(_ reason: String) -> RedisError {
        close()
        return hasHeard
            ? .protocolViolation(reason)
            : .connecting(to: endpoint.description, reason: reason)
    }

    private func failed(_ call: String, _ number: Int32) -> RedisError {
        close()
        return .system(call: call, subject: endpoint.description, errno: number)
    }
}
