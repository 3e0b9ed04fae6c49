/// What a worker answers to an order of the master's that asks something.
///
/// Sent back over the worker's order socket as JSON; see `OrderInbox`.
struct WorkerAnswer: Codable, Equatable, Sendable {
    /// Which question it answers.
    var question: UInt64
    /// What its threads do, line by line; nil when there is nothing to tell.
    var stack: [String]?
    /// Why there is not.
    var reason: String?
}
