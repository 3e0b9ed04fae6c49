/// The keys of a pool that limit what its workers and jobs use.
extension Schema {
    /// Replacement of workers between jobs, after `max_jobs`.
    static let recycling: [Setting<PoolConfiguration>] = [
        .durationLimit(
            "max_age", \.limits.maxAge, upTo: .seconds(365 * 86_400),
            "Age at which a worker is replaced, after its job; 0 means never."),
        .size(
            "max_memory", \.limits.maxMemory, from: 1 << 20,
            "Memory above which a worker, or a reused process, is replaced after its job."),
    ]

    /// What jobs may use.
    static let limits: [Setting<PoolConfiguration>] = [
        .size(
            "max_result_size", \.limits.maxResultSize, from: 1024,
            "Serialised return value above which a job fails; Redis itself takes at most 512 MiB."),
        .size(
            "memory_max", \.limits.memoryMax, from: 16 << 20,
            "Memory that a job may hold, with all that it has started; above it, it is ended."),
        .size(
            "memory_high", \.limits.memoryHigh, from: 16 << 20,
            "Memory above which the kernel slows a job down, and takes back what it can."),
        .limit(
            "tasks_max", \.limits.tasksMax, upTo: 4_194_304,
            "Processes and threads that a worker's jobs may have; 0 means no limit."),
        .limit(
            "cpu_weight", \.limits.cpuWeight, upTo: 10_000, none: "the kernel's 100",
            "A worker's share of busy processors, next to others with 100."),
        .wholeNumber(
            "nice", \.limits.nice, -20...19,
            "The nice value of jobs: 19 gives way to everybody; 0 is the daemon's own."),
        .choice(
            "io_scheduling_class", \.limits.ioClass,
            "How jobs come to disks; \"none\" is the daemon's own way."),
        .wholeNumber(
            "io_scheduling_priority", \.limits.ioPriority, 0...7,
            "The place within `io_scheduling_class`; 0 comes first."),
        .optionalText(
            "cpu_affinity", \.limits.cpuAffinity, .processors,
            "The processors that jobs may run on; empty means the daemon's own."),
        .wholeNumber(
            "oom_score_adjust", \.limits.oomScoreAdjust, -1000...1000,
            "How soon the kernel kills a job when the machine is out of memory; 1000 is first."),
        resource("as", "The address space of a job's process, in bytes."),
        resource("core", "The size of a core dump, in bytes; 0 for none."),
        resource("cpu", "The processor time of a job's process, in seconds."),
        resource("data", "The data of a job's process, in bytes."),
        resource("fsize", "The size of a file that a job writes, in bytes."),
        resource("memlock", "The memory that a job may lock, in bytes."),
        resource("nofile", "The open files of a job's process."),
        resource("nproc", "The processes of the jobs' user, all together."),
        resource("stack", "The stack of a job's process, in bytes."),
    ]

    private static func resource(_ name: String, _ meaning: String) -> Setting<PoolConfiguration> {
        .optionalText("limit_\(name)", \.limits.resources[name], .resourceLimit, meaning)
    }
}

extension Setting {
    /// A size that limits something; 0 means no limit.
    fileprivate static func size(
        _ name: String, _ place: Place<Int?>, from least: Int, _ documentation: String
    ) -> Self {
        let expected =
            "a size from \(SizeText.text(least)) up such as \"512M\" or \"2G\", or 0 for no limit"
        return Setting(
            name: name, expected: expected, documentation: documentation,
            defaultWords: nil, isTable: false,
            render: { section in
                section[keyPath: place].map { TomlText.quoted(SizeText.text($0)) } ?? "0"
            },
            interpret: { written, _ in
                guard let bytes = written.bytes, bytes == 0 || bytes >= least else {
                    return .refused(mustBe: expected, not: written)
                }
                return .accepted { $0[keyPath: place] = bytes == 0 ? nil : bytes }
            })
    }
}

extension TextGrammar {
    /// Some of the machine's processors.
    fileprivate static let processors = TextGrammar(
        expected: "numbers of processors such as \"0-3,6\"",
        accepts: { ProcessorList($0) != nil })

    /// A limit of getrlimit(2).
    fileprivate static let resourceLimit = TextGrammar(
        expected: "a number such as \"4096\" or \"2G\", \"infinity\", or two of them such as "
            + "\"1024:4096\"",
        accepts: { ResourceLimit($0) != nil })
}

extension WrittenValue {
    /// The size: a text with a unit, or a whole number of bytes.
    fileprivate var bytes: Int? {
        switch self {
        case .integer(let number): number < 0 ? nil : Int(exactly: number)
        case .text(let text), .untyped(let text): SizeText.bytes(text)
        case .floating, .boolean, .date, .list, .table: nil
        }
    }
}
