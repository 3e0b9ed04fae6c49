/// The id of one run of a job: `<e>` in `rq:execution:<j>:<e>`.
///
/// RQ makes 32 lower-case hexadecimal digits (a UUID without dashes).
///
/// Source: RQ 3.0.0, `rq/executions.py`, `Execution.create`.
public struct ExecutionID: WireName {
    /// The bytes on the wire.
    public let bytes: [UInt8]

    /// Takes the bytes as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// True for exactly 32 lower-case hexadecimal digits.
    public var isHexadecimal: Bool {
        bytes.count == 32
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                    true
                default: false
                }
            }
    }
}
