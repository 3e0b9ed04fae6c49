import Glibc
import RQ
import RedisKit

/// A worker's two connections: one for requests, one on which the server speaks first.
///
/// *Worker process.* Requests are answered in order; what each was is remembered until then. The
/// second connection hears the worker's commands and, through client-side caching, that a key
/// which an empty claim had read has changed.
final class RedisLink {
    /// What a request was, for its reply.
    enum Request {
        case birth
        case claim(ExecutionID)
        case settle(ClaimedJob, Outcome)
        case handBack(ExecutionID, HandBackReason)
        case heartbeat
        case death
        case tracking
        case script
        case address

        /// Its kind alone, for the log: what it carries is the application's.
        var word: String {
            switch self {
            case .birth: "birth"
            case .claim: "claim"
            case .settle: "outcome"
            case .handBack: "handback"
            case .heartbeat: "heartbeat"
            case .death: "death"
            case .tracking: "tracking"
            case .script: "script"
            case .address: "address"
            }
        }
    }

    /// What the link tells its worker.
    enum Event {
        /// Both connections answer; requests may be sent.
        case up
        /// It is gone; `reason` is one line.
        case down(reason: String)
        /// A reply to a request.
        case reply(Request, ReplyView)
        /// A key that a claim had read has changed.
        case woken
        /// A message on the worker's channel.
        case command([UInt8])
    }

    /// The worker's address as the server sees it; "unknown" where it does not say.
    private(set) var address = "unknown"
    /// False where the server cannot tell of a push: then the worker looks now and then.
    private(set) var isTold = true

    private let loop: EventLoop
    private let endpoint: Endpoint
    private let channel: [UInt8]
    private let deliver: (Event) -> Void
    private var requests: Connection?
    private var messages: Connection?
    private var sources: [DescriptorSource] = []
    private var pending: [Request] = []
    private var nextPending = 0
    /// Replies so far, and how many there were at the last look.
    private var answers = 0
    private var answersSeen = 0
    private var wasOwed = false
    private var connectTimer: TimerSource?
    private var isUp = false

    /// How long a connection may take to be made.
    private static let connectTime = Duration.seconds(5)
    private static let invalidations = "__redis__:invalidate"

    /// Makes a link; `open` connects it.
    ///
    /// - Parameters:
    ///   - loop: where to wait.
    ///   - endpoint: the server.
    ///   - channel: the worker's command channel.
    ///   - deliver: hears what happens.
    /// - Throws: `SystemCallError` when there can be no timer.
    init(
        loop: EventLoop, endpoint: Endpoint, channel: [UInt8], deliver: @escaping (Event) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.endpoint = endpoint
        self.channel = channel
        self.deliver = deliver
        connectTimer = try loop.onTimer { [weak self] in
            self?.fail("no answer within \(Self.connectTime.components.seconds) s")
        }
    }

    /// Connects; `up` or `down` follows.
    func open() {
        connectTimer?.arm(after: Self.connectTime)
        do {
            let messages = try Connection(startingTo: endpoint, name: nil)
            let requests = try Connection(startingTo: endpoint, name: nil)
            self.messages = messages
            self.requests = requests
            sources = [
                try watch(messages) { [weak self] in self?.hear($0) },
                try watch(requests) { [weak self] in self?.answer($0) },
            ]
            messages.send(Command("CLIENT", "ID"))
            messages.send(
                Command("SUBSCRIBE", .text(Self.invalidations), .bytes(channel)))
            pump(messages, sources[0])
        } catch {
            fail("\(error)")
        }
    }

    /// Drops both connections without a word to the worker.
    func close() {
        connectTimer?.disarm()
        for source in sources { source.cancel() }
        sources = []
        requests?.close()
        messages?.close()
        (requests, messages) = (nil, nil)
        pending.removeAll(keepingCapacity: true)
        nextPending = 0
        wasOwed = false
        isUp = false
    }

    /// Queues a request; `flush` sends all that were queued in one write.
    func send(_ request: ScriptRequest, as what: Request) {
        guard let requests else { return }
        request.send(on: requests)
        pending.append(what)
    }

