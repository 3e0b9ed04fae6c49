import RedisKit

/// Jobs under one name; RQ 2 and later.
///
/// `JobOptions.group` puts a job into one. A job leaves it when it is deleted or has expired.
///
/// Source: RQ 3.0.0, `rq/group.py`.
public struct Group {
    /// Its name.
    public let name: String
    /// Where it is.
    public let client: Client

    /// A group; nothing is asked or written, and it need not exist.
    public init(_ name: String, on client: Client) {
        self.name = name
        self.client = client
    }

    /// All groups, by name; one whose jobs are gone is listed until maintenance has forgotten it.
    ///
    /// - Parameter client: where they are.
    /// - Returns: the groups.
    /// - Throws: `redis`.
    public static func all(on client: Client) throws(ClientError) -> [Group] {
        try client.call(Command("SMEMBERS", .bytes(client.keys.groups))).strings
            .map { String(decoding: $0, as: UTF8.self) }.sorted()
            .map { Group($0, on: client) }
    }

    /// The ids of its jobs, in no order; some may have expired.
    ///
    /// - Throws: `redis`.
    public func ids() throws(ClientError) -> [JobID] {
        let key = client.keys.group(Array(name.utf8))
        return try client.call(Command("SMEMBERS", .bytes(key))).strings.map(JobID.init(bytes:))
    }

    /// Its jobs, in no order; those that have expired are left out.
    ///
    /// - Throws: `redis`.
    public func jobs() throws(ClientError) -> [Job] {
        try Job.fetchMany(try ids(), on: client).compactMap { $0 }
    }
}
