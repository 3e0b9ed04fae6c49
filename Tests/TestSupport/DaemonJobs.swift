import RedisKit

/// What tests do with a daemon's jobs and with its part of Redis.
extension Daemon {
    /// Enqueues a job with rq.
    ///
    /// - Parameters:
    ///   - function: one of `app.tasks`.
    ///   - arguments: as Python source, for example `"'a', job_timeout=5"`.
    ///   - queue: where.
    /// - Returns: the job's id.
    /// - Throws: what rq raises.
    @discardableResult
    public func enqueue(
        _ function: String, _ arguments: String, on queue: String = "default"
    ) throws -> String {
        try python(
            "print(Queue('\(queue)', connection=redis)"
                + ".enqueue('app.tasks.\(function)', \(arguments)).id)")
    }

    /// Runs Python code with rq 3.0.
    ///
    /// - Parameter code: finds `redis`, a connection to the daemon's Redis, and all that rq exports.
    /// - Returns: what it printed.
    /// - Throws: with the traceback, if it raises.
    @discardableResult
    public func python(_ code: String) throws -> String {
        try PythonConsole.of(.rq3_0).run(code, redis: server.url)
    }

    /// Calls Redis, on a connection of its own.
    ///
    /// - Parameters:
    ///   - name: the command's.
    ///   - arguments: its arguments.
    /// - Returns: the reply.
    /// - Throws: if it is an error, or there is no Redis.
    @discardableResult
    public func redis(_ name: String, _ arguments: String...) throws -> ReplyValue {
        var command = Command(name)
        command.append(contentsOf: arguments.map { .text($0) })
        return try server.connect().call(command)
    }

    /// A field of a hash; nil where it is not there.
    ///
    /// - Parameters:
    ///   - field: its name.
    ///   - key: of the hash, without `rq:`.
    /// - Returns: its text.
    /// - Throws: if there is no Redis.
    public func field(_ field: String, of key: String) throws -> String? {
        try redis("HGET", "rq:\(key)", field).text
    }

    /// A job's status, as its hash has it.
    ///
    /// - Parameter id: the job's id.
    /// - Returns: "" for a job that is not there.
    /// - Throws: if there is no Redis.
    public func status(of id: String) throws -> String {
        try field("status", of: "job:\(id)") ?? ""
    }

    /// Waits for a job's status.
    ///
    /// - Parameters:
    ///   - status: for example `finished`.
    ///   - id: the job's id.
    ///   - limit: how long it may take.
    /// - Throws: when the time is up.
    public func waitFor(
        _ status: String, of id: String, within limit: Duration = .seconds(15)
    ) throws {
        var last = ""
        do {
            try eventually("status \(status)", within: limit) {
                last = try self.status(of: id)
                return last == status
            }
        } catch {
            throw HarnessError("\(error); job \(id) is \(last)")
        }
    }

    /// The ids in a queue, the first to run first.
    ///
    /// - Parameter queue: its name.
    /// - Returns: the ids.
    /// - Throws: if there is no Redis.
    public func ids(in queue: String = "default") throws -> [String] {
        try redis("LRANGE", "rq:queue:\(queue)", "0", "-1").array?.compactMap(\.text) ?? []
    }

    /// What rq shows as the reason of a job's last failure.
    ///
    /// - Parameter id: the job's id.
    /// - Returns: the whole text, a traceback as a rule.
    /// - Throws: if there is no such result.
    public func exception(of id: String) throws -> String {
        try python(
            "print(rq.job.Job.fetch('\(id)', connection=redis).latest_result().exc_string)")
    }

    /// What rq gives as a job's return value, in Python's notation.
    ///
    /// - Parameter id: the job's id.
    /// - Returns: for example `'released'`.
    /// - Throws: if there is no such job.
    public func value(of id: String) throws -> String {
        try python("print(repr(rq.job.Job.fetch('\(id)', connection=redis).return_value()))")
    }

    /// The name under which a worker is registered.
    ///
    /// - Parameter slot: its slot in the pool `default`.
    /// - Returns: the name.
    /// - Throws: if there is no such worker, or no Redis.
    public func workerName(_ slot: Int = 0) throws -> String {
        let names = try redis("HKEYS", "rq:rqd:workers").array?.compactMap(\.text) ?? []
        guard let name = names.first(where: { $0.hasSuffix(".default.\(slot)") }) else {
            throw HarnessError("no worker of slot \(slot) among \(names)")
        }
        return name
    }

    /// The keys of workers and of what they run; none when nobody is registered.
    ///
    /// The hash of one that has ended, which stays for a minute, is left out.
    ///
    /// - Returns: their names, sorted.
    /// - Throws: if there is no Redis.
    public func traces() throws -> [String] {
        let kinds = ["worker", "wip:", "rqd:", "execution"]
        return try keys("rq:*").filter { key in
            // What has ended is remembered for an hour.
            try key != "rq:rqd:ended" && kinds.contains { key.hasPrefix("rq:\($0)") }
                && !isOfTheDead(key)
        }
    }

    /// Whether a key is the hash of a worker that has ended.
    ///
    /// - Parameter key: the whole key.
    /// - Returns: true if it is.
    /// - Throws: if there is no Redis.
    public func isOfTheDead(_ key: String) throws -> Bool {
        let isHash = try redis("TYPE", key).text == "hash"
        return try isHash && key.hasPrefix("rq:worker:")
            && redis("HEXISTS", key, "death").integer == 1
    }

    /// The members of a sorted set.
    ///
    /// - Parameter key: its key, without `rq:`.
    /// - Returns: the members.
    /// - Throws: if there is no Redis.
    public func members(_ key: String) throws -> [String] {
        try redis("ZRANGE", "rq:\(key)", "0", "-1").array?.compactMap(\.text) ?? []
    }

    /// The keys of a pattern.
    ///
    /// - Parameter pattern: as for the command KEYS.
    /// - Returns: their names, sorted.
    /// - Throws: if there is no Redis.
    public func keys(_ pattern: String) throws -> [String] {
        try redis("KEYS", pattern).array?.compactMap(\.text).sorted() ?? []
    }

    /// What a job has written to a file, once it is there.
    ///
    /// - Parameters:
    ///   - name: relative to the daemon's directory.
    ///   - old: what does not count, because it was there before.
    /// - Returns: its text without the newline.
    /// - Throws: when it is not there for some seconds.
    public func text(from name: String, otherThan old: String = "") throws -> String {
        var text = ""
        try eventually("file \(name)", within: .seconds(15)) {
            // A file that is not there yet is as good as an empty one.
            let bytes = (try? readFile(directory.file(name))) ?? []
            text = String(decoding: bytes, as: UTF8.self).trimmed
            return !text.isEmpty && text != old
        }
        return text
    }

    /// The process whose pid a job has written to a file, once it is there.
    ///
    /// - Parameters:
    ///   - name: relative to the daemon's directory.
    ///   - old: a process that does not count, because it wrote there before.
    /// - Returns: the process.
    /// - Throws: when there is none for some seconds.
    public func process(
        from name: String, otherThan old: WatchedProcess? = nil
    ) throws -> WatchedProcess {
        let text = try text(from: name, otherThan: old.map { "\($0.pid)" } ?? "")
        guard let pid = Int32(text) else { throw HarnessError("\(name) holds \(text)") }
        return try WatchedProcess(pid)
    }

    /// Lets a job go that holds.
    ///
    /// - Parameter name: what it was told to call its files.
    /// - Throws: if the file cannot be made.
    public func release(_ name: String) throws { try directory.write("\(name).go", "") }
}
