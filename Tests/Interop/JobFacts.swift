/// What rq reports about a job: the output of `Scripts/report.py`.
struct JobFacts: Decodable, Sendable {
    let id: String
    /// As rq names it; `missing` without a hash; `unreadable: …` where rq raises.
    let status: String
    /// The latest result's type, nil without a result.
    let type: String?
    /// The return value's `repr`, its first 1000 characters.
    let value: String?
    /// The length of a value that is text or bytes.
    let length: Int?
    /// The traceback or the reason.
    let error: String?
    /// The `repr` of its meta.
    let meta: String?
    /// Who ran it.
    let worker: String?
}

/// What rq shows of workers: the output of `Scripts/observe.py`.
struct WorkerView: Decodable {
    /// Sorted by name.
    let workers: [Worker]
    let count: Int
    let ofQueue: [String]
    let countOfQueue: Int

    struct Worker: Decodable {
        let name: String
        let hostname: String
        let pid: Int32
        let queues: [String]
        let state: String
        /// Seconds since 1970.
        let birth: Double
        let heartbeat: Double
        let succeeded: Int
        let failed: Int
        /// Seconds.
        let workingTime: Double
        let version: String
        let pythonVersion: String
        let jobId: String?
        let job: String?
    }
}
