import Glibc

/// Whether the machine, or what the service may use of it, is short of something.
///
/// The kernel tells which share of the time somebody had to wait for the processor, memory or the
/// disk. The service's own control group counts, where there is one that tells; else the machine.
///
/// Source: the kernel's `Documentation/accounting/psi.rst`.
struct Pressure {
    /// The shares of the last ten seconds, in percent, from which on it is called pressure.
    static let limits: [(resource: String, percent: Double)] = [
        ("cpu", 80), ("memory", 10), ("io", 60),
    ]

    /// Where the files are: `cpu.pressure` and the like, or `cpu` and the like.
    private let paths: [String]

    /// Takes the group's files where they are there, else the machine's.
    ///
    /// - Parameters:
    ///   - group: the directory of the service's control group; nil where it has none.
    ///   - machine: the directory of the machine's files.
    init(group: String?, machine: String = "/proc/pressure") {
        paths = Self.limits.map { limit in
            let own = group.map { "\($0)/\(limit.resource).pressure" }
            if let own, access(own, R_OK) == 0 { return own }
            return "\(machine)/\(limit.resource)"
        }
    }

    /// What is short now, in words; nil for nothing, and where the kernel does not tell.
    func shortage() -> String? {
        for (path, limit) in zip(paths, Self.limits) {
            guard let text = ProcessFile.text(path),
                let share = Self.share(in: text), share >= limit.percent
            else { continue }
            return "\(limit.resource) pressure is \(Int(share)) %"
        }
        return nil
    }

    /// Of `some avg10=69.34 avg60=…`: 69.34.
    static func share(in text: String) -> Double? {
        text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("avg10=") }
            .flatMap { Double($0.dropFirst("avg10=".count)) }
    }
}
