import RedisKit

/// Why a worker cannot use Redis for the moment.
enum RedisTrouble: Equatable {
    /// Nobody answers; one line.
    case unreachable(String)
    /// The server answers, but does not do what it is asked to.
    case refused(ServerError)
    /// Somebody else has our name; one line.
    case nameTaken(String)

    /// Reads an error of the client.
    init(_ error: any Error) {
        if case RedisError.server(let refusal)? = error as? RedisError {
            self = .refused(refusal)
        } else {
            self = .unreachable("\(error)")
        }
    }

    /// The name of a worker is another's.
    static func nameTaken(of worker: String, by owner: String) -> RedisTrouble {
        .nameTaken("the worker name \(worker) is taken by \(owner); set worker_name in the pool")
    }

    /// One line for the log and the status; some servers' words fill a page.
    var reason: String {
        switch self {
        case .unreachable(let reason), .nameTaken(let reason): reason
        case .refused(let error): PrintableText.of(error.firstSentence)
        }
    }
}

extension Scoreboard {
    /// Whether a worker is to tell of trouble that it has just met; one tells what all of them see.
    ///
    /// *Worker process.*
    func mayTell(_ trouble: RedisTrouble, after reconnection: Reconnection) -> Bool {
        switch trouble {
        case .nameTaken: reconnection.isWorthSaying
        case .refused: mayTellTrouble(at: .now(), refusal: true)
        case .unreachable:
            reconnection.isWorthSaying && mayTellTrouble(at: .now(), refusal: false)
        }
    }
}

extension ServerError {
    /// The first sentence of what the server says.
    var firstSentence: String {
        guard let end = message.firstRange(of: ". ") else { return message }
        return String(message[..<end.lowerBound])
    }

    /// Why the server does not tell of pushes; one that has never heard of that is told apart from
    /// one that may not.
    var reasonNotToTell: String {
        guard code == "ERR", message.lowercased().contains("unknown") else { return firstSentence }
        return firstSentence
            + "; a proxy may not know it, but Redis does since 6.0, which rqd needs"
    }
}
