import FoundationEssentials

/// What a master hands to the program that it becomes: who its children are, and what joins them.
///
/// Written as JSON into memory of its own (`memfd`), whose descriptor the new program is told. The
/// children stay children, since the process stays the same; of the settings that they have, nothing
/// is handed over but what is needed until they are replaced. The settings that are to hold are those
/// that were tried.
struct Handover: Codable, Equatable {
    /// The shape of this; a program that expects another one refuses.
    var version = Handover.current
    /// The lengths of the scoreboard's parts, in words; likewise.
    var layout = Scoreboard.layout
    /// Descriptors of the scoreboard's memory and of its news.
    var scoreboard: Int32
    var news: Int32
    /// How many slots the scoreboard has room for.
    var room: Int
    /// The control socket that listens, and its path; nil where there is none.
    var control: Control?
    /// When the service was started: on the monotonic clock in nanoseconds, and since 1970.
    var started: MonotonicTime
    var startedAt: Int64
    /// By number.
    var pools: [Pool]
    /// The numbers of the configured pools, in the order in which they are shown.
    var order: [Int]
    /// By number.
    var stables: [Stable]
    /// By place on the scoreboard.
    var slots: [Slot]
    /// The scheduler's pid, if there is one.
    var scheduler: Int32?
    /// What slots that are no more have done.
    var past: MasterPast
    /// Whether what an earlier service left on this host was looked after.
    var hasSwept: Bool
    /// Whether the service manager was told that the service is up.
    var isReady: Bool
    /// The files that were tried, and by which the new program is to work.
    var configuration: ConfigurationSnapshot?
    /// The open file of the program that takes over, for it to close.
    var program: Int32?

    static let current = 1

    struct Control: Codable, Equatable {
        var descriptor: Int32
        var path: String
    }

    struct Pool: Codable, Equatable {
        var name: String
        /// The template of its workers' names.
        var workerName: String
        /// Its number of workers in the file, and the one that it is to have.
        var configured: Int
        var wanted: Int
        var isPaused: Bool
        var isGone: Bool
        var stable: Int?
        /// In milliseconds.
        var stopTimeout: Int
        var killGrace: Int
    }

    struct Stable: Codable, Equatable {
        var interpreter: String
        /// Nil for one that does not run.
        var pid: Int32?
        /// Both ends of its socket.
        var stableEnd: Int32
        var workerEnd: Int32
        var isVacant: Bool
    }

    struct Slot: Codable, Equatable {
        var pool: Int
        var number: Int
        var generation: Int
        /// Nil for one that has no worker.
        var pid: Int32?
        /// Where its worker's orders go.
        var orders: Int32?
        var stable: Int?
        var debt: Predecessor?
        var isVacant: Bool
        var isRetiring: Bool
    }

    /// All descriptors that the new program must inherit.
    var descriptors: [Int32] {
        [scoreboard, news] + [control?.descriptor].compactMap(\.self)
            + stables.filter { !$0.isVacant }.flatMap { [$0.stableEnd, $0.workerEnd] }
            + slots.compactMap(\.orders)
    }

    /// For the program that is told the descriptor of the memory that this is written to.
    var encoded: [UInt8] {
        do {
            return Array(try JSONEncoder().encode(self))
        } catch {
            preconditionFailure("our own state can be written as JSON: \(error)")
        }
    }
}

extension Handover {
    /// Reads what was handed over.
    ///
    /// - Parameter descriptor: as the command line names it.
    /// - Throws: `HandoverError` when it is not of this program's kind.
    init(from descriptor: Int32) throws(HandoverError) {
        let bytes = MemoryFile.bytes(of: descriptor)
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes))
        } catch {
            throw HandoverError.unreadable
        }
        guard header.version == Self.current, header.layout == Scoreboard.layout else {
            throw HandoverError.otherKind
        }
        do {
            self = try JSONDecoder().decode(Handover.self, from: Data(bytes))
        } catch {
            throw HandoverError.unreadable
        }
    }

    /// The files that the program before has read for this one; nil where it did not, or where what
    /// it hands over is not understood.
    static func configuration(in descriptor: Int32) -> ConfigurationSnapshot? {
        let bytes = MemoryFile.bytes(of: descriptor)
        do {
            return try JSONDecoder().decode(Files.self, from: Data(bytes)).configuration
        } catch {
            return nil
        }
    }

    /// What every version begins with.
    private struct Header: Decodable {
        var version: Int
        var layout: [Int]
    }

    private struct Files: Decodable {
        var configuration: ConfigurationSnapshot?
    }
}

/// Why a program cannot take over from the one that runs.
public enum HandoverError: Error, Equatable, CustomStringConvertible {
    /// What it was handed is nothing that it understands.
    case unreadable
    /// It has another idea of what the processes share.
    case otherKind

    /// One line for the operator.
    public var description: String {
        switch self {
        case .unreadable: "what the running service hands over is not understood"
        case .otherKind:
            "this version cannot take over from the one that runs; restart the service"
        }
    }
}
