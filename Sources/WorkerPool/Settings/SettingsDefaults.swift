import RQ

extension SettingsModule {
    /// What a settings module comes to in the words of the configuration.
    public struct Defaults: Sendable {
        /// A value for each key that it decides.
        public internal(set) var overrides: [Override] = []
        /// What could not be taken over, one line each.
        public internal(set) var notices: [String] = []
    }

    /// The same in the words of the configuration, for the pool `default`.
    ///
    /// - Returns: values, weaker than any variable and flag.
    /// - Throws: what cannot be understood.
    public func defaults() throws(ConfigurationError) -> Defaults {
        var defaults = Defaults()
        if let server = try SettingsServer(values: values, origin: origin).url() {
            defaults.overrides.append(Override("redis.url", server.text, at: server.origin))
        }
        if let queues = values["QUEUES"], queues != .null {
            guard let names = queues.array?.map(\.string), names.allSatisfy({ $0 != nil }) else {
                throw complaint("QUEUES", "must be a list of names")
            }
            let list = names.compactMap(\.self)
            // To rq an empty list is as good as none.
            if !list.isEmpty {
                defaults.overrides.append(
                    Override("pool.default.queues", list: list, at: origin(of: "QUEUES")))
            }
        }
        if let name = try text("NAME") {
            let template = name.split(separator: "%", omittingEmptySubsequences: false)
                .joined(separator: "%%")
            defaults.overrides.append(
                Override("pool.default.worker_name", template, at: origin(of: "NAME")))
        }
        if let dsn = try text("SENTRY_DSN") {
            defaults.overrides.append(
                Override(
                    "python.sentry_dsn", Self.withoutTransport(dsn), at: origin(of: "SENTRY_DSN")))
        }
        for (name, key) in [("SENTRY_CA_CERTS", "ca_certs"), ("SENTRY_DEBUG", "debug")] {
            if let text = try text(name) {
                defaults.overrides.append(
                    Override("python.sentry_\(key)", text, at: origin(of: name)))
            }
        }
        if doesMore || log != nil {
            let whole = Origin.file(path: file, line: 0, column: 0)
            defaults.overrides.append(
                Override(
                    "python.settings", name, at: log == nil ? whole : origin(of: "DICT_CONFIG")))
        }
        if let log { add(log, to: &defaults) }
        return defaults
    }

    /// What `DICT_CONFIG` says of rq's worker; all of it is for Python's own logging.
    private func add(_ log: WorkerLog, to defaults: inout Defaults) {
        let origin = origin(of: "DICT_CONFIG")
        if let text = log.level {
            if let level = LogConfiguration.Level(ofPython: text) {
                defaults.overrides.append(Override("log.level", level.rawValue, at: origin))
            } else {
                defaults.notices.append(
                    "\(origin): DICT_CONFIG's level \(WrittenValue.quoted(text)) is none of "
                        + "Python's; the level stays")
            }
        }
        guard let line = log.line else { return }
        do throws(LogPatternError) {
            _ = try LogPattern(line)
            defaults.overrides.append(Override("log.line_format", line, at: origin))
            defaults.overrides.append(Override("log.date_format", log.date ?? "", at: origin))
        } catch {
            defaults.notices.append("\(origin): DICT_CONFIG's format \(error); RQ's own is used")
        }
    }

    /// A DSN without the `sync+` that Raven wanted before it, as the manuals of rq 1 show.
    static func withoutTransport(_ dsn: String) -> String {
        guard let scheme = dsn.firstRange(of: "://"),
            let plus = dsn[..<scheme.lowerBound].lastIndex(of: "+")
        else { return dsn }
        return String(dsn[dsn.index(after: plus)...])
    }

    private func text(_ name: String) throws(ConfigurationError) -> String? {
        switch values[name] {
        case nil, .null, .string(""): return nil
        case .string(let text): return text
        case .bool(let flag): return String(flag)
        case .integer(let number): return String(number)
        case .float, .array, .object: throw complaint(name, "must be a text")
        }
    }

    private func complaint(_ name: String, _ message: String) -> ConfigurationError {
        ConfigurationError(
            [ConfigurationError.Complaint(origin: origin(of: name), message: "\(name) \(message)")],
            files: [])
    }
}

extension LogConfiguration.Level {
    /// The level of a name or number of Python's `logging`; nil for what is none.
    ///
    /// Below an error there is nothing here that Python would call critical.
    public init?(ofPython name: String) {
        switch name.uppercased() {
        case "NOTSET", "DEBUG", "0", "10": self = .debug
        case "INFO", "20": self = .info
        case "WARN", "WARNING", "30": self = .warning
        case "ERROR", "CRITICAL", "FATAL", "40", "50": self = .error
        default: return nil
        }
    }
}
