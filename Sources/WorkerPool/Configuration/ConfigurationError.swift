/// Everything that is wrong with a configuration, found in one go.
///
/// Printed one complaint to a line, in the order of the sources and of the lines in them.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One thing that is wrong; printed as `/etc/rqd.conf:12:11: what is wrong`.
    public struct Complaint: Sendable, Hashable, CustomStringConvertible {
        /// Where the operator wrote it; `builtIn` where nobody did.
        public let origin: Origin
        /// What is wrong and what was expected; never a secret.
        public let message: String

        /// One line for the terminal or the journal.
        public var description: String {
            origin == .builtIn ? message : "\(origin): \(message)"
        }
    }

    /// What is wrong; never empty.
    public let complaints: [Complaint]

    /// Sorts and keeps what is wrong.
    ///
    /// - Parameters:
    ///   - complaints: at least one; equal ones are said once.
    ///   - files: the paths of the files, in the order in which they were read.
    init(_ complaints: [Complaint], files: [String]) {
        precondition(!complaints.isEmpty, "an error says what is wrong")
        var said: Set<Complaint> = []
        let ranked = complaints.filter { said.insert($0).inserted }
            .map { (rank: Rank(of: $0.origin, files: files), complaint: $0) }
        self.complaints = ranked.sorted { $0.rank < $1.rank }.map(\.complaint)
    }

    /// All complaints, one to a line, without a line break at the end.
    public var description: String {
        complaints.map(\.description).joined(separator: "\n")
    }
}

/// The place of an origin in the order of sources: files, variables, flags, built-in.
private struct Rank: Comparable {
    let source: Int
    let line: Int
    let column: Int
    let name: String

    init(of origin: Origin, files: [String]) {
        switch origin {
        case .file(let path, let line, let column):
            (source, name) = (files.firstIndex(of: path) ?? files.count, "")
            (self.line, self.column) = (line, column)
        case .variable(let name):
            (source, line, column, self.name) = (files.count + 1, 0, 0, name)
        case .flag:
            (source, line, column, name) = (files.count + 2, 0, 0, "")
        case .builtIn:
            (source, line, column, name) = (files.count + 3, 0, 0, "")
        }
    }

    static func < (one: Rank, other: Rank) -> Bool {
        (one.source, one.line, one.column, one.name)
            < (other.source, other.line, other.column, other.name)
    }
}
