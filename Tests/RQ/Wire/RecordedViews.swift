/// What rq reports about a job; times are microseconds since 1970.
struct RecordedJob: Decodable {
    let id: String
    let status: String
    let origin: String
    let description: String?
    let function: String
    let data: Recording.Base64Text
    let timeout: Int?
    let resultTtl: Int?
    let failureTtl: Int?
    let ttl: Int?
    let workerName: String?
    let groupId: String?
    let createdAt: Int?
    let enqueuedAt: Int?
    let startedAt: Int?
    let endedAt: Int?
    let lastHeartbeat: Int?
    let retriesLeft: Int?
    let retryIntervals: [Int]?
    let enqueueAtFrontOnRetry: Bool?
    let numberOfRetries: Int?
    let repeatsLeft: Int?
    let repeatIntervals: [Int]?
    let dependencyIds: [String]
    let allowDependencyFailures: Bool?
    let enqueueAtFront: Bool?
    let rateLimitKey: String?
    let rateLimitConcurrency: Int?
    let meta: Recording.Base64Text?
    let excInfo: String?
    let callbacks: [String: Callback]
    let results: [RecordedResult]

    struct Callback: Decodable {
        let name: String
        let timeout: Int
    }
}

/// What rq reports about one result of a job.
struct RecordedResult: Decodable {
    let id: String
    let type: Int
    let writtenAt: Int
    let isNone: Bool
    let returnValue: Recording.Base64Text?
    let exception: String?
    let workerName: String?
    let executionId: String?
    let startedAt: Int?
    let endedAt: Int?
}

/// What rq reports about a worker.
struct RecordedWorker: Decodable {
    let name: String
    let state: String
    let queues: [String]
    let pid: Int
    let hostname: String
    let ipAddress: String
    let version: String
    let pythonVersion: String
    let birth: Int
    let lastHeartbeat: Int
    let successfulJobCount: Int
    let failedJobCount: Int
    let totalWorkingMicros: Int
    let currentJob: String?
}

/// What rq reports about a run of a job.
struct RecordedExecution: Decodable {
    let id: String
    let jobId: String
    let composite: String
    let createdAt: Int
    let lastHeartbeat: Int
    let workerName: String?
}
