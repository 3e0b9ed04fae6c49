extension SettingsModule {
    /// The `rqd.conf` that the module comes to.
    ///
    /// - Parameters:
    ///   - python: the interpreter that read it.
    ///   - directory: where rq was started, and finds the application; an absolute path.
    /// - Returns: TOML that `rqd check` accepts, with comments for what has no equivalent.
    /// - Throws: what cannot be understood.
    public func configuration(
        python: PythonConfiguration, directory: String
    ) throws(ConfigurationError) -> String {
        let defaults = try defaults()
        var file = ImportedFile()
        file.say("What `rqd import-settings \(name)` made of \(self.file).")
        file.say("`rqd check -c FILE --connect` tries it; docs/CONFIGURATION.md has all keys.")
        for notice in defaults.notices { file.say(notice) }
        if !others.isEmpty {
            file.say(
                "In capitals there, but nothing that rq reads: \(others.joined(separator: ", ")).")
        }
        file.section("redis")
        if !defaults.overrides.contains(where: { $0.key == "redis.url" }) {
            file.say("The settings do not say where Redis is; this is what rq uses then.")
            file.add("url", RedisConfiguration().url)
        }
        file.add(defaults, of: "redis")
        file.section("python")
        file.add("interpreter", python.interpreter)
        file.add("directory", directory)
        if !python.path.isEmpty { file.line("path = \(TomlText.list(python.path))") }
        file.add(defaults, of: "python")
        file.section("pool.default")
        file.say("One, as `rq worker` is; a service for more jobs at once has more.")
        file.line("workers = 1")
        file.add(defaults, of: "pool.default")
        if log != nil {
            file.section("log")
            file.say("What DICT_CONFIG says of the logger rq.worker. The layout is that of the")
            file.say("format \"classic\"; its handlers are for the jobs' own loggers alone.")
            file.add(defaults, of: "log")
        }
        return file.text
    }
}

/// A file of TOML in the making.
private struct ImportedFile {
    var text = ""

    mutating func say(_ comment: String) {
        line("# \(PrintableText.of(comment))")
    }

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func section(_ name: String) { text += "\n[\(name)]\n" }

    mutating func add(_ name: String, _ value: String) {
        line("\(name) = \(TomlText.quoted(value))")
    }

    /// What the module decides in a section, each with the place where it says so.
    mutating func add(_ defaults: SettingsModule.Defaults, of section: String) {
        for override in defaults.overrides where override.key.hasPrefix(section + ".") {
            let name = override.key.dropFirst(section.count + 1)
            let isFlag = name == "sentry_debug"
            line("\(name) = \(override.toml(isFlag: isFlag))  # \(override.origin)")
        }
    }
}

extension Override {
    /// The value as TOML.
    fileprivate func toml(isFlag: Bool) -> String {
        if let texts = value.elements?.compactMap(\.value.anyText), value.anyText == nil {
            return TomlText.list(texts)
        }
        let text = value.anyText ?? ""
        return isFlag ? text : TomlText.quoted(text)
    }
}
