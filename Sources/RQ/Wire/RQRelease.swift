/// A release of RQ, as far as its readers need another form of what is written.
///
/// Text: `1.16.2`, `2.10.0rc1`; what follows the second number is of no account.
///
/// Source: RQ 1.15.1 to 3.0.0, `rq/registry.py` and `rq/job.py`.
public struct RQRelease: Hashable, Comparable, Sendable {
    /// The first number.
    public let major: Int
    /// The second number.
    public let minor: Int

    /// The release whose form is written where nothing else is known.
    public static let reference = RQRelease(major: 3, minor: 0)

    /// A release by its numbers.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads what `rq.__version__` says.
    ///
    /// - Parameter text: what is no version is the reference.
    public init(text: String) {
        let numbers = text.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) }
        guard let major = numbers.first ?? nil else {
            self = .reference
            return
        }
        self.init(major: major, minor: (numbers.count > 1 ? numbers[1] : nil) ?? 0)
    }

    /// By age.
    public static func < (one: RQRelease, other: RQRelease) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }

    /// Whether its readers look for a running job in `wip` by its bare id: RQ 1.
    public var listsBareIDs: Bool { self < RQRelease(major: 2, minor: 0) }

    /// A Lua pattern of what its readers accept in no job id; empty if they accept all.
    ///
    /// An id that has it is not shown as a worker's `current_job`: they raise an error at it.
    public var refusedInIDs: String {
        if self < RQRelease(major: 2, minor: 1) { return "" }
        if self < RQRelease(major: 2, minor: 8) { return ":" }
        return "[^%w_-]"
    }

    /// Whether its exception handlers are called when the failure is recorded already: RQ 1.
    public var recordsBeforeHandlers: Bool { self < RQRelease(major: 2, minor: 0) }
}
