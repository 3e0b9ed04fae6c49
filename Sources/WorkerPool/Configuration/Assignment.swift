/// One thing that a source says: this key is that value.
struct Assignment: Equatable {
    /// The key, for example `["pool", "web", "workers"]`.
    let path: [String]
    let value: WrittenValue
    /// Where the value stands.
    let origin: Origin
    /// Where the key stands; differs from `origin` only in files.
    let keyOrigin: Origin

    /// The dotted key as an error names it.
    var key: String { path.map(TomlText.key).joined(separator: ".") }

    init(_ path: [String], _ value: WrittenValue, at origin: Origin, keyAt keyOrigin: Origin? = nil)
    {
        self.path = path
        self.value = value
        self.origin = origin
        self.keyOrigin = keyOrigin ?? origin
    }

    /// What a command says.
    init(_ override: Override) {
        let keys = override.key.split(separator: ".", omittingEmptySubsequences: false)
        self.init(keys.map(String.init), override.value, at: override.origin)
    }

    /// `workers = { min = 2, max = 16 }` of a pool as the two keys that it stands for.
    var spelledOut: Assignment {
        guard path.count == 4, path[0] == "pool", path[2] == "workers" else { return self }
        let names = ["min": "workers", "max": "max_workers"]
        guard let name = names[path[3]] else { return self }
        return Assignment([path[0], path[1], name], value, at: origin, keyAt: keyOrigin)
    }

    /// Where one element of a list stands.
    func origin(at position: TextPosition?) -> Origin {
        guard let position, case .file(let path, _, _) = origin else { return origin }
        return .file(path: path, line: position.line, column: position.column)
    }
}
