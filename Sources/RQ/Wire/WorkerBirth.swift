/// What a worker writes into its hash when it registers.
///
/// Source: RQ 3.0.0, `rq/worker/base.py`, `BaseWorker.serialize` and `register_birth`.
public struct WorkerBirth: Hashable, Sendable {
    /// When it registered; also its first heartbeat.
    public var birth: Timestamp
    /// The queues it listens on, in order of priority; no name may have a comma.
    public var queues: [QueueName]
    /// Its process id.
    public var pid: Int
    /// The name of its host.
    public var hostname: String
    /// Its address and port as Redis sees them, or `unknown`.
    public var ipAddress: String
    /// The version of RQ it follows.
    public var version: String
    /// The version of Python it runs jobs with, as `sys.version` has it.
    public var pythonVersion: String
    /// The host, its boot and its pid namespace; written by rqd only.
    public var host: String?
    /// The process by pid and start time; written by rqd only.
    public var process: String?
    /// Tells this registration from those before it; written by rqd only.
    public var registration: String?

    /// A registration of all these facts.
    public init(
        birth: Timestamp, queues: [QueueName], pid: Int, hostname: String, ipAddress: String,
        version: String, pythonVersion: String, host: String? = nil, process: String? = nil,
        registration: String? = nil
    ) {
        self.birth = birth
        self.queues = queues
        self.pid = pid
        self.hostname = hostname
        self.ipAddress = ipAddress
        self.version = version
        self.pythonVersion = pythonVersion
        self.host = host
        self.process = process
        self.registration = registration
    }

    /// The fields in the order in which RQ writes them, then rqd's own.
    public var fields: FieldList {
        var fields = FieldList()
        fields.append("birth", birth.utcISO)
        fields.append("last_heartbeat", birth.utcISO)
        fields.append("queues", Array(queues.map(\.bytes).joined(separator: [UInt8(ascii: ",")])))
        fields.append("pid", String(pid))
        fields.append("hostname", hostname)
        fields.append("ip_address", ipAddress)
        fields.append("version", version)
        fields.append("python_version", pythonVersion)
        if let host { fields.append("rqd_host", host) }
        if let process { fields.append("rqd_process", process) }
        if let registration { fields.append("rqd_registration", registration) }
        return fields
    }
}
