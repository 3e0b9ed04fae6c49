import Logging

/// What a worker tells about itself.
extension WorkerLog {
    /// The worker process has started.
    ///
    /// - Parameters:
    ///   - pid: its process id.
    ///   - version: the version of rqd.
    func born(pid: Int32, version: String) {
        say(.info, "worker started") {
            ["pid": "\(pid)", "version": "\(version)"]
        } sentence: {
            "worker \(worker) started with PID \(pid)"
        } classic: {
            "Worker \(worker): started with PID \(pid), rqd version \(version)"
        }
    }

    /// The worker listens for commands on a pub/sub channel.
    func subscribed(channel: String) {
        let level: Logger.Level = form == .classic ? .info : .debug
        say(level, "subscribed") {
            ["channel": "\(channel)"]
        } sentence: {
            "subscribed to \(channel)"
        } classic: {
            "Worker \(worker): subscribing to channel \(channel)"
        }
    }

    /// The worker is registered and takes jobs.
    ///
    /// - Parameter queues: their names, the most urgent first.
    func listening(queues: [String]) {
        say(.info, "listening") {
            ["queues": "\(queues.joined(separator: ","))"]
        } sentence: {
            "listening on \(queues.joined(separator: ", "))"
        } classic: {
            "*** Listening on \(queues.joined(separator: ", "))..."
        }
    }

    /// All queues are empty and the worker was only to empty them.
    func finishedBurst() {
        say(.info, "queues are empty") {
            [:]
        } sentence: {
            "queues are empty, worker \(worker) is done"
        } classic: {
            "Worker \(worker): done, quitting"
        }
    }

    /// The worker has run as many jobs as it may.
    ///
    /// - Parameter jobs: how many.
    func finishedMaxJobs(_ jobs: Int) {
        say(.info, "job limit reached") {
            ["jobs": "\(jobs)"]
        } sentence: {
            "worker \(worker) has run its \(jobs) jobs and is done"
        } classic: {
            "Worker \(worker): finished executing \(jobs) jobs, quitting"
        }
    }

    /// There was nothing to do for `max_idle_time`.
    func finishedIdleTime(_ span: Duration) {
        let seconds = span.components.seconds
        say(.info, "idle limit reached") {
            ["seconds": "\(seconds)"]
        } sentence: {
            "worker \(worker) has had no job for \(seconds) s and is done"
        } classic: {
            "Worker \(worker): idle for \(seconds) seconds, quitting"
        }
    }

    /// The worker is as old as `max_age` lets it be.
    func finishedAge(_ span: Duration) {
        say(.info, "age limit reached") {
            ["seconds": "\(span.components.seconds)"]
        } sentence: {
            "worker \(worker) is \(JobWording.span(span)) old and is done"
        } classic: {
            "Worker \(worker): \(span.components.seconds) seconds old, quitting"
        }
    }

    /// The worker holds more than `max_memory`.
    func finishedMemory(_ bytes: Int) {
        say(.info, "memory limit reached") {
            ["bytes": "\(bytes)"]
        } sentence: {
            "worker \(worker) holds \(SizeText.sentence(bytes)) and is done"
        } classic: {
            "Worker \(worker): holds \(SizeText.sentence(bytes)), quitting"
        }
    }

    /// The system does not accept a limit of the pool; of its workers, the first one warns.
    func limitRefused(_ refusal: ProcessLimits.Refusal, isFirst: Bool) {
        logger.log(
            level: isFirst ? .warning : .debug, "limit is not in force",
            metadata: ["limit": "\(refusal.key)", "reason": "\(refusal.reason)"])
    }

    /// The configuration was changed while the worker runs.
    ///
    /// - Parameter queues: the names of its queues from now on.
    func settingsChanged(queues: [String]) {
        say(.info, "settings changed") {
            ["queues": "\(queues.joined(separator: ","))"]
        } sentence: {
            "settings changed, listening on \(queues.joined(separator: ", "))"
        } classic: {
            "*** Listening on \(queues.joined(separator: ", "))..."
        }
    }

    /// Asked to stop: nothing new is taken, a running job may finish.
    func stoppingWarm() {
        say(.info, "warm stop") {
            [:]
        } sentence: {
            "warm stop: worker \(worker) takes no more jobs"
        } classic: {
            "Worker \(worker): warm shut down requested"
        }
    }

