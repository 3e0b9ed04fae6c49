/// Every key there is.
///
/// The order is the order of the documentation and of `check --show`.
enum Schema {
    static let python: [Setting<PythonConfiguration>] = [
        .text(
            "interpreter", \.interpreter, .program,
            defaultWords: "that of `$VIRTUAL_ENV`, else of rqd's own environment, else `python3`",
            "The Python that runs the jobs: that of the application's virtual environment."),
        .optionalText(
            "directory", \.directory, .absolutePath,
            "The working directory of the jobs; empty means the daemon's own."),
        .list(
            "path", \.path, of: .directory, named: "directories",
            "Directories added to `sys.path`, counted from `directory`; empty means `directory`."),
        .list(
            "preload", \.preload, of: .dottedName, named: "dotted Python names",
            "Modules imported once, before the first job, and shared by all jobs."),
        .optionalText(
            "settings", \.settings, .settings,
            "An RQ settings module, imported before `preload`; its `DICT_CONFIG` counts, too."),
        .table(
            "environment", \.environment, names: .variableName, values: .anyText,
            "Variables set for the jobs, on top of the daemon's own environment."),
        .optionalText(
            "serializer", \.serializer, .serializer,
            "How jobs and results are encoded; must be what the producers use; empty means RQ's."),
        .optionalText(
            "job_class", \.jobClass, .dottedName, "The job class; empty means `rq.job.Job`."),
        .optionalText(
            "queue_class", \.queueClass, .dottedName, "The queue class; empty means `rq.Queue`."),
        .optionalText(
            "connection_class", \.connectionClass, .dottedName,
            "The Redis client class that jobs see; empty means `redis.Redis`."),
        .optionalText(
            "death_penalty_class", \.deathPenaltyClass, .dottedName,
            "The class that ends a job at its timeout; empty means RQ's."),
        .list(
            "exception_handlers", \.exceptionHandlers, of: .dottedName,
            named: "dotted Python names",
            "Functions asked, in this order, what to do with an exception."),
        .flag(
            "disable_default_exception_handler", \.disableDefaultExceptionHandler,
            "Whether a failed job is only marked so: no failed registry, no result, no expiry."),
        .optionalText(
            "work_horse_killed_handler", \.workHorseKilledHandler, .dottedName,
            "A function that is told when a job's process has died; empty means none."),
        .optionalText(
            "sentry_dsn", \.sentryDSN, .sentryDSN, isSecret: true,
            "Where Sentry's SDK, which must be installed, reports failures; empty means nowhere."),
        .optionalText(
            "sentry_ca_certs", \.sentryCACerts, .file,
            "A file of certificates to check Sentry's server against; empty means the usual ones."),
        .flag("sentry_debug", \.sentryDebug, "Whether Sentry's SDK says what it does."),
        .duration(
            "flush_timeout", \.flushTimeout, .zero ... .seconds(60),
            "How long a job's process, once it has answered, waits for threads that still send."),
        .optionalText(
            "on_start", \.onStart, .dottedName,
            "A function called once for each start or restart, before the first job; empty: none."),
        .duration(
            "on_start_timeout", \.onStartTimeout, .seconds(1)...hours(1),
            "How long `on_start` may take; then the start has failed."),
        .choice(
            "on_unsafe_fork", \.onUnsafeFork,
            "What becomes of an application that is not safe to fork: it is named, or refused."),
        .flag(
            "huge_pages", \.hugePages,
            "Whether what is loaded is put into huge pages (Linux 6.1), so that a fork costs less."),
    ]

    static let pool = beforeLimits + recycling + afterLimits + limits

