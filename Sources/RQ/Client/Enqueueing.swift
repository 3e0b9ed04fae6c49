import RedisKit

extension Queue {
    /// Makes a job and puts it where it belongs: into the queue, or, if it has to wait for other
    /// jobs or a slot of its rate limit, there.
    ///
    ///     try queue.enqueue("tasks.send", 1, keywords: ["to": "x"])
    ///
    /// - Parameters:
    ///   - functionName: the dotted name of the function.
    ///   - arguments: by place.
    ///   - keywords: by name.
    ///   - options: all else.
    /// - Returns: the job.
    /// - Throws: `unusable`, `duplicateJob`, `redis`.
    @discardableResult
    public func enqueue(
        _ functionName: String, _ arguments: PlainValue..., keywords: [String: PlainValue] = [:],
        options: JobOptions = JobOptions()
    ) throws(ClientError) -> Job {
        try enqueue(
            JobRequest(Call(functionName, arguments, keywords: keywords), options: options))
    }

    /// Makes a job that goes into the queue at a time.
    ///
    /// - Parameters:
    ///   - time: rounded down to a second.
    ///   - functionName: the dotted name of the function.
    ///   - arguments: by place.
    ///   - keywords: by name.
    ///   - options: all else.
    /// - Returns: the job.
    /// - Throws: `unusable`, `duplicateJob`, `redis`.
    @discardableResult
    public func enqueue(
        at time: Timestamp, _ functionName: String, _ arguments: PlainValue...,
        keywords: [String: PlainValue] = [:], options: JobOptions = JobOptions()
    ) throws(ClientError) -> Job {
        let call = Call(functionName, arguments, keywords: keywords)
        return try enqueue(JobRequest(call, .at(time), options: options))
    }

    /// Makes a job that goes into the queue after a while.
    ///
    /// - Parameters:
    ///   - span: from now on.
    ///   - functionName: the dotted name of the function.
    ///   - arguments: by place.
    ///   - keywords: by name.
    ///   - options: all else.
    /// - Returns: the job.
    /// - Throws: `unusable`, `duplicateJob`, `redis`.
    @discardableResult
    public func enqueue(
        after span: Duration, _ functionName: String, _ arguments: PlainValue...,
        keywords: [String: PlainValue] = [:], options: JobOptions = JobOptions()
    ) throws(ClientError) -> Job {
        let call = Call(functionName, arguments, keywords: keywords)
        return try enqueue(JobRequest(call, .after(span), options: options))
    }

    /// Makes one job.
    ///
    /// - Parameter request: what is called, when, and all else.
    /// - Returns: the job.
    /// - Throws: `unusable`, `duplicateJob`, `redis`.
    @discardableResult
    public func enqueue(_ request: JobRequest) throws(ClientError) -> Job {
        try make([request])[0]
    }

    /// Makes jobs, all or none, in one step; a job may wait for another one of them.
    ///
    /// - Parameter requests: up to about 20,000; their ids, if given, are all different.
    /// - Returns: the jobs, in the same order.
    /// - Throws: `unusable`, `duplicateJob`, `redis`.
    @discardableResult
    public func enqueueMany(_ requests: [JobRequest]) throws(ClientError) -> [Job] {
        requests.isEmpty ? [] : try make(requests)
    }

    /// At least one job; the jobs are not read back, for by then they may have run and gone.
    private func make(_ requests: [JobRequest]) throws(ClientError) -> [Job] {
        let now = Timestamp.now()
        var ids: [JobID] = []
        var hashes: [FieldList] = []
        var arguments: [Command.Argument] = [.integer(requests.count)]
        for request in requests {
            try request.options.check(isScheduled: request.moment != .now)
            let fields = try request.fields(queue: name, serializer: client.serializer, at: now)
            ids.append(request.options.id ?? .random())
            hashes.append(fields)
            arguments += request.arguments(id: ids[ids.count - 1], queue: name, fields, at: now)
        }
        guard Set(ids).count == ids.count else { throw .unusable("id", "is there twice") }
        // Redis takes 1024 * 1024 words in a command.
        guard arguments.count < 1_048_000 else {
            throw .unusable("requests", "are too many for one step: \(requests.count)")
        }
        let words = try client.run(ClientScripts.enqueue, arguments).strings
        if words.count == 2, words[0] == Array("duplicate".utf8) {
            throw .duplicateJob(JobID(bytes: words[1]))
        }
        guard words.count == ids.count else {
            let expected = "the status of each job"
            throw .wire(WireError(field: "reply of enqueue.lua", expected: expected, found: nil))
        }
        return ids.indices.map { index in
            hashes[index].append("status", words[index])
            return Job(ids[index], JobHash(fields: hashes[index]), on: client)
        }
    }
}
