/// How long to wait after a failure, for each kind of request of its own.
///
/// Pure. That a connection comes about says nothing of a claim that is refused on it each time: a
/// pause becomes short again only when a request of the kind that failed has succeeded, or one
/// that comes after it.
struct RequestBackoff: Equatable {
    /// What failed; the later one needs the earlier ones.
    enum Kind: Int, CaseIterable, Comparable {
        /// The connection itself.
        case link
        /// The registration.
        case birth
        case heartbeat
        /// An outcome or a hand-back.
        case settlement
        case claim

        static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }
    }

    private var failed: [Kind: Reconnection] = [:]

    /// Whether something has failed and not succeeded since.
    var isInTrouble: Bool { !failed.isEmpty }

    /// The failures of a kind so far, for whether they are worth a line.
    func reconnection(_ kind: Kind) -> Reconnection { failed[kind] ?? Reconnection() }

    /// Counts a failure.
    ///
    /// - Parameters:
    ///   - kind: of what.
    ///   - jitter: a factor from 0.5 to 1.
    /// - Returns: how long to wait before it is tried again.
    mutating func failed(_ kind: Kind, jitter: Double) -> Duration {
        failed[kind, default: Reconnection()].failed(jitter: jitter)
    }

    /// Counts a success.
    ///
    /// - Parameter kind: of what; what it needs works as well.
    /// - Returns: true when it was the last thing that had failed.
    mutating func succeeded(_ kind: Kind) -> Bool {
        guard isInTrouble else { return false }
        for known in Kind.allCases where known <= kind { failed[known] = nil }
        return failed.isEmpty
    }
}

extension RedisLink.Request {
    /// How its failures are counted; nil for those by which a connection is made.
    var kind: RequestBackoff.Kind? {
        switch self {
        case .birth: .birth
        case .heartbeat, .resume: .heartbeat
        case .settle, .handBack: .settlement
        case .claim: .claim
        case .death, .renewal, .tracking, .script, .address, .clock, .ping: nil
        }
    }
}
