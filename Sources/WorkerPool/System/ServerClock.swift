import RQ

/// How the clock of Redis differs from this host's.
///
/// Pure. What leases and due times are compared with is the server's clock; this host's tells only
/// when a job began and ended here. A difference is certain only as far as the answer's way cannot
/// explain it: the server's time lies between the question and its answer, or it does not.
struct ServerClock {
    /// What is news about the two clocks.
    enum News: Equatable {
        /// They differ by more than a second: positive if this host's is behind.
        case differs(Duration)
        /// They agree again.
        case agrees
    }

    /// From what difference on it is told.
    static let tolerance = Duration.seconds(1)

    /// What is to be added to this host's clock; zero while the clocks may be the same.
    private(set) var offset = Duration.zero
    private var hasTold = false

    /// Takes an answer of the server.
    ///
    /// - Parameters:
    ///   - server: its time.
    ///   - asked: when it was asked, by this host's clock.
    ///   - answered: when the answer came, by this host's clock.
    /// - Returns: what is to be told; each difference once, until it is over.
    mutating func saw(_ server: Timestamp, asked: Timestamp, answered: Timestamp) -> News? {
        offset =
            server < asked ? server - asked : server > answered ? server - answered : .zero
        let size = offset < .zero ? .zero - offset : offset
        if size > Self.tolerance, !hasTold {
            hasTold = true
            return .differs(offset)
        }
        if size <= Self.tolerance / 2, hasTold {
            hasTold = false
            return .agrees
        }
        return nil
    }

    /// The server's time when it is `now` here.
    func time(at now: Timestamp) -> Timestamp {
        let micros =
            offset.components.seconds * 1_000_000
            + offset.components.attoseconds / 1_000_000_000_000
        return Timestamp(microseconds: now.microseconds + Int(micros))
    }
}
