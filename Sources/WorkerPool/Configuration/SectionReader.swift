/// Reads assignments as the settings of one section.
struct SectionReader<Section> {
    let settings: [Setting<Section>]
    /// How many keys of a path lead to the section.
    let depth: Int

    /// What an assignment is to the section.
    enum Reading {
        /// The section's own header, or that of a table in it.
        case header
        case change(Setting<Section>.Change)
        case wrong([ConfigurationError.Complaint])
    }

    /// Reads an assignment whose path leads into the section.
    ///
    /// - Parameter assignment: its path has at least `depth` keys.
    /// - Returns: what it changes, or what is wrong with it.
    func read(_ assignment: Assignment) -> Reading {
        let rest = assignment.path.dropFirst(depth)
        guard let name = rest.first else {
            if assignment.value == .table { return .header }
            let example = assignment.key
            return wrong(
                "must be a section, [\(example)], not \(assignment.value.shown)", assignment)
        }
        guard let setting = settings.first(where: { $0.name == name }),
            rest.count == 1 || (setting.isTable && rest.count == 2)
        else {
            return .wrong([Self.unknown(assignment)])
        }
        let entry = rest.count == 2 ? rest.last : nil
        if setting.isTable, entry == nil {
            if assignment.value == .table { return .header }
            return wrong("must be \(setting.expected), not \(assignment.value.shown)", assignment)
        }
        switch setting.interpret(assignment.value, entry ?? "") {
        case .accepted(let change):
            return .change(change)
        case .refused(let refusals):
            return .wrong(
                refusals.map { refusal in
                    ConfigurationError.Complaint(
                        origin: assignment.origin(at: refusal.position),
                        message: "\(assignment.key) \(refusal.message)")
                })
        }
    }

    private func wrong(_ message: String, _ assignment: Assignment) -> Reading {
        let message = "\(assignment.key) \(message)"
        return .wrong([ConfigurationError.Complaint(origin: assignment.origin, message: message)])
    }

    /// The complaint about a key that does not exist, with the one that was probably meant.
    static func unknown(_ assignment: Assignment) -> ConfigurationError.Complaint {
        let path = assignment.path
        let isSection = assignment.value == .table
        let pool = path.count > 1 && path[0] == "pool" ? path[1] : "default"
        let entry = path.count > 1 && path[0] == "cron" ? path[1] : nil
        // Entries of [cron] have names of their own: only there are their keys meant.
        let known = Schema.keys(pool: pool, cron: entry ?? "NAME").filter {
            entry != nil || !$0.section.hasPrefix("cron.")
        }
        let meant =
            isSection
            ? Nearest.name(
                to: assignment.key, among: (known.map(\.section) + Schema.sections).sorted())
            : Nearest.key(to: path, among: known.map { "\($0.section).\($0.name)" })
        let kind = isSection ? "section" : "key"
        let hint = meant.map { "; did you mean \($0)?" } ?? ""
        return ConfigurationError.Complaint(
            origin: assignment.keyOrigin, message: "unknown \(kind) \(assignment.key)\(hint)")
    }
}
