import RedisKit

/// RQ in one Redis, for Swift programs: the place from which queues, jobs and workers are had.
///
///     let client = try Client(url: "redis://localhost:6379/0")
///     let job = try Queue("default", on: client).enqueue("tasks.add", 1, 2)
///
/// Every call waits for its answer. For one thread at a time. A lost connection is not made
/// again, because whether the last call was carried out is unknown: make another client.
public final class Client {
    /// The connection; with nothing unanswered between calls.
    public let connection: Connection
    /// The keys, with their prefix.
    public let keys: Keys
    /// How arguments and results are serialised: as the workers do it.
    public let serializer: Serializer
    /// How long each answer may take.
    public var timeout = Duration.seconds(5)

    /// Uses a connection that is ready.
    ///
    /// - Parameters:
    ///   - connection: nobody else uses it from now on.
    ///   - keys: with the prefix that RQ uses there.
    ///   - serializer: the one that the workers use.
    public init(_ connection: Connection, keys: Keys = Keys(), serializer: Serializer = .pickle) {
        self.connection = connection
        self.keys = keys
        self.serializer = serializer
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - url: `redis://…`, `rediss://…` or `unix://…`, as redis-py writes it, or `sentinel://…`.
    ///   - keyPrefix: what `RQ_KEY_PREFIX` says, else `rq`.
    ///   - serializer: the one that the workers use.
    ///   - name: what CLIENT LIST shows; no spaces.
    /// - Throws: `unusable` for a wrong URL, `redis` if nobody answers.
    public convenience init(
        url: String, keyPrefix: String = "rq", serializer: Serializer = .pickle,
        name: String? = nil
    ) throws(ClientError) {
        let endpoint: Endpoint
        do { endpoint = try Endpoint(url: url) } catch { throw .unusable("url", "\(error)") }
        try self.init(endpoint, keyPrefix: keyPrefix, serializer: serializer, name: name)
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - endpoint: where to.
    ///   - keyPrefix: what `RQ_KEY_PREFIX` says, else `rq`.
    ///   - serializer: the one that the workers use.
    ///   - name: what CLIENT LIST shows; no spaces.
    /// - Throws: `redis` if nobody answers.
    public convenience init(
        _ endpoint: Endpoint, keyPrefix: String = "rq", serializer: Serializer = .pickle,
        name: String? = nil
    ) throws(ClientError) {
        let keys = try ClientError.reading { () throws(WireError) in try Keys(prefix: keyPrefix) }
        let connection = try ClientError.wrapping { () throws(RedisError) in
            try Connection(to: endpoint, name: name)
        }
        self.init(connection, keys: keys, serializer: serializer)
    }

    // Suspension.

    /// Whether the workers take no new jobs.
    ///
    /// - Throws: `redis`.
    public func isSuspended() throws(ClientError) -> Bool {
        try call(Command("EXISTS", .bytes(keys.suspended))).integer == 1
    }

    /// Lets all workers take no new jobs; running ones go on.
    ///
    /// - Parameter span: how long, in whole seconds; nil until `resume`.
    /// - Throws: `redis`; `unusable` for less than a second.
    public func suspend(for span: Duration? = nil) throws(ClientError) {
        var command = Command("SET", .bytes(keys.suspended), "1")
        if let span {
            guard span >= .seconds(1) else { throw .unusable("span", "must be a second or more") }
            command.append(contentsOf: ["EX", .integer(Int(span.components.seconds))])
        }
        try call(command)
    }

    /// Lets the workers work again.
    ///
    /// - Throws: `redis`.
    public func resume() throws(ClientError) {
        try call(Command("DEL", .bytes(keys.suspended)))
    }

    // What the other parts of the library use.

    @discardableResult
    func call(_ command: Command, within limit: Duration? = nil) throws(ClientError) -> ReplyValue {
        try ClientError.wrapping { () throws(RedisError) in
            try connection.call(command, timeout: limit ?? timeout)
        }
    }

    /// Sends commands together; an error among the replies is thrown.
    func pipeline(_ commands: [Command]) throws(ClientError) -> [ReplyValue] {
        let replies = try ClientError.wrapping { () throws(RedisError) in
            try connection.pipeline(commands, timeout: timeout)
        }
        for reply in replies {
            if let error = reply.error { throw .redis(.server(error)) }
        }
        return replies
    }

    /// Runs one of the library's scripts now.
    func run(_ script: Script, _ arguments: [Command.Argument]) throws(ClientError) -> ReplyValue {
        let nobody = WorkerIdentity(keys: keys, name: WorkerName(bytes: []))
        let request = nobody.request(script, at: .now(), arguments)
        return try ClientError.wrapping { () throws(RedisError) in
            try connection.call(
                request.script, keys: request.keys, arguments: request.arguments, timeout: timeout)
        }
    }

    /// Goes on with what a script has left, such as very many dependents, until nothing is left or
    /// somebody else goes on with it.
    func finishUnfinishedWork() throws(ClientError) {
        let holding: [Command.Argument] = [.integer(UnfinishedWork.holding.wholeSeconds)]
        var goesOn = true
        while goesOn {
            goesOn = try run(Scripts.resume, holding).array?.first?.integer == 1
        }
    }
}

extension ReplyValue {
    /// The bytes of a string; nil for other kinds.
    var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    /// The strings of an array; none for other kinds.
    var strings: [[UInt8]] { (array ?? []).compactMap(\.bytes) }

    /// The fields of an `HGETALL` or a stream entry.
    func fields() throws(ClientError) -> FieldList {
        try ClientError.reading { () throws(WireError) in try FieldList(flat: strings) }
    }
}
