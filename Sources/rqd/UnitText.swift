/// The text of a systemd unit for an rqd that lies where no package put it.
///
/// Pure: what is shipped, with other places and names; for a user's own manager without what only
/// the system's manager can do.
struct UnitText {
    /// Whose manager reads it.
    enum Manager: Equatable {
        /// The system's; the account that jobs run as.
        case system(account: String)
        /// A user's own.
        case user
    }

    /// The absolute path of the program.
    let program: String
    /// The file that it reads; systemd's specifiers are as they are.
    let configuration: String
    let manager: Manager

    /// What needs privileges that the manager of a user does not have: other accounts,
    /// capabilities, and all that gives a service its own view of the files.
    ///
    /// Source: systemd.exec(5), "Sandboxing": such a setting fails in a user's manager, or is not
    /// applied, unless user namespaces are there.
    private static let needsPrivilege: Set<String> = [
        "User", "Group", "CapabilityBoundingSet", "AmbientCapabilities", "ProtectSystem",
        "PrivateTmp", "PrivateMounts", "ProtectHome", "PrivateDevices", "RemoveIPC",
        "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectClock",
        "ProtectHostname", "ProtectProc", "InaccessiblePaths", "ReadWritePaths", "After", "Wants",
        "SupplementaryGroups", "PrivateUsers", "ProtectControlGroups", "BindPaths",
    ]

    /// Makes the unit.
    ///
    /// - Parameter shipped: the text of the shipped rqd.service or rqd@.service.
    /// - Returns: the unit; comments above a line that goes have gone with it.
    func text(of shipped: String) -> String {
        var lines: [Substring] = []
        /// Comments whose line has not come yet.
        var comments: [Substring] = []
        for line in shipped.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") {
                comments.append(line)
            } else if let setting = setting(line) {
                lines += comments + [setting]
                comments = []
            } else {
                comments = []
            }
        }
        return Self.withoutDoubleGaps(lines).joined(separator: "\n")
    }

    /// A line for this place; nil if it does not belong there.
    private func setting(_ line: Substring) -> Substring? {
        let key = line.prefix { $0 != "=" }
        let name = String(key)
        if manager == .user, Self.needsPrivilege.contains(name) { return nil }
        switch name {
        case "ExecStart":
            return "ExecStart=\(Self.word(program)) run --config \(configuration)"
        case "ExecReload":
            let rest = line.dropFirst("ExecReload=/usr/bin/rqd".count)
            return "ExecReload=\(Self.word(program))\(rest)"
        case "User", "Group":
            guard case .system(let account) = manager else { return nil }
            return "\(key)=\(account)"
        // Homes are closed to the packages' service; a program in one has to be read.
        case "ProtectHome" where isInHome: return "ProtectHome=read-only"
        case "WantedBy" where manager == .user: return "WantedBy=default.target"
        default: return line
        }
    }

    private var isInHome: Bool {
        ["home", "root"].contains(program.split(separator: "/").first ?? "")
    }

    /// A path as a word of a command line of systemd's.
    private static func word(_ path: String) -> String {
        let escaped = path.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: "%%")
        let isPlain = escaped.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+@%:,".contains($0))
        }
        guard !isPlain else { return escaped }
        let quoted = escaped.map { "\\\"".contains($0) ? "\\\($0)" : String($0) }.joined()
        return "\"\(quoted)\""
    }

    /// At most one empty line in a row.
    private static func withoutDoubleGaps(_ lines: [Substring]) -> [Substring] {
        lines.enumerated().filter { index, line in
            !line.isEmpty || (index > 0 && !lines[index - 1].isEmpty)
        }.map(\.element)
    }
}
