import CLinux

/// The variables that this process was started with.
enum Environment {
    /// All of them; where one is there twice, the first counts, as it does for `getenv`.
    static func variables() -> [String: String] {
        var variables: [String: String] = [:]
        guard var entry = rqd_environment() else { return variables }
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.firstIndex(of: "="), equals > line.startIndex {
                let name = String(line[..<equals])
                if variables[name] == nil {
                    variables[name] = String(line[line.index(after: equals)...])
                }
            }
            entry += 1
        }
        return variables
    }
}