    private static let beforeLimits: [Setting<PoolConfiguration>] = [
        .wholeNumber(
            "workers", \.workers, 0...4096, defaultWords: "one per core",
            "How many jobs run at once; with `max_workers`, how many at least."),
        .limit(
            "max_workers", \.maxWorkers, upTo: 4096,
            "How many workers the pool may have while jobs wait; 0 means always `workers`."),
        .duration(
            "scale_up_after", \.scaleUpAfter, .milliseconds(100)...hours(1),
            "How long a job has waited when a pool with `max_workers` grows."),
        .duration(
            "scale_down_after", \.scaleDownAfter, .seconds(1)...days(1),
            "How long such a pool has had idle workers when it shrinks."),
        .flag(
            "scale_under_pressure", \.scaleUnderPressure,
            "Whether it grows although the machine is short of processor, memory or disk."),
        .list(
            "queues", \.queues, of: .queue, named: "queue names", isSet: true,
            "The queues to take jobs from, the most urgent first."),
        .choice(
            "dequeue_strategy", \.dequeueStrategy,
            "How a worker orders them: as listed, in turn, or shuffled after each job."),
        .optionalText(
            "worker_class", \.workerClass, .dottedName,
            "An RQ worker class that runs the jobs itself; empty means rqd's own worker."),
        .list(
            "worker_class_queues", \.workerClassQueues, of: .queue, named: "queue names",
            "Names that `worker_class` gets in place of the queues, for a class that makes queues of "
                + "names itself."),
        .optionalText(
            "user", \.account.user, .account,
            "The user whose rights the jobs have; needs root or three capabilities; empty: the "
                + "daemon's."),
        .optionalText(
            "group", \.account.group, .account,
            "The group whose rights the jobs have; empty means that of `user`."),
        .optionalText(
            "umask", \.account.umask, .umask,
            "The rights that the jobs' new files lack; empty means the daemon's."),
        .text(
            "worker_name", \.workerName, .workerName,
            "The workers' names in Redis: `%h` host, `%p` pool, `%s` slot, "
                + "`%u` a number that no other start has, `%%` a percent sign."),
        .wholeNumber(
            "result_ttl", \.resultTTL, -1...2_147_483_647,
            meaning: "of seconds from 0 up, or -1 for ever",
            "Seconds that a result is kept if the job does not say; -1 for ever, 0 not at all."),
        .duration(
            "worker_ttl", \.workerTTL, .seconds(1)...days(30),
            "How long Redis remembers a worker that has gone silent."),
        .duration(
            "heartbeat_interval", \.heartbeatInterval, .seconds(1)...hours(1),
            "How often a busy worker tells Redis that it is alive; "
                + "a vanished host is noticed after 3."),
        .wholeNumber(
            "jobs_per_horse", \.jobsPerHorse, 1...1_000_000,
            "Jobs that one process runs in turn; 1 gives each job a fresh process."),
        .choice(
            "isolation", \.isolation,
            "How that process comes about: forked from the application; or started, to load it."),
        .wholeNumber(
            "spares", \.spares, 1...64,
            "Processes that each worker has ready beside its job, with `isolation = \"spawn\"`."),
        .limit(
            "max_jobs", \.maxJobs, upTo: 1_000_000_000,
            "Jobs after which a worker is replaced by a new one; 0 means never."),
    ]

    private static let afterLimits: [Setting<PoolConfiguration>] = [
        .durationLimit(
            "max_idle_time", \.maxIdleTime, upTo: days(30),
            "Time without a job after which a worker is replaced by a new one; 0 means never."),
        .duration(
            "stop_timeout", \.stopTimeout, .zero...days(7),
            "How long running jobs may go on after a stop was asked for."),
        .duration(
            "kill_grace", \.killGrace, .zero...hours(1),
            "How long a process may take between the soft signal and its kill."),
        .duration(
            "timeout_grace", \.timeoutGrace, .zero...hours(1),
            "How long a job may outlive its own timeout before it is killed from outside."),
        .durationLimit(
            "slowlog", \.slowlog, from: .milliseconds(1), upTo: days(7),
            "Time after which the log tells, once, where a running job is; 0 means never."),
        .choice(
            "on_worker_death", \.onWorkerDeath,
            "What becomes of a job whose worker died: back to the front of its queue, or failed."),
        .choice(
            "on_stop", \.onStop,
            "What becomes of a job that a stop interrupted: back to its queue, or failed."),
        .wholeNumber(
            "quarantine_after", \.quarantineAfter, 1...1000,
            "Worker deaths after which a job is failed instead of tried once more."),
        .limit(
            "output_limit", \.outputLimit, upTo: 1_000_000_000,
            "Lines of output that each worker logs in 10 s; the rest is counted; 0 means all."),
        .flag(
            "keep_descendants", \.keepsDescendants,
            "Whether processes that a job has started may go on after its end."),
        .flag(
            "job_descriptions", \.jobDescriptions,
            "Whether the log describes each job (function and arguments) or gives its id alone."),
    ]

