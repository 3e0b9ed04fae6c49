import FoundationEssentials
import RQ
import Testing

/// One file of `Tests/RQ/Fixtures`: what one version of rq wrote and what it says about it.
struct Recording: Decodable {
    let version: String
    let commands: [Command]
    let pickledCalls: [PickledCall]
    let moments: [Moment]
    let floats: [String]
    let strings: [JSONString]
    let snapshots: [Snapshot]

    /// The recorded versions, oldest first.
    static let versions = ["1.16.2", "2.6.1", "2.12.0", "3.0.0"]

    /// Reads the recording of one version.
    static func of(_ version: String, from file: String = #filePath) throws -> Recording {
        let tests = file.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(tests)/Fixtures/\(version).json"
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            Recording.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// The state under this name; `queued`, `finished`, `idle`, `running` or `stopped`.
    func snapshot(_ name: String) throws -> Snapshot {
        try #require(snapshots.first { $0.name == name })
    }

    struct Command: Decodable {
        let command: String
        let worker: String
        let payload: Bytes
        let jobId: String?
        let executionId: String?
    }

    struct PickledCall: Decodable {
        let function: String
        let `protocol`: Int
        let data: Base64Text
    }

    /// One moment in microseconds, and as rq writes it in both forms.
    struct Moment: Decodable {
        let micros: Int
        let iso: String
        let epoch: String
    }

    /// A string and how Python's `json` writes it.
    struct JSONString: Decodable {
        let text: String
        let json: String
    }

    /// Everything in Redis at one moment.
    struct Snapshot: Decodable {
        let name: String
        let keys: [Entry]
        let jobs: [RecordedJob]
        let workers: [RecordedWorker]
        let executions: [RecordedExecution]

        /// The entry under a key.
        func entry(_ key: [UInt8]) throws -> Entry {
            try #require(
                keys.first { $0.key.bytes == key }, "\(String(decoding: key, as: UTF8.self))")
        }

        /// The fields of the hash under a key.
        func fields(_ key: [UInt8]) throws -> FieldList {
            try FieldList(flat: entry(key).hash.map { $0.map(\.bytes) } ?? [])
        }

        /// The entries of the stream under a key; none when there is no such key.
        func stream(_ key: [UInt8]) throws -> [(id: [UInt8], fields: FieldList)] {
            let stream = keys.first { $0.key.bytes == key }?.stream ?? []
            return try stream.map { entry in
                try (entry[0].bytes, FieldList(flat: entry.dropFirst().map(\.bytes)))
            }
        }
    }

    /// One key with its value under the name of its type.
    struct Entry: Decodable {
        let key: Bytes
        let type: String
        let ttl: Int
        let string: Bytes?
        let list: [Bytes]?
        let set: [Bytes]?
        /// Members and scores by turns.
        let zset: [Bytes]?
        /// Names and values by turns.
        let hash: [Bytes]?
        /// The id, then names and values by turns.
        let stream: [[Bytes]]?
    }

    /// Text, or `base64:` and base64.
    struct Bytes: Decodable {
        let bytes: [UInt8]

        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard text.hasPrefix("base64:") else {
                bytes = Array(text.utf8)
                return
            }
            bytes = Array(try #require(Data(base64Encoded: String(text.dropFirst(7)))))
        }

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Base64 without a mark.
    struct Base64Text: Decodable {
        let bytes: [UInt8]

        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            bytes = Array(try #require(Data(base64Encoded: text)))
        }
    }
}
