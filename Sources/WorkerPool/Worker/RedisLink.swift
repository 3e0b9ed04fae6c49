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
        case resume
        case death
        /// A death that a birth in the same process follows.
        case renewal
        case tracking
        case script
        case address
        case clock(asked: Timestamp)
        case ping

        /// Its kind alone, for the log: what it carries is the application's.
        var word: String {
            switch self {
            case .birth: "birth"
            case .claim: "claim"
            case .settle: "outcome"
            case .handBack: "handback"
            case .heartbeat: "heartbeat"
            case .resume: "resume"
            case .death, .renewal: "death"
            case .tracking: "tracking"
            case .script: "script"
            case .address: "address"
            case .clock: "clock"
            case .ping: "ping"
            }
        }
    }

    /// What the link tells its worker.
    enum Event {
        /// Both connections answer; requests may be sent.
        case up
        /// It is gone, or never came about; with the request that it was lost over, if one was
        /// refused or not answered.
        case down(RedisTrouble, during: Request?)
        /// A reply to a request.
        case reply(Request, ReplyView)
        /// All that was sent in one write was answered, this long after that.
        case answered(Duration)
        /// The server's time, and when it was asked.
        case clock(Timestamp, asked: Timestamp)
        /// A key that a claim had read has changed, or may have.
        case woken
        /// A message on the worker's channel.
        case command([UInt8])
    }

    /// The worker's address as the server sees it; "unknown" where it does not say.
    private(set) var address = "unknown"
    /// False where the server cannot tell of a push: then the worker looks now and then.
    var isTold: Bool { deafness == nil }
    /// Why the server cannot tell of a push; nil where it can.
    private(set) var deafness: ServerError?

    private let loop: EventLoop
    private let redis: RedisConfiguration
    private let channel: [UInt8]
    private let deliver: (Event) -> Void
    private var requests: Connection?
    private var messages: Connection?
    private var sources: [DescriptorSource] = []
    private var pending: [Request] = []
    /// Where in `pending` what was written at once ends, and when that was.
    private var written: [(end: Int, at: MonotonicTime)] = []
    private var nextWritten = 0
    private var nextPending = 0
    /// Replies so far, and how many there were at the last look.
    private var answers = 0
    private var answersSeen = 0
    private var wasOwed = false
    private var connectTimer: TimerSource?
    private var silenceTimer: TimerSource?
    private var connectTime = Duration.zero
    private var timeout = Duration.zero
    private var isUp = false
    /// Looks for the master where Sentinels know it, with a timer for each of them.
    private var search: MasterSearch?
    private var searchSource: DescriptorSource?
    private var searchTimer: TimerSource?

    private static let invalidations = "__redis__:invalidate"

    /// Makes a link; `open` connects it.
    ///
    /// - Parameters:
    ///   - loop: where to wait.
    ///   - redis: the server.
    ///   - channel: the worker's command channel.
    ///   - deliver: hears what happens.
    /// - Throws: `SystemCallError` when there can be no timer.
    init(
        loop: EventLoop, redis: RedisConfiguration, channel: [UInt8],
        deliver: @escaping (Event) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.redis = redis
        self.channel = channel
        self.deliver = deliver
        connectTimer = try loop.onTimer { [weak self] in self?.connectIsLate() }
        silenceTimer = try loop.onTimer { [weak self] in self?.dropIfSilent() }
        searchTimer = try loop.onTimer { [weak self] in
            self?.goOn { (search) throws(RedisError) in
                try search.giveUp()
                return nil
            }
        }
    }

    /// Connects; `up` or `down` follows.
    func open() {
        let endpoint: Endpoint
        do throws(RedisSettingError) {
            endpoint = try redis.endpoint()
        } catch {
            return fail(.unreachable("\(error)"))
        }
        connectTime = endpoint.connectTimeout ?? redis.connectTimeout
        timeout = endpoint.timeout ?? redis.timeout
        guard let search = MasterSearch(for: endpoint) else { return connect(to: endpoint) }
        self.search = search
        goOn { (search) throws(RedisError) in
            try search.begin()
            return nil
        }
    }

    /// Takes one step of the search for the master, and connects once it is found.
    private func goOn(_ step: (MasterSearch) throws(RedisError) -> Endpoint?) {
        guard let search else { return }
        let asked = search.descriptor
        do {
            if let master = try step(search) {
                endSearch()
                return connect(to: master)
            }
            if search.descriptor != asked || searchSource == nil {
                searchSource?.cancel()
                searchSource = try loop.onDescriptor(search.descriptor, [.read]) { [weak self] _ in
                    self?.goOn { (search) throws(RedisError) in try search.proceed() }
                }
                searchTimer?.arm(after: MasterSearch.patience)
            }
            searchSource?.interest = search.wantsWrite ? [.read, .write] : [.read]
        } catch {
            fail(RedisTrouble(error))
        }
    }

    private func endSearch() {
        searchTimer?.disarm()
        searchSource?.cancel()
        searchSource = nil
        search?.end()
        search = nil
    }

    private func connect(to endpoint: Endpoint) {
        connectTimer?.arm(after: connectTime)
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
            fail(RedisTrouble(error))
        }
    }

    private func connectIsLate() {
        let words = (messages ?? requests)?.silence(of: connectTime)
        fail(.unreachable(words ?? "no answer within \(connectTime)"))
    }

    /// Drops both connections without a word to the worker.
    func close() {
        connectTimer?.disarm()
        silenceTimer?.disarm()
        endSearch()
        for source in sources { source.cancel() }
        sources = []
        requests?.close()
        messages?.close()
        (requests, messages) = (nil, nil)
        forgetPending()
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
        if pending.count > written.last?.end ?? 0 { written.append((pending.count, .now())) }
        pump(requests, sources[1])
    }

    /// Drops both connections because what they say is of no use; `down` follows.
    func drop(_ trouble: RedisTrouble, during request: Request) {
        fail(trouble, during: request)
    }

    /// Gives up a server that has been silent since the last look, though it owes an answer.
    ///
    /// A connection can be lost without a word, and a server can hang. A link on which nothing is
    /// owed asks for a sign of life.
    private func dropIfSilent() {
        let isOwed = nextPending < pending.count
        let isMute = isOwed && wasOwed && answers == answersSeen
        guard !isMute, messages?.unanswered == 0 else {
            return fail(.unreachable("no answer to a request within \(DurationText.text(timeout))"))
        }
        answersSeen = answers
        wasOwed = true
        silenceTimer?.arm(after: timeout)
        guard let messages, let source = sources.first else { return }
        messages.send(Command("PING"))
        pump(messages, source)
        guard !isOwed, let requests else { return }
        requests.send(Command("PING"))
        pending.append(.ping)
        flush()
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
            fail(RedisTrouble(error))
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
            return fail(RedisTrouble(error))
        }
        guard connection === messages, let source = sources.first else { return }
        pump(connection, source)
    }

    private func take(message: ReplyView) {
        if let id = message.integer { return introduce(id) }
        if let error = message.error { return fail(.refused(error)) }
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
        requests.send(Command("TIME"))
        pending.append(.clock(asked: .now()))
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
            return fail(RedisTrouble(error))
        }
        if connection === requests, connection.hasReordered {
            connection.hasReordered = false
            // The outcome may have pushed to a queue that the claim behind it has seen empty.
            deliver(.woken)
        }
        flush()
    }

    private func take(reply: ReplyView) {
        guard nextPending < pending.count else { return }
        let request = pending[nextPending]
        nextPending += 1
        answers += 1
        if nextWritten < written.count, written[nextWritten].end == nextPending {
            deliver(.answered(.now() - written[nextWritten].at))
            nextWritten += 1
        }
        if nextPending == pending.count { forgetPending() }
        switch request {
        case .tracking: deafness = reply.error
        case .ping: if let error = reply.error { fail(.refused(error)) }
        case .clock(let asked):
            // A server that refuses it has our time in every script instead.
            if let time = Timestamp(serverTime: reply) { deliver(.clock(time, asked: asked)) }
        case .script: break  // a server that refuses it gets the source when it asks
        case .address:
            address = Self.address(in: reply.text ?? "") ?? "unknown"
            connectTimer?.disarm()
            wasOwed = false
            silenceTimer?.arm(after: timeout)
            isUp = true
            deliver(.up)
        case .birth, .claim, .settle, .handBack, .heartbeat, .resume, .death,
            .renewal:
            if let error = reply.error, error.refusal == .elsewhere {
                return fail(.refused(error), during: request)
            }
            deliver(.reply(request, reply))
        }
    }

    private func forgetPending() {
        pending.removeAll(keepingCapacity: true)
        written.removeAll(keepingCapacity: true)
        (nextPending, nextWritten) = (0, 0)
    }

    /// The field `addr=` of `CLIENT INFO`.
    private static func address(in text: String) -> String? {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            .first { $0.hasPrefix("addr=") }.map { String($0.dropFirst(5)) }
    }

    private func fail(_ trouble: RedisTrouble, during request: Request? = nil) {
        let unanswered = nextPending < pending.count ? pending[nextPending] : nil
        close()
        deliver(.down(trouble, during: request ?? unanswered))
    }
}