    /// Sends what is queued.
    func flush() {
        guard let requests, sources.count == 2 else { return }
        pump(requests, sources[1])
    }

    /// Drops both connections because what they say is of no use; `down` follows.
    func drop(reason: String) { fail(reason) }

    /// Gives up a server that has been silent since the last look, though it owes an answer.
    ///
    /// Called with each heartbeat: a connection can be lost without a word, and a server can hang.
    func dropIfSilent() {
        let isOwed = nextPending < pending.count
        if isOwed && wasOwed && answers == answersSeen { return fail("no answer to a request") }
        wasOwed = isOwed
        answersSeen = answers
    }

    private func watch(
        _ connection: Connection, _ take: @escaping (Connection) -> Void
    ) throws(SystemCallError) -> DescriptorSource {
        try loop.onDescriptor(connection.descriptor, [.read, .write]) { [weak connection] _ in
            if let connection { take(connection) }
        }
    }

    /// Writes what fits and watches for the rest.
    private func pump(_ connection: Connection, _ source: DescriptorSource) {
        do {
            try connection.flush()
            source.interest = connection.wantsWrite ? [.read, .write] : [.read]
        } catch {
            fail("\(error)")
        }
    }

    // The connection on which the server speaks first.

    private func hear(_ connection: Connection) {
        guard connection === messages, let source = sources.first else { return }
        pump(connection, source)
        guard connection === messages else { return }
        do {
            try connection.receive { [weak self] in self?.take(message: $0) }
        } catch {
            fail("\(error)")
        }
    }

    private func take(message: ReplyView) {
        if let id = message.integer { return introduce(id) }
        if let error = message.error { return fail("\(error)") }
        guard message.count == 3, message[0].text == "message" else { return }
        if message[1].text == Self.invalidations {
            deliver(.woken)
        } else if let payload = message[2].bytes {
            deliver(.command(payload))
        }
    }

    /// The first connection has an id: the second asks for its invalidations.
    private func introduce(_ id: Int) {
        guard let requests else { return }
        requests.send(Command("CLIENT", "TRACKING", "ON", "REDIRECT", .integer(id), "NOLOOP"))
        pending.append(.tracking)
        // An outcome and a claim travel together. Were the server to ask for the outcome's source
        // first, it would do the claim before it.
        requests.send(Command("SCRIPT", "LOAD", .bytes(Scripts.outcome.source)))
        pending.append(.script)
        requests.send(Command("CLIENT", "INFO"))
        pending.append(.address)
        flush()
    }

    // The connection for requests.

    private func answer(_ connection: Connection) {
        guard connection === requests, sources.count == 2 else { return }
        pump(connection, sources[1])
        guard connection === requests else { return }
        do {
            try connection.receive { [weak self] in self?.take(reply: $0) }
        } catch {
            return fail("\(error)")
        }
        flush()
    }

    private func take(reply: ReplyView) {
        guard nextPending < pending.count else { return }
        let request = pending[nextPending]
        nextPending += 1
        answers += 1
        if nextPending == pending.count {
            pending.removeAll(keepingCapacity: true)
            nextPending = 0
        }
        switch request {
        case .tracking: isTold = reply.error == nil
        case .script: break  // a server that refuses it gets the source when it asks
        case .address:
            address = Self.address(in: reply.text ?? "") ?? "unknown"
            connectTimer?.disarm()
            isUp = true
            deliver(.up)
        case .birth, .claim, .settle, .handBack, .heartbeat, .death:
            if let error = reply.error, error.isPassing { return fail("\(error)") }
            deliver(.reply(request, reply))
        }
    }

    /// The field `addr=` of `CLIENT INFO`.
    private static func address(in text: String) -> String? {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            .first { $0.hasPrefix("addr=") }.map { String($0.dropFirst(5)) }
    }

    private func fail(_ reason: String) {
        close()
        deliver(.down(reason: reason))
    }
}

extension ServerError {
    /// True for a state of the server that ends without our doing.
    var isPassing: Bool {
        switch code {
        case "LOADING", "READONLY", "MASTERDOWN", "OOM", "BUSY", "MISCONF", "NOREPLICAS",
            "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "NOPERM", "UNKILLABLE":
            true
        default: false
        }
    }
}
