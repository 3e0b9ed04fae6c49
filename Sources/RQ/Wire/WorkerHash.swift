/// A worker as its hash `rq:worker:<name>` says it.
///
/// A view, as `JobHash` is: one unreadable field spoils only itself.
///
/// Source: RQ 3.0.0, `rq/worker/base.py`, `BaseWorker.refresh`; RQ 2.12.0 and 1.16.2 for
/// `current_job` and `current_job_working_time`, which RQ 3 no longer writes.
public struct WorkerHash: Hashable, Sendable {
    /// Everything the hash holds, in its own order, unknown fields included.
    public let fields: FieldList

    /// What `HGETALL` answered.
    public init(fields: FieldList) {
        self.fields = fields
    }

    /// What the worker is doing; `death` and not this tells that it is gone.
    public var state: WorkerActivity? { fields.text("state").map(WorkerActivity.init(word:)) }

    /// When it registered.
    public var birth: Timestamp? {
        get throws(WireError) { try fields.time("birth") }
    }

    /// When it last said it was alive.
    public var lastHeartbeat: Timestamp? {
        get throws(WireError) { try fields.time("last_heartbeat") }
    }

    /// When it unregistered; nil while it is alive.
    public var death: Timestamp? {
        get throws(WireError) { try fields.time("death") }
    }

    /// When it was asked to stop while it was busy.
    public var shutdownRequested: Timestamp? {
        get throws(WireError) { try fields.time("shutdown_requested_date") }
    }

    /// The queues it listens on, in order of priority.
    public var queues: [QueueName] {
        guard let names = fields.bytes("queues") else { return [] }
        return names.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { QueueName(bytes: Array($0)) }
    }

    /// Its process id on its host.
    public var pid: Int? {
        get throws(WireError) { try fields.integer("pid") }
    }

    /// The name of its host.
    public var hostname: String? { fields.text("hostname") }

    /// Its address and port as Redis sees them, or `unknown`.
    public var ipAddress: String? { fields.text("ip_address") }

    /// The version of RQ it follows.
    public var version: String? { fields.text("version") }

    /// The version of Python it runs jobs with.
    public var pythonVersion: String? { fields.text("python_version") }

    /// How many jobs it has finished.
    public var successfulJobCount: Int {
        get throws(WireError) { try fields.integer("successful_job_count") ?? 0 }
    }

    /// How many jobs of its have failed, retried ones included.
    public var failedJobCount: Int {
        get throws(WireError) { try fields.integer("failed_job_count") ?? 0 }
    }

    /// How long its jobs have run in all.
    public var totalWorkingTime: Duration {
        get throws(WireError) { try fields.span("total_working_time") ?? .zero }
    }

    /// The job it runs, for readers before RQ 3.
    public var currentJob: JobID? { fields.bytes("current_job").map(JobID.init(bytes:)) }

    /// How long that job has run, for readers before RQ 3.
    public var currentJobWorkingTime: Duration? {
        get throws(WireError) { try fields.span("current_job_working_time") }
    }

    /// The host, its boot and its pid namespace, for a worker of rqd.
    public var host: String? { fields.text("rqd_host") }

    /// The process by pid and start time, for a worker of rqd.
    public var process: String? { fields.text("rqd_process") }
}
