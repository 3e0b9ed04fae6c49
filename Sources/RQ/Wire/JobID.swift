/// The id of a job: `<j>` in `rq:job:<j>`.
///
/// RQ makes a UUID with dashes unless the producer chose an id. RQ 2.12 and later accept
/// letters, digits, `_` and `-`; 2.6 refuses only `:`; 1.16 accepts any text.
///
/// Source: RQ 3.0.0 and 2.6.1, `rq/job.py`, `validate_job_id` and `Job.set_id`.
public struct JobID: WireName {
    /// The bytes on the wire.
    public let bytes: [UInt8]

    /// Takes the bytes as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// True for one or more of `A-Z a-z 0-9 _ -`: the ids every RQ can read.
    public var isPlain: Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// True when the id has a `:`.
    ///
    /// RQ 2 and later cut such an id at its first colon, and every Python cleaner stops at a
    /// `CompositeMember` made from it.
    public var hasColon: Bool {
        bytes.contains(UInt8(ascii: ":"))
    }
}
