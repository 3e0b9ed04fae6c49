import RQ
import RedisKit

@testable import WorkerPool

/// What lies in Redis and comes over sockets.
extension FuzzTarget {
    /// All replies in a stream that comes in pieces of this size, and whether it broke off.
    private static func replies(_ bytes: [UInt8], piece: Int) -> ([ReplyValue], isBroken: Bool) {
        let reader = ReplyReader()
        var values: [ReplyValue] = []
        var start = 0
        do {
            while start < bytes.count {
                let end = min(start + piece, bytes.count)
                try bytes[start..<end].withUnsafeBytes { try reader.feed($0) }
                start = end
                while let reply = try reader.next() {
                    reply.view { look(at: $0) }
                    values.append(reply.view { $0.value })
                }
            }
            return (values, false)
        } catch {
            return (values, true)
        }
    }

    /// What a reply says of itself agrees with what it is.
    private static func look(at reply: ReplyView) {
        let isText = reply.kind == .string || reply.kind == .status
        holds((reply.bytes != nil) == isText, "text and states alone have bytes")
        holds(
            reply.text == nil || reply.text?.utf8.elementsEqual(reply.bytes ?? []) == true,
            "a text is its bytes")
        holds((reply.integer != nil) == (reply.kind == .integer), "a number is one")
        holds((reply.error != nil) == (reply.kind == .error), "an error is one")
        holds(reply.isNil == (reply.kind == .null), "nothing is nothing")
        for element in reply { look(at: element) }
    }

    static func takeReplies(_ bytes: [UInt8]) {
        let whole = replies(bytes, piece: max(1, bytes.count))
        let single = replies(bytes, piece: 1)
        holds(
            whole.isBroken == single.isBroken && whole.0 == single.0,
            "replies are the same, however they are cut")
    }

    /// Each array in a stream, as a horse's frame and as a hosted interpreter's.
    static func takeFrames(_ bytes: [UInt8]) {
        let reader = ReplyReader()
        do {
            try bytes.withUnsafeBytes { try reader.feed($0) }
            while let reply = try reader.next() {
                reply.view { frame in
                    if let report = try? JobReport(frame) {
                        let isFailure = report.traceback != nil
                        holds(isFailure == (report.failureLine != nil), "a failure has both texts")
                    }
                    _ = HostedReport(frame)
                    for text in frame { _ = PythonFrames.lines(text.bytes ?? []) }
                }
            }
        } catch {
            return
        }
    }

    /// Fields and values with a NUL between them.
    static func takeHash(_ bytes: [UInt8]) {
        var parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        if parts.count % 2 == 1 { parts.removeLast() }
        guard let fields = try? FieldList(flat: parts) else { return }
        let job = JobHash(fields: fields)
        _ = try? job.inflatedData(limitBytes: 1 << 20)
        _ = (job.functionName, job.description, job.origin, job.status, job.workerName)
        _ = (try? job.createdAt, try? job.enqueuedAt, try? job.startedAt, try? job.endedAt)
        _ = (try? job.timeout, try? job.resultTTL, try? job.failureTTL, try? job.ttl)
        _ = (try? job.lastHeartbeat, try? job.rateLimitConcurrency, job.exceptionText)
        _ = (try? job.dependencyIDs, try? job.allowsDependencyFailures, try? job.retriesLeft)
        _ = (try? job.retryIntervals, try? job.repeatIntervals, try? job.repeatsLeft)
        _ = (try? job.successCallback, try? job.failureCallback, try? job.stoppedCallback)
        _ = (try? job.numberOfRetries, try? job.workerDeaths, job.handedBack)
        _ = (job.isJob, job.groupID, job.isFromRQ2OrLater, job.meta, job.rateLimitKey, job.result)
        _ = ((try? job.resultTTL)?.seconds, (try? job.failureTTL)?.seconds)
        let worker = WorkerHash(fields: fields)
        _ = (try? worker.death, worker.hostname, worker.ipAddress, worker.version)
        _ = (worker.pythonVersion, try? worker.failedJobCount, worker.host, worker.process)
        _ = (worker.state, try? worker.birth, try? worker.lastHeartbeat, worker.queues)
        _ = (try? worker.pid, try? worker.successfulJobCount, try? worker.totalWorkingTime)
        _ = (worker.currentJob, try? worker.currentJobWorkingTime, try? worker.shutdownRequested)
        for part in parts {
            takeMoment(part)
            let member = CompositeMember(bytes: part)
            holds(member.bytes == part, "a member is written as it was read")
        }
        if let run = try? ExecutionHash(fields: fields) {
            holds((try? ExecutionHash(fields: run.fields)) == run, "an execution is read again")
        }
        if let entry = try? ResultEntry(fields: fields) {
            holds((try? ResultEntry(fields: entry.fields)) == entry, "a result is read again")
        }
    }

    /// A moment, in each of the forms that it is written in.
    private static func takeMoment(_ bytes: [UInt8]) {
        if let moment = try? Timestamp(utcISO: bytes, field: "a") {
            holds(
                (try? Timestamp(utcISO: moment.utcISO, field: "a")) == moment,
                "a moment is read as it is written")
            let second = Timestamp(epochSeconds: moment.epochSeconds)
            holds(second <= moment && moment - second < .seconds(1), "whole seconds are below it")
        }
        if let moment = try? Timestamp(epochText: bytes, field: "b") {
            holds(
                (try? Timestamp(utcISO: moment.utcISO, field: "b")) == moment,
                "a moment is read as it is written in the other form")
        }
        _ = ResultEntry.writtenAt(entryID: bytes)?.description
    }

    static func takeCommand(_ bytes: [UInt8]) {
        if let command = try? WorkerCommand(payload: bytes) {
            holds(
                (try? WorkerCommand(payload: command.payload)) == command,
                "a command is read as it is written")
        }
    }

    static func takePickle(_ bytes: [UInt8]) {
        _ = (try? Call(data: bytes, .pickle))?.description
        guard let value = try? Serializer.pickle.value(of: bytes, field: "pickle"),
            let written = try? Serializer.pickle.bytes(of: value)
        else { return }
        let again = (try? Serializer.pickle.value(of: written, field: "pickle"))
            .flatMap { try? Serializer.pickle.bytes(of: $0) }
        holds(again == written, "a value is read as it is written")
    }

    static func takeJSON(_ bytes: [UInt8]) {
        _ = (try? Call(data: bytes, .json))?.description
        guard let value = try? Serializer.json.value(of: bytes, field: "json"),
            let written = try? Serializer.json.bytes(of: value)
        else { return }
        let again = (try? Serializer.json.value(of: written, field: "json"))
            .flatMap { try? Serializer.json.bytes(of: $0) }
        holds(again == written, "a value is read as it is written")
    }
}