    static let scheduler: [Setting<SchedulerConfiguration>] = [
        .flag(
            "enabled", \.enabled,
            "Whether scheduled jobs of all pools are moved to their queues when their time comes."),
        .flag(
            "maintenance", \.maintenance,
            "Whether what dead workers of any kind left behind is found and put in order."),
        .duration(
            "maintenance_interval", \.maintenanceInterval, .seconds(1)...days(1),
            "How often everything is looked after; what is urgent is looked at every 20 s."),
    ]

    static let cron: [Setting<CronConfiguration>] = [
        .text(
            "function", \.function, .dottedName, defaultWords: "none; must be given",
            "The function that is called."),
        .values("args", \.arguments, "Its arguments by place."),
        .valueTable("kwargs", \.keywords, "Its arguments by name."),
        .text("queue", \.queue, .oneQueue, "The queue that it is put in."),
        .text(
            "schedule", \.schedule, .schedule, defaultWords: "none; must be given",
            "When: so long after the last time, or moments of local time as in crontab(5)."),
    ]

    static let log: [Setting<LogConfiguration>] = [
        .choice("level", \.level, "The least important level that is still logged."),
        .choice(
            "format", \.format,
            "`journal` entries, lines of `text` or `json`, RQ's `classic` lines, or what fits stderr."
        ),
        .text(
            "line_format", \.lineFormat, .logPattern,
            "The layout of a `classic` line, in the words of Python's `logging`."),
        .text(
            "date_format", \.dateFormat, .datePattern,
            "How a `classic` line writes its moment, in the words of strftime(3)."),
    ]

    static let control: [Setting<ControlConfiguration>] = [
        .text(
            "socket", \.socket, .socket,
            defaultWords:
                "in `$RUNTIME_DIRECTORY` or `/run/rqd`; not as root, `$XDG_RUNTIME_DIR/rqd`",
            "The socket on which `rqd status` and the like reach the daemon; empty means none.")
    ]

    static let metrics: [Setting<MetricsConfiguration>] = [
        .text(
            "listen", \.listen, .listen,
            "Where `GET /metrics` is answered over HTTP, besides `rqd metrics`; empty means nowhere."
        )
    ]

    private static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    private static func days(_ count: Int) -> Duration { hours(count * 24) }
}

/// A key as the documentation shows it.
struct KeyDescription: Equatable {
    /// `redis`, `python`, `pool.NAME`, `pool.NAME.redis`, `pool.NAME.python`, `scheduler`, `cron.NAME`, `log`,
    /// `control` or `metrics`.
    let section: String
    let name: String
    let expected: String
    let documentation: String
    /// The default as TOML.
    let defaultValue: String
    /// The default in words, where it depends on the machine.
    let defaultWords: String?
    let isTable: Bool

    fileprivate init<Section>(_ setting: Setting<Section>, in section: String, of defaults: Section)
    {
        self.section = section
        name = setting.name
        expected = setting.expected
        documentation = setting.documentation
        defaultValue = setting.render(defaults)
        defaultWords = setting.defaultWords
        isTable = setting.isTable
    }
}

extension Schema {
    /// Every key in every section, for a pool and an entry of `[cron]` of the given names.
    static func keys(pool name: String = "NAME", cron entry: String = "NAME") -> [KeyDescription] {
        let (redis, python, pool, log, control) = (redis, python, pool, log, control)
        let (scheduler, cron, jobRedis) = (scheduler, cron, jobRedis)
        let pythonKeys = { (section: String) in
            python.map { KeyDescription($0, in: section, of: PythonConfiguration()) }
        }
        return redis.map { KeyDescription($0, in: "redis", of: RedisConfiguration()) }
            + pythonKeys("python")
            + pool.map { KeyDescription($0, in: "pool.\(name)", of: PoolConfiguration()) }
            + jobRedis.map { KeyDescription($0, in: "pool.\(name).redis", of: JobRedis()) }
            + pythonKeys("pool.\(name).python")
            + scheduler.map {
                KeyDescription($0, in: "scheduler", of: SchedulerConfiguration())
            }
            + cron.map {
                KeyDescription($0, in: "cron.\(entry)", of: CronConfiguration(name: entry))
            }
            + log.map { KeyDescription($0, in: "log", of: LogConfiguration()) }
            + control.map { KeyDescription($0, in: "control", of: ControlConfiguration()) }
            + metrics.map { KeyDescription($0, in: "metrics", of: MetricsConfiguration()) }
    }

    /// The sections' names, `pool` standing for all pools.
    static let sections = [
        "redis", "python", "pool", "scheduler", "cron", "log", "control", "metrics",
    ]
}
