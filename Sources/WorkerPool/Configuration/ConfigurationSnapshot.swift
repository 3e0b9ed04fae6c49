import FoundationEssentials

/// The files of a configuration as they were read, so that it can be had again whatever becomes of
/// them on disk.
///
/// It is the text and not what the text means: another version of the program may know other keys.
/// It may hold passwords, so it is kept in memory only.
struct ConfigurationSnapshot: Codable, Equatable, Sendable {
    /// In the order in which they count.
    private var files: [File]
    /// The main file, if there was no file at all.
    private var missing: String?

    private struct File: Codable, Equatable {
        let path: String
        let bytes: Data
    }

    /// What was read.
    init(_ reading: ConfigurationReading) {
        files = reading.files.map { File(path: $0.path, bytes: Data($0.bytes)) }
        missing = reading.missing
    }

    /// The same as if it were read now.
    var reading: ConfigurationReading {
        ConfigurationReading(
            files: files.map { ConfigurationFile(path: $0.path, bytes: Array($0.bytes)) },
            missing: missing)
    }
}

extension ConfigurationSnapshot {
    /// Reads what another process has written with `encoded`; nil where that is something else.
    init?(encoded bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            return nil
        }
    }

    /// For another process.
    var encoded: [UInt8] {
        do {
            return Array(try JSONEncoder().encode(self))
        } catch {
            preconditionFailure("paths and bytes can be written as JSON: \(error)")
        }
    }
}