    /// Asked to stop at once, or the time for a warm stop is over.
    ///
    /// - Parameter reason: why, for example `second signal`.
    func stoppingCold(reason: String) {
        say(.warning, "cold stop") {
            ["reason": "\(reason)"]
        } sentence: {
            "cold stop of worker \(worker): \(reason)"
        } classic: {
            "Worker \(worker): cold shut down: \(reason)"
        }
    }

    /// The worker has unregistered and ends.
    func ended() {
        say(.info, "worker ended") {
            [:]
        } sentence: {
            "worker \(worker) has ended"
        } classic: {
            "Worker \(worker): stopped, unregistered"
        }
    }

    /// The worker ends because another one, which lives, is registered under its name.
    ///
    /// - Parameter owner: who that is.
    func nameTaken(by owner: String) {
        say(.error, "worker name taken") {
            ["owner": "\(owner)"]
        } sentence: {
            "there exists an active worker named \(worker) already: \(owner)"
        } classic: {
            "There exists an active worker named '\(worker)' already: \(owner)"
        }
    }

    /// A worker makes room for one with another name, because somebody works under its own.
    ///
    /// - Parameters:
    ///   - owner: who that is.
    ///   - name: that of its successor.
    func nameTaken(by owner: String, instead name: String) {
        say(.warning, "worker name is taken, another is used") {
            ["owner": "\(owner)", "name": "\(name)"]
        } sentence: {
            "the worker name \(worker) is taken by \(owner); this one is called \(name)"
        } classic: {
            "Worker \(worker): the name is taken by \(owner), using \(name)"
        }
    }

    /// Somebody suspended all workers.
    func suspended() {
        say(.info, "suspended") {
            [:]
        } sentence: {
            "suspended: no jobs are taken until `rq resume`"
        } classic: {
            "Worker \(worker): suspended, run `rq resume` to resume"
        }
    }

    /// The suspension was lifted.
    func resumed() {
        say(.info, "resumed") {
            [:]
        } sentence: {
            "resumed: worker \(worker) takes jobs again"
        } classic: {
            "Worker \(worker): resumed"
        }
    }

    /// Redis cannot be used; of all workers that find it so, one says it.
    ///
    /// - Parameters:
    ///   - trouble: what went wrong; holds no password.
    ///   - pause: the time until the next attempt.
    func redisLost(_ trouble: RedisTrouble, retryAfter pause: Duration) {
        let reason = trouble.reason
        let message: String
        switch trouble {
        case .unreachable: message = "Redis is unreachable"
        case .refused: message = "Redis refuses to work"
        case .nameTaken: message = "worker name is taken"
        }
        say(.error, message) {
            ["reason": "\(reason)", "after": "\(JobWording.span(pause))"]
        } sentence: {
            "\(message): \(reason); trying again in \(JobWording.span(pause))"
        } classic: {
            """
            Worker \(worker): could not connect to Redis: \(reason); \
            retrying in \(JobWording.span(pause))
            """
        }
    }

    /// The server cannot, or may not, tell of pushes.
    ///
    /// - Parameter reason: the server's words.
    func redisIsDeaf(reason: String) {
        say(.warning, "Redis cannot tell of new jobs") {
            ["reason": "\(reason)"]
        } sentence: {
            "Redis cannot tell of new jobs, so one worker of a pool looks every 200 ms: \(reason)"
        } classic: {
            "Worker \(worker): Redis cannot tell of new jobs, looking every 200 ms: \(reason)"
        }
    }

    /// The clocks of Redis and of this host differ.
    ///
    /// - Parameter offset: positive if this host's is behind.
    func clocksDiffer(by offset: Duration) {
        let words = ClockWords.difference(offset)
        say(.warning, "clocks of Redis and this host differ") {
            ["difference": "\(words)"]
        } sentence: {
            "The clocks of Redis and this host differ: this host's is \(words); what is due and when"
                + " leases end is decided by Redis' clock"
        } classic: {
            "Worker \(worker): the clocks of Redis and this host differ: this host's is \(words)"
        }
    }

    /// They agree again.
    func clocksAgree() {
        say(.info, "clocks of Redis and this host agree again") {
            [:]
        } sentence: {
            "The clocks of Redis and this host agree again"
        } classic: {
            "Worker \(worker): the clocks of Redis and this host agree again"
        }
    }

    /// Redis answers again.
    func redisBack() {
        say(.info, "Redis is back") {
            [:]
        } sentence: {
            "Redis is back, worker \(worker) goes on"
        } classic: {
            "Worker \(worker): Redis is back"
        }
    }
}
