/// The variables that set keys, by their names.
///
/// `RQD_` and the dotted key in capitals, with `_` for `.` and `-`.
enum EnvironmentVariables {
    /// What a variable of the environment turned out to be.
    enum Finding: Equatable {
        case assignment(Assignment)
        /// Like a key, but none: an error, with the message.
        case misspelt(name: String, message: String)
        /// Something else that happens to begin with `RQD_`.
        case foreign(name: String)
    }

    /// RQ's own variables; weaker than any file.
    ///
    /// Source: RQ 3.0.0, `rq/cli/helpers.py` and `rq/defaults.py`.
    static let ofRQ = [
        "RQ_REDIS_URL": ["redis", "url"], "RQ_KEY_PREFIX": ["redis", "key_prefix"],
        "RQ_SENTRY_DSN": ["python", "sentry_dsn"],
        "RQ_SENTRY_CA_CERTS": ["python", "sentry_ca_certs"],
        "RQ_SENTRY_DEBUG": ["python", "sentry_debug"],
        "RQ_JOB_CLASS": ["python", "job_class"], "RQ_QUEUE_CLASS": ["python", "queue_class"],
        "RQ_CONNECTION_CLASS": ["python", "connection_class"],
    ]

    /// What RQ's own variables say.
    static func assignmentsOfRQ(_ environment: [String: String]) -> [Assignment] {
        ofRQ.sorted { $0.key < $1.key }.compactMap { name, path in
            guard let value = environment[name], !value.isEmpty else { return nil }
            return Assignment(path, .untyped(value), at: .variable(name))
        }
    }

    /// The variable of a key.
    static func name(of path: [String]) -> String {
        "RQD_"
            + path.joined(separator: "_").uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// What the variables say; one with an empty value says nothing.
    ///
    /// - Parameters:
    ///   - environment: all variables.
    ///   - pools: the pools that are known already.
    /// - Returns: one for each variable that begins with `RQD_`, by name.
    static func findings(in environment: [String: String], pools: [String]) -> [Finding] {
        let mine = environment.filter { $0.key.hasPrefix("RQD_") && !$0.value.isEmpty }
        let names = Names(pools: pools)
        return mine.sorted { $0.key < $1.key }.map { name, value in
            let paths = names.paths(of: name)
            if paths.count > 1 {
                let keys = paths.map { $0.joined(separator: ".") }.joined(separator: " and ")
                return .misspelt(name: name, message: "could be \(keys); use a file or a flag")
            }
            guard let path = paths.first else { return names.unknown(name) }
            return .assignment(Assignment(path, .untyped(value), at: .variable(name)))
        }
    }
}

/// All the names there are, for the pools there are.
private struct Names {
    /// Every variable with a fixed name, and the keys it may stand for.
    let keys: [String: [[String]]]
    /// Variables that begin with one of these go on with a free name, in a table of that path.
    let tables: [(prefix: String, path: [String])]
    /// What follows the pool's name, longest first.
    let poolEndings: [(ending: String, path: [String])]

    init(pools: [String]) {
        var keys: [String: [[String]]] = [:]
        var tables: [(String, [String])] = []
        let general = Schema.keys().filter {
            !$0.section.hasPrefix("pool.") && !$0.section.hasPrefix("cron.")
        }
        for key in general + pools.flatMap({ Self.poolKeys(of: $0) }) {
            let path = key.section.split(separator: ".").map(String.init) + [key.name]
            let name = EnvironmentVariables.name(of: path)
            if key.isTable {
                tables.append((name + "_", path))
            } else {
                keys[name, default: []].append(path)
            }
        }
        self.keys = keys
        self.tables = tables
        poolEndings = Self.poolKeys(of: "N").filter { !$0.isTable }.map { key in
            let path = Array(
                (key.section + "." + key.name).split(separator: ".").dropFirst(2).map(String.init))
            return ("_" + path.joined(separator: "_").uppercased(), path)
        }.sorted { $0.0.utf8.count > $1.0.utf8.count }
    }

    private static func poolKeys(of pool: String) -> [KeyDescription] {
        Schema.keys(pool: pool).filter { $0.section.hasPrefix("pool.") }
    }

    /// The keys that a variable may stand for: none, one, or those of pools too much alike.
    func paths(of name: String) -> [[String]] {
        if let known = keys[name] { return known }
        let inTables = tables.filter { name.hasPrefix($0.prefix) && name != $0.prefix }.map {
            $0.path + [String(name.dropFirst($0.prefix.count))]
        }
        guard inTables.isEmpty, name.hasPrefix("RQD_POOL_") else { return inTables }
        // A pool that no file names: what stands before a pool's key is its name.
        let rest = name.dropFirst("RQD_POOL_".count)
        guard let (ending, path) = poolEndings.first(where: { rest.hasSuffix($0.ending) }),
            rest.utf8.count > ending.utf8.count
        else { return [] }
        return [["pool", rest.dropLast(ending.count).lowercased()] + path]
    }

    /// A variable that is no key: a slip of the pen, or not ours at all.
    func unknown(_ name: String) -> EnvironmentVariables.Finding {
        guard let meant = Nearest.name(to: name, among: keys.keys.sorted()) else {
            return .foreign(name: name)
        }
        return .misspelt(name: name, message: "unknown variable; did you mean \(meant)?")
    }
}
