/// The name of a queue: `<q>` in `rq:queue:<q>`; a job's field `origin`.
///
/// RQ accepts any text. A comma cannot be told apart in a worker's field `queues`.
public struct QueueName: WireName {
    /// The bytes on the wire.
    public let bytes: [UInt8]

    /// Takes the bytes as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}
