/// Builds a configuration from what the sources say, one after the other; later ones win.
///
/// Pure: it opens nothing and looks nothing up. Everything wrong is collected on the way.
struct Merge {
    private(set) var complaints: [ConfigurationError.Complaint] = []
    /// Where each key that somebody set got its value, by dotted key.
    private(set) var origins: [String: Origin] = [:]
    /// Pools by name, with where they were named first.
    private(set) var firstNamed: [String: Origin] = [:]
    /// The pools in the order in which they were named.
    private(set) var poolNames: [String] = []

    private var redis = RedisConfiguration()
    private var log = LogConfiguration()
    private var control = ControlConfiguration()
    private var metrics = MetricsConfiguration()
    private var scheduler = SchedulerConfiguration()
    private(set) var python = PythonConfiguration()
    private var pools: [String: PoolConfiguration] = [:]
    private var cron: [CronConfiguration] = []
    /// Entries of `[cron]` by name, with where they were named first.
    private(set) var cronFirstNamed: [String: Origin] = [:]
    private var poolPython: [String: [Setting<PythonConfiguration>.Change]] = [:]

    /// Starts with the built-in defaults.
    ///
    /// - Parameters:
    ///   - environment: for the defaults that depend on it, such as `VIRTUAL_ENV`.
    ///   - surroundings: whether the control socket is that of the system's service, and which
    ///     virtual environment the program is installed in.
    ///   - file: the main file, if there is one; an instance's names its control socket.
    init(environment: [String: String], surroundings: Surroundings, file: String?) {
        if let directory = environment["VIRTUAL_ENV"], directory.hasPrefix("/") {
            python.interpreter = "\(directory)/bin/python"
            origins["python.interpreter"] = .variable("VIRTUAL_ENV")
        } else if let directory = surroundings.virtualEnvironment {
            python.interpreter = "\(directory)/bin/python"
            origins["python.interpreter"] = .file(
                path: "\(directory)/pyvenv.cfg", line: 0, column: 0)
        }
        (control.socket, origins["control.socket"]) = Self.socket(
            environment, isRoot: surroundings.isRoot, file: file)
    }

