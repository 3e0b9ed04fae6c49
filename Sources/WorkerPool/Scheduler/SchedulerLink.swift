import RQ
import RedisKit

/// A scheduler's connections: one for calls that wait for their answer, one on which the server
/// tells of changes.
///
/// *Scheduler process.* It has nothing to do but ask, so its calls block, for a few seconds at most.
final class SchedulerLink {
    /// What the link tells.
    enum Event {
        /// A key that a script had read has changed; nil stands for all keys.
        case changed([UInt8]?)
        /// The server's time, and when it was asked.
        case clock(Timestamp, asked: Timestamp)
        /// A script left something out; see `ReplyView.warnings`.
        case leftOut([String])
        /// It is gone; `reason` is one line.
        case down(reason: String)
    }

    /// False where the server cannot tell of changes: then the scheduler looks now and then.
    private(set) var isTold = false

    private let loop: EventLoop
    private let redis: RedisConfiguration
    private let deliver: (Event) -> Void
    private var calls: Connection?
    private var messages: Connection?
    private var source: DescriptorSource?

    /// How long a call or a connection attempt may take.
    static let callTime = Duration.seconds(3)
    private static let invalidations = "__redis__:invalidate"

    /// Makes a link; `open` connects it.
    init(loop: EventLoop, redis: RedisConfiguration, deliver: @escaping (Event) -> Void) {
        self.loop = loop
        self.redis = redis
        self.deliver = deliver
    }

    /// It asks for counts, moments and some hundred ids at a time, and never for a job's data.
    private static let longestReplyBytes = 64 << 20

    /// Whether it is connected.
    var isUp: Bool { calls != nil }

    /// Connects, and waits for that.
    ///
    /// - Throws: `RedisError`, or `SystemCallError` when the socket cannot be watched.
    func open() throws {
        do {
            let endpoint = try redis.endpoint()
            let calls = try Connection(to: endpoint, timeout: Self.callTime)
            calls.longestReplyBytes = Self.longestReplyBytes
            try listen(for: calls)
            self.calls = calls
            askTime()
        } catch {
            close()
            throw error
        }
    }

    /// Has the server tell its time; where it may not, every script uses ours.
    private func askTime() {
        guard let calls else { return }
        let asked = Timestamp.now()
        do {
            let time = try calls.call(Command("TIME"), timeout: Self.callTime) {
                Timestamp(serverTime: $0)
            }
            if let time { deliver(.clock(time, asked: asked)) }
        } catch {
            // Whoever asks next finds out whether the link is of use.
            return
        }
    }

    /// Drops the connections without a word.
    func close() {
        source?.cancel()
        source = nil
        messages?.close()
        calls?.close()
        (messages, calls) = (nil, nil)
    }

    /// Sends a call and waits for its reply.
    ///
    /// - Throws: `RedisError`; all but a refusal of this one call mean that the link is of no use.
    func call<R>(
        _ request: ScriptRequest, _ read: (ReplyView) throws(RedisError) -> R
    ) throws(RedisError) -> R {
        guard let calls else { throw .closed }
        return try calls.call(
            request.script, keys: request.keys, arguments: request.arguments,
            timeout: Self.callTime
        ) { (reply) throws(RedisError) -> R in
            let warnings = reply.warnings
            if !warnings.isEmpty { deliver(.leftOut(warnings)) }
            return try read(reply)
        }
    }

    /// Sends a command and waits for its reply.
    func call<R>(
        _ command: Command, _ read: (ReplyView) throws(RedisError) -> R
    ) throws(RedisError) -> R {
        guard let calls else { throw .closed }
        return try calls.call(command, timeout: Self.callTime, read)
    }

    /// Sends commands in one go and waits for all replies.
    func pipeline(_ commands: [Command]) throws(RedisError) -> [ReplyValue] {
        guard let calls else { throw .closed }
        return try calls.pipeline(commands, timeout: Self.callTime)
    }

    /// Has the server tell of changes; where it cannot or may not, all goes on without.
    private func listen(for calls: Connection) throws {
        isTold = false
        let messages = try Connection(to: calls.endpoint, timeout: Self.callTime)
        messages.longestReplyBytes = Self.longestReplyBytes
        let named = try messages.pipeline([Command("CLIENT", "ID")], timeout: Self.callTime)
        guard let id = named.first?.integer else { return }
        messages.send(Command("SUBSCRIBE", .text(Self.invalidations)))
        var isRefused = false
        try messages.receive(within: Self.callTime) { isRefused = $0.error != nil }
        guard !isRefused else { return }
        let tracking = Command("CLIENT", "TRACKING", "ON", "REDIRECT", .integer(id), "NOLOOP")
        let tracked = try calls.pipeline([tracking], timeout: Self.callTime)
        guard tracked.first?.error == nil else { return }
        source = try loop.onDescriptor(messages.descriptor, .read) { [weak self] _ in
            self?.hear()
        }
        self.messages = messages
        isTold = true
    }

    private func hear() {
        guard let messages else { return }
        do {
            try messages.receive { [weak self] message in
                guard message.count == 3, message[0].text == "message" else { return }
                // Without a list, the server has emptied a database.
                guard message[2].kind == .array else {
                    self?.deliver(.changed(nil))
                    return
                }
                for key in message[2] { self?.deliver(.changed(key.bytes)) }
            }
        } catch {
            close()
            deliver(.down(reason: "\(error)"))
        }
    }
}
