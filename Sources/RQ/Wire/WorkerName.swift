/// The name of a worker: `<w>` in `rq:worker:<w>`.
///
/// RQ makes 32 hexadecimal digits unless the operator chose a name, and accepts any text.
public struct WorkerName: WireName {
    /// The bytes on the wire.
    public let bytes: [UInt8]

    /// Takes the bytes as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}
