/// One run of a job as its hash `rq:execution:<job>:<execution>` says it.
///
/// RQ 3 reads `created_at` and `last_heartbeat` without asking whether they are there.
/// RQ 2.6 writes neither `worker_name` nor `job_id`, RQ 2.12 no `job_id`.
///
/// Source: RQ 3.0.0, `rq/executions.py`, `Execution.serialize` and `Execution.restore`.
public struct ExecutionHash: Hashable, Sendable {
    /// The run's own id; nil in a hash that lacks it.
    public var id: ExecutionID?
    /// The job that is run.
    public var jobID: JobID?
    /// When the job was claimed.
    public var createdAt: Timestamp
    /// When the worker last vouched for the run.
    public var lastHeartbeat: Timestamp
    /// The worker that runs it.
    public var workerName: WorkerName?

    /// A run that has just been claimed.
    public init(id: ExecutionID, jobID: JobID, createdAt: Timestamp, workerName: WorkerName) {
        self.id = id
        self.jobID = jobID
        self.createdAt = createdAt
        lastHeartbeat = createdAt
        self.workerName = workerName
    }

    /// Reads a hash of any version.
    ///
    /// - Parameter fields: what `HGETALL` answered.
    /// - Throws: `WireError` when one of the two times is missing or unreadable.
    public init(fields: FieldList) throws(WireError) {
        let expected = "seconds since 1970"
        guard let createdAt = try fields.epoch("created_at") else {
            throw WireError(field: "created_at", expected: expected, found: nil)
        }
        guard let lastHeartbeat = try fields.epoch("last_heartbeat") else {
            throw WireError(field: "last_heartbeat", expected: expected, found: nil)
        }
        id = fields.bytes("id").map(ExecutionID.init(bytes:))
        jobID = fields.bytes("job_id").map(JobID.init(bytes:))
        self.createdAt = createdAt
        self.lastHeartbeat = lastHeartbeat
        workerName = fields.bytes("worker_name").map(WorkerName.init(bytes:))
    }

    /// The fields in the order in which RQ 3 writes them, without those that are nil.
    public var fields: FieldList {
        var fields = FieldList()
        if let id { fields.append("id", id.bytes) }
        if let jobID { fields.append("job_id", jobID.bytes) }
        fields.append("created_at", createdAt.epochText)
        fields.append("last_heartbeat", lastHeartbeat.epochText)
        if let workerName { fields.append("worker_name", workerName.bytes) }
        return fields
    }
}
