import RedisKit

/// What a step has left to do for later ones, because the server serves nobody else while a script
/// runs: dependents of a job that has very many, or jobs that wait for a rate limit.
///
/// It is recorded in Redis in the step that leaves it. Whoever is told of it goes on with
/// `resume`, step by step; if nobody does, the next heartbeat of any worker will.
public enum UnfinishedWork {
    /// Whether the reply of a script says that it has left something.
    public static func isLeft(by reply: ReplyView) -> Bool {
        reply.answerCount == 6 && reply.word(5) == "unfinished"
    }

    /// What one step of `resume.lua` did.
    public struct Step: Sendable, Equatable {
        /// There is more, and it is the caller's to go on at once.
        public let goesOn: Bool
        /// How many jobs were queued.
        public let queued: Int

        /// Reads the reply of `resume.lua`; of another shape, nothing is left to do.
        public init(_ reply: ReplyView) {
            goesOn = reply.answerCount == 2 && reply[0].integer == 1
            queued = reply.answerCount == 2 ? reply[1].integer ?? 0 : 0
        }
    }

    /// For how long nobody else goes on when a caller has made its last step.
    ///
    /// One at a time, so that the server has time for others in between.
    static let holding = Duration.seconds(2)
}

extension WorkerIdentity {
    /// One bounded step of what is left to do; read with `UnfinishedWork.Step`.
    public func resume(at now: Timestamp) -> ScriptRequest {
        request(Scripts.resume, at: now, [.integer(UnfinishedWork.holding.wholeSeconds)])
    }
}

extension SchedulerIdentity {
    /// One bounded step of what is left to do; read with `UnfinishedWork.Step`.
    public func resume(at now: Timestamp) -> ScriptRequest {
        WorkerIdentity(keys: keys, name: WorkerName(name)).resume(at: now)
    }
}
