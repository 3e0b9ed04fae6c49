extension LoadedConfiguration {
    /// The merged configuration as TOML, with the origin of each value behind it.
    ///
    /// Passwords are replaced by `***`. Without them, the text loads as the same configuration.
    ///
    /// - Returns: lines, each with its line break.
    public func render() -> String {
        var listing = Listing(loaded: self)
        listing.section("redis", Schema.redis, configuration.redis)
        listing.section("python", Schema.python, python)
        for pool in configuration.pools {
            let name = "pool.\(TomlText.key(pool.name))"
            listing.section(name, Schema.pool, pool)
            if let own = pool.jobRedis {
                listing.section("\(name).redis", Schema.jobRedis, own)
            }
            let isOwn = origins.keys.contains { $0.hasPrefix("\(name).python.") }
            if isOwn { listing.section("\(name).python", Schema.python, pool.python) }
        }
        listing.section("scheduler", Schema.scheduler, configuration.scheduler)
        for entry in configuration.cron {
            listing.section("cron.\(TomlText.key(entry.name))", Schema.cron, entry)
        }
        listing.section("log", Schema.log, configuration.log)
        listing.section("control", Schema.control, configuration.control)
        listing.section("metrics", Schema.metrics, configuration.metrics)
        return listing.text
    }
}

/// Lines of TOML, the comments of a section in one column.
private struct Listing {
    let loaded: LoadedConfiguration
    var text = ""

    mutating func section<Section>(
        _ name: String, _ settings: [Setting<Section>], _ values: Section
    ) {
        let lines = settings.map { setting in
            (
                "\(setting.name) = \(setting.render(values))",
                origin(of: "\(name).\(setting.name)", isTable: setting.isTable)
            )
        }
        // A few long values do not push all comments off the screen.
        let width = lines.map(\.0.count).filter { $0 <= 50 }.max() ?? 0
        text += text.isEmpty ? "[\(name)]\n" : "\n[\(name)]\n"
        for (line, origin) in lines {
            let padding = String(repeating: " ", count: max(0, width - line.count))
            text += "\(line)\(padding)  # \(origin)\n"
        }
    }

    /// The origin of a value; of a table, those of all entries.
    private func origin(of key: String, isTable: Bool) -> String {
        guard isTable else { return loaded.origin(of: key).description }
        let inherited = key.hasPrefix("pool.") ? "python.environment." : key + "."
        let entries = loaded.origins.filter {
            $0.key.hasPrefix(key + ".") || $0.key.hasPrefix(inherited)
        }
        let texts = Set(entries.values.map(\.description)).sorted()
        return texts.isEmpty ? Origin.builtIn.description : texts.joined(separator: ", ")
    }
}
