/// A job and one run of it in one word, `<job>:<execution>`.
///
/// Members of the sorted set `rq:wip:<queue>` and of the set `rq:worker:<name>:executions`.
/// RQ 1 puts the bare job id into `wip`. The word is cut at its last colon, and only where
/// 32 hexadecimal digits follow; so a job id may have colons, and a bare one is not cut.
///
/// RQ 2 and later raise on a member with two colons, in every cleaner of every worker, so
/// one must not be written for a job whose id has a colon (`JobID.hasColon`).
///
/// Source: RQ 3.0.0, `rq/utils.py`, `parse_composite_key`; `rq/executions.py`.
public struct CompositeMember: Hashable, Sendable {
    /// The job.
    public let jobID: JobID
    /// The run; nil in a member that RQ 1 wrote.
    public let executionID: ExecutionID?

    /// A run of a job.
    public init(jobID: JobID, executionID: ExecutionID?) {
        self.jobID = jobID
        self.executionID = executionID
    }

    /// Reads a member of either form.
    public init(bytes: [UInt8]) {
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")) {
            let execution = ExecutionID(bytes: Array(bytes[(colon + 1)...]))
            if execution.isHexadecimal {
                self.init(jobID: JobID(bytes: Array(bytes[..<colon])), executionID: execution)
                return
            }
        }
        self.init(jobID: JobID(bytes: bytes), executionID: nil)
    }

    /// The member on the wire.
    public var bytes: [UInt8] {
        guard let executionID else { return jobID.bytes }
        return jobID.bytes + [UInt8(ascii: ":")] + executionID.bytes
    }
}
