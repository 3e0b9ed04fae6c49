import RedisKit

/// One call of a script, ready to be sent, and to be sent again after a lost connection.
public struct ScriptRequest: Sendable {
    /// Which script.
    public let script: Script
    /// Its keys: only those a waiting worker wants to hear of.
    public let keys: [Command.Argument]
    /// Its arguments, as the head of the script's file lists them.
    public let arguments: [Command.Argument]

    /// Queues the call on a connection; the reply comes in its turn.
    public func send(on connection: Connection) {
        connection.send(script, keys: keys, arguments: arguments)
    }
}

/// Who speaks to Redis: the first arguments of every script.
public struct WorkerIdentity: Sendable, Hashable {
    /// The keys, with their prefix.
    public let keys: Keys
    /// The worker's name.
    public let name: WorkerName

    /// A worker of this name under these keys.
    public init(keys: Keys, name: WorkerName) {
        self.keys = keys
        self.name = name
    }

    /// A call with the common arguments in front.
    func request(
        _ script: Script, execution: ExecutionID? = nil, at now: Timestamp,
        keys scriptKeys: [Command.Argument] = [], _ rest: [Command.Argument]
    ) -> ScriptRequest {
        let common: [Command.Argument] = [
            .text(keys.prefix), .bytes(name.bytes), .bytes(execution?.bytes ?? []),
            .integer(now.epochSeconds), .bytes(now.epochText), .bytes(now.utcISO),
        ]
        return ScriptRequest(script: script, keys: scriptKeys, arguments: common + rest)
    }
}
