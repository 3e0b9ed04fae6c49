/// Asks Sentinels, one after the other, where their master is.
///
/// In an event loop: `begin`, then watch `descriptor` for reading always and for writing while
/// `wantsWrite`, and call `proceed` when it is ready; call `giveUp` when the one that is asked
/// takes longer than `patience`. After each call, `descriptor` may be another. The Sentinel that
/// knew the answer is asked first the next time.
public final class MasterSearch {
    /// How long one Sentinel may take.
    public static let patience = Duration.seconds(1)

    private let endpoint: Endpoint
    private let group: SentinelGroup
    private var order: [SentinelGroup.Member]
    /// How many of `order` were asked in vain, and why that was in vain.
    private var failures: [String] = []
    private var connection: Connection?

    /// Prepares to look for the master of an endpoint; nil if its address is known.
    ///
    /// - Parameter endpoint: where to.
    public init?(for endpoint: Endpoint) {
        guard let group = endpoint.sentinels else { return nil }
        self.endpoint = endpoint
        self.group = group
        order = group.members
    }

    /// What an event loop watches; -1 while nobody is asked.
    public var descriptor: Int32 { connection?.descriptor ?? -1 }

    /// Whether it waits for the descriptor to be writable.
    public var wantsWrite: Bool { connection?.wantsWrite ?? false }

    /// Asks the first Sentinel.
    ///
    /// - Throws: `connecting` if none can be asked.
    public func begin() throws(RedisError) {
        failures = []
        try ask()
    }

    /// Goes on when the descriptor is ready.
    ///
    /// - Returns: the endpoint with the master's address, once it is known.
    /// - Throws: `connecting` if no Sentinel knows it.
    public func proceed() throws(RedisError) -> Endpoint? {
        guard let connection else { return nil }
        var answer: Result<SentinelGroup.Member, Refusal>?
        do throws(RedisError) {
            try connection.flush()
            try connection.receive { answer = self.read($0) }
        } catch {
            try next(reason: error.cause)
            return nil
        }
        switch answer {
        case nil: return nil
        case .failure(let refusal):
            try next(reason: refusal.reason)
            return nil
        case .success(let master):
            let teller = order.remove(at: failures.count)
            order.insert(teller, at: 0)
            end()
            return endpoint.found(at: master)
        }
    }

    /// Gives up the Sentinel that is asked and asks the next one.
    ///
    /// - Throws: `connecting` if there is none.
    public func giveUp() throws(RedisError) {
        try next(reason: "no answer within \(Self.patience.components.seconds) s")
    }

    /// Stops asking.
    public func end() {
        connection?.close()
        connection = nil
    }

    /// Finds the master and waits for that.
    ///
    /// - Parameter endpoint: where to; one whose address is known comes back as it is.
    /// - Returns: the endpoint with the master's address.
    /// - Throws: `connecting` if no Sentinel knows it.
    static func found(_ endpoint: Endpoint) throws(RedisError) -> Endpoint {
        guard let search = MasterSearch(for: endpoint) else { return endpoint }
        defer { search.end() }
        try search.begin()
        while true {
            let deadline = Deadline(in: patience)
            let asked = search.failures.count
            while search.failures.count == asked {
                guard let connection = search.connection else { break }
                guard try connection.isReadable(by: deadline) else {
                    try search.giveUp()
                    break
                }
                if let master = try search.proceed() { return master }
            }
        }
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// Asks the first that can be asked of those that were not.
    private func ask() throws(RedisError) {
        while failures.count < order.count {
            let member = order[failures.count]
            do throws(RedisError) {
                let connection = try Connection(
                    startingTo: endpoint.sentinel(member, of: group), name: nil)
                connection.send(
                    Command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", .text(group.master)))
                try connection.flush()
                self.connection = connection
                return
            } catch {
                failures.append("\(member): \(error.cause)")
            }
        }
        throw .connecting(
            to: endpoint.description, reason: failures.joined(separator: "; "))
    }

    private func next(reason: String) throws(RedisError) {
        end()
        failures.append("\(order[failures.count]): \(reason)")
        try ask()
    }

    private func read(_ reply: ReplyView) -> Result<SentinelGroup.Member, Refusal> {
        if let error = reply.error {
            return .failure(Refusal(reason: error.concealing(group.password).message))
        }
        guard reply.count == 2, let host = reply[0].text, let port = reply[1].text.flatMap(Int.init)
        else {
            return .failure(Refusal(reason: "it watches no master named \(group.master)"))
        }
        return .success(SentinelGroup.Member(host: host, port: port))
    }
}

extension RedisError {
    /// The same without the endpoint, where that is told already.
    fileprivate var cause: String {
        if case .connecting(_, let reason) = self { reason } else { "\(self)" }
    }
}
