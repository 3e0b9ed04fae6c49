/// A limit that the kernel sets to a process, getrlimit(2): `1024`, `1024:4096`, `infinity`.
///
/// Source: the `Limit…=` directives of systemd.exec(5).
struct ResourceLimit: Equatable {
    /// What holds.
    let soft: UInt64
    /// What the process itself may raise it to.
    let hard: UInt64

    /// The kernel's numbers for what can be limited, by their names.
    ///
    /// Source: `asm-generic/resource.h`, which x86-64 and arm64 use.
    static let numbers: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "nproc": 6, "nofile": 7,
        "memlock": 8, "as": 9,
    ]

    /// Reads one value for both limits, or two with a colon between.
    ///
    /// - Returns: nil if it is anything else, or the first is above the second.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let values = parts.map { $0 == "infinity" ? .max : SizeText.bytes($0).map(UInt64.init) }
        guard (1...2).contains(values.count), let soft = values[0],
            let hard = values[values.count - 1], soft <= hard
        else { return nil }
        (self.soft, self.hard) = (soft, hard)
    }
}