    /// The default control socket: systemd's directory for the service, else the usual places.
    ///
    /// Source: systemd.exec(5), `RuntimeDirectory=`; it may name several, with colons between.
    /// That of the unit `rqd@NAME.service` is known by its file, `/etc/rqd/NAME.conf`, so that
    /// `rqd status` finds it.
    private static func socket(
        _ environment: [String: String], isRoot: Bool, file: String?
    ) -> (String, Origin?) {
        let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first ?? ""
        if directory.hasPrefix("/") {
            return ("\(directory)/control.sock", .variable("RUNTIME_DIRECTORY"))
        }
        if let file, let instance = instance(of: file) {
            return ("/run/rqd-\(instance)/control.sock", .file(path: file, line: 0, column: 0))
        }
        if isRoot { return (ControlConfiguration().socket, nil) }
        guard let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") else {
            return ("", nil)
        }
        return ("\(runtime)/rqd/control.sock", .variable("XDG_RUNTIME_DIR"))
    }

    /// `web` of `/etc/rqd/web.conf`; nil for other places.
    private static func instance(of file: String) -> Substring? {
        guard file.hasPrefix("/etc/rqd/"), file.hasSuffix(".conf") else { return nil }
        let name = file.dropFirst("/etc/rqd/".count).dropLast(".conf".count)
        return name.isEmpty || name.contains("/") ? nil : name
    }

    /// Notes something wrong that was found elsewhere.
    mutating func complain(_ message: String, at origin: Origin) {
        complaints.append(ConfigurationError.Complaint(origin: origin, message: message))
    }

    /// Takes what one source says, parents before what is in them.
    mutating func take(_ assignments: [Assignment]) {
        namePools(in: assignments)
        nameCron(in: assignments)
        var refused: [[String]] = []
        for assignment in assignments {
            if refused.contains(where: { assignment.path.starts(with: $0) }) { continue }
            if !take(assignment) { refused.append(assignment.path) }
        }
        settleServer(assignments)
    }

    /// Whoever speaks last says where Redis is, by a URL or by Sentinels, but not by both.
    private mutating func settleServer(_ assignments: [Assignment]) {
        let url = assignments.first { $0.path == ["redis", "url"] }
        let sentinels = assignments.first { $0.path == ["redis", "sentinels"] }
        guard let url else { return }
        if let sentinels, !redis.sentinels.isEmpty {
            complain(
                "redis.sentinels and redis.url both say where Redis is; leave one out",
                at: sentinels.origin)
        } else if sentinels == nil, origins[url.key] == url.origin {
            redis.sentinels = []
            origins["redis.sentinels"] = nil
        }
    }

    /// Adds the pools of a source in the order in which they stand in it.
    private mutating func namePools(in assignments: [Assignment]) {
        var found: [(name: String, origin: Origin)] = []
        for assignment in assignments
        where assignment.path.count > 1 && assignment.path[0] == "pool" {
            let name = assignment.path[1]
            // What is directly in [pool] and not a section is no pool; it is complained about.
            guard TextGrammar.pool.accepts(name) else { continue }
            guard assignment.path.count > 2 || assignment.value == .table else { continue }
            found.append((name, assignment.keyOrigin))
        }
        let inOrder = found.sorted { $0.origin.position < $1.origin.position }
        for (name, origin) in inOrder where firstNamed[name] == nil {
            firstNamed[name] = origin
            poolNames.append(name)
        }
    }

    /// Adds the entries of `[cron]` of a source in the order in which they stand in it.
    private mutating func nameCron(in assignments: [Assignment]) {
        let found = assignments.filter {
            $0.path.count > 1 && $0.path[0] == "cron" && TextGrammar.pool.accepts($0.path[1])
        }
        let inOrder = found.sorted { $0.keyOrigin.position < $1.keyOrigin.position }
        for assignment in inOrder where cronFirstNamed[assignment.path[1]] == nil {
            cronFirstNamed[assignment.path[1]] = assignment.keyOrigin
            cron.append(CronConfiguration(name: assignment.path[1]))
        }
    }

    /// Takes one assignment; false if it is no good, and so is everything below it.
    private mutating func take(_ assignment: Assignment) -> Bool {
        switch assignment.path.first {
        case "redis":
            let changes = read(assignment, as: Schema.redis, below: 1)
            changes?.forEach { $0(&redis) }
            return changes != nil
        case "python":
            let changes = read(assignment, as: Schema.python, below: 1)
            changes?.forEach { $0(&python) }
            return changes != nil
        case "log":
            let changes = read(assignment, as: Schema.log, below: 1)
            changes?.forEach { $0(&log) }
            return changes != nil
        case "scheduler":
            let changes = read(assignment, as: Schema.scheduler, below: 1)
            changes?.forEach { $0(&scheduler) }
            return changes != nil
        case "control":
            let changes = read(assignment, as: Schema.control, below: 1)
            changes?.forEach { $0(&control) }
            return changes != nil
        case "metrics":
            let changes = read(assignment, as: Schema.metrics, below: 1)
            changes?.forEach { $0(&metrics) }
            return changes != nil
        case "pool":
            return takePool(assignment)
        case "cron":
            return takeCron(assignment)
        default:
            complaints.append(SectionReader<Configuration>.unknown(assignment))
            return false
        }
    }

    /// Takes an assignment of a pool, or of its own Python.
    private mutating func takePool(_ assignment: Assignment) -> Bool {
        let path = assignment.path
        guard path.count > 1 else {
            guard assignment.value != .table else { return true }
            let shown = assignment.value.shown
            complain(
                "pool must be a section, as in [pool.default], not \(shown)", at: assignment.origin)
            return false
        }
        let name = path[1]
        guard TextGrammar.pool.accepts(name) else {
            let message = "must be \(TextGrammar.pool.expected), not \(TomlText.quoted(name))"
            complain("the name of a pool \(message)", at: assignment.keyOrigin)
            return false
        }
        if path.count > 2, path[2] == "python" {
            let changes = read(assignment, as: Schema.python, below: 3)
            poolPython[name, default: []] += changes ?? []
            return changes != nil
        }
        if path.count > 2, path[2] == "redis" {
            let changes = read(assignment, as: Schema.jobRedis, below: 3)
            var own = pools[name]?.jobRedis ?? JobRedis()
            changes?.forEach { $0(&own) }
            let kept = own.isDaemons ? nil : own
            pools[name, default: PoolConfiguration(name: name)].jobRedis = kept
            return changes != nil
        }
        if path.count == 3, path[2] == "workers", assignment.value == .table { return true }
        let assignment = assignment.spelledOut
        let changes = read(assignment, as: Schema.pool, below: 2)
        changes?.forEach { $0(&pools[name, default: PoolConfiguration(name: name)]) }
        return changes != nil
    }

    /// Takes an assignment of an entry that is queued again and again.
    private mutating func takeCron(_ assignment: Assignment) -> Bool {
        let path = assignment.path
        guard path.count > 1 else {
            guard assignment.value != .table else { return true }
            let shown = assignment.value.shown
            complain(
                "cron must be a section, as in [cron.nightly], not \(shown)",
                at: assignment.origin)
            return false
        }
        let name = path[1]
        guard TextGrammar.pool.accepts(name) else {
            let message = "must be \(TextGrammar.pool.expected), not \(TomlText.quoted(name))"
            complain("the name of a cron entry \(message)", at: assignment.keyOrigin)
            return false
        }
        let changes = read(assignment, as: Schema.cron, below: 2)
        guard let index = cron.firstIndex(where: { $0.name == name }) else { return false }
        changes?.forEach { $0(&cron[index]) }
        return changes != nil
    }

    /// What an assignment changes in its section; nil if it is no good.
    private mutating func read<Section>(
        _ assignment: Assignment, as settings: [Setting<Section>], below depth: Int
    ) -> [Setting<Section>.Change]? {
        switch SectionReader(settings: settings, depth: depth).read(assignment) {
        case .header:
            return []
        case .change(let change):
            origins[assignment.key] = assignment.origin
            return [change]
        case .wrong(let found):
            complaints += found
            return nil
        }
    }

    /// The outcome, with what depends on the machine filled in.
    ///
    /// - Parameters:
    ///   - surroundings: for the number of workers and the place of programs.
    ///   - path: the value of `PATH`.
    /// - Returns: a configuration that is right only if there are no complaints.
    func configuration(_ surroundings: Surroundings, path: String?) -> Configuration {
        let names = poolNames.isEmpty ? ["default"] : poolNames
        let merged = names.map { name in
            var pool = pools[name] ?? PoolConfiguration(name: name)
            if origins["pool.\(name).workers"] == nil {
                pool.workers = min(surroundings.cores, 4096)
            }
            pool.python = python
            poolPython[name]?.forEach { $0(&pool.python) }
            let program = pool.python.interpreter
            pool.python.interpreter = surroundings.program(program, path: path) ?? program
            return pool
        }
        return Configuration(
            redis: redis, pools: merged, log: log, control: control, metrics: metrics,
            scheduler: scheduler, cron: cron)
    }
}

extension Origin {
    /// The place within a file; the beginning for anything else.
    fileprivate var position: TextPosition {
        guard case .file(_, let line, let column) = self else {
            return TextPosition(line: 0, column: 0)
        }
        return TextPosition(line: line, column: column)
    }
}
