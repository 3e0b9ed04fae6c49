import RedisKit
import TestSupport

@testable import RQ

/// What is in a database, key by key, without what differs from run to run.
struct DatabaseDump {
    struct Key {
        /// Type and content; a stream without the ids of its entries.
        let content: String
        /// Seconds, -1 for no end.
        let lifetime: Int

        /// Whether this is as good as the other: the same, and it does not end before, but for
        /// what passes between two runs.
        func stands(for other: Key) -> Bool {
            guard content == other.content else { return false }
            return lifetime < 0 || other.lifetime < 0
                ? lifetime == other.lifetime : lifetime >= other.lifetime - 5
        }
    }

    private(set) var keys: [String: Key]

    /// The same without one key.
    func without(_ key: String) -> DatabaseDump {
        var rest = self
        rest.keys[key] = nil
        return rest
    }

    /// The jobs that are nowhere: queued and in no list, scheduled or waiting for their rate limit
    /// and in no such registry, started and neither claimed nor leased.
    var lost: Set<String> {
        let places = [
            "queued": ["rq:queue:"], "scheduled": ["rq:scheduled:"], "rate_limited": ["rq:rl:"],
            "started": ["rq:wip:", "rq:rqd:claims:"],
        ]
        var lost: Set<String> = []
        for (key, job) in keys where key.hasPrefix("rq:job:") && job.content.hasPrefix("hash ") {
            let id = String(key.dropFirst("rq:job:".count))
            let fields = job.content.split(separator: " ")
            guard let status = fields.first(where: { $0.hasPrefix("status=") }),
                let prefixes = places[String(status.dropFirst("status=".count))]
            else { continue }
            if !prefixes.contains(where: { holds(id, under: $0) }) { lost.insert(id) }
        }
        return lost
    }

    /// Whether a key with this prefix has the id; a claim is packed, there it is a part of a word.
    private func holds(_ id: String, under prefix: String) -> Bool {
        keys.contains { key, place in
            key.hasPrefix(prefix)
                && place.content.split { " =:".contains($0) }.contains { word in
                    prefix == "rq:rqd:claims:" ? word.contains(id) : word == id
                }
        }
    }

    /// The keys in which this does not stand for another, with what they hold.
    func differences(from other: DatabaseDump) -> [String] {
        Set(keys.keys).union(other.keys.keys).sorted().compactMap { key in
            if let mine = keys[key], let theirs = other.keys[key], mine.stands(for: theirs) {
                return nil
            }
            let both = [self, other].map { dump in
                dump.keys[key].map { "\($0.content) for \($0.lifetime)" } ?? "nothing"
            }
            return "\(key): \(both[0]), not \(both[1])"
        }
    }
}

/// Runs a script again and again from the same state, with something wrong each time.
final class RefusalBench {
    /// One command that a script executed.
    struct Call: Hashable {
        let command: String
        let key: String
    }

    let bench: ScriptBench
    let request: ScriptRequest
    /// The script behind a prologue that counts its calls and refuses the one that it is told.
    private let watched: ScriptRequest
    private var snapshot: [Command.Argument] = []

    /// Prepares a scenario on an empty server.
    init(_ scenario: RefusalScenario, on bench: ScriptBench) throws {
        self.bench = bench
        try bench.redis.call(Command("FLUSHALL"))
        let prepared = try scenario.prepare(bench)
        // So that all runs write the same: the sender says what time it is, although TIME is asked,
        // and members come in their order.
        let source = String(decoding: prepared.script.source, as: UTF8.self)
            .replacing("redis.pcall('TIME')", with: "(redis.pcall('TIME') and {err = 'no time'})")
            .replacing(
                "try('SRANDMEMBER', set, 20) or {}",
                with: "try('SRANDMEMBER', set, 1000) or {} table.sort(some)")
        request = ScriptRequest(
            script: Script(name: prepared.script.name, source: Array(source.utf8)),
            keys: prepared.keys, arguments: prepared.arguments)
        watched = ScriptRequest(
            script: Script(
                name: request.script.name,
                source: Array(Self.prologue.utf8) + request.script.source),
            keys: request.keys, arguments: request.arguments)
        let saved = try call(Self.save)
        snapshot = (saved.array ?? []).map { .bytes($0.raw) }
    }

    /// Puts everything back as it was before the script.
    func reset() throws {
        try bench.redis.call(
            Self.load, keys: [], arguments: snapshot, timeout: .seconds(5))
    }

    /// Runs the script.
    ///
    /// - Returns: the error, if it ended with one, and whether it left something out: where the reply
    ///   is a number, only the server's log has that.
    func run(refusing number: Int? = nil) throws -> (error: String?, isPartial: Bool?) {
        let request = number == nil ? request : watched
        if let number { try bench.given("SET test:refuse \(number)") }
        do {
            return try bench.redis.call(
                request.script, keys: request.keys, arguments: request.arguments,
                timeout: .seconds(5)
            ) { (nil, $0.kind == .integer ? nil : !$0.warnings.isEmpty) }
        } catch RedisError.server(let error) {
            return (error.message, false)
        }
    }

    /// Runs the script with nothing wrong.
    ///
    /// - Returns: the commands that it executed, in their order.
    func watch() throws -> [Call] {
        if let error = try run(refusing: 0).error { throw HarnessError("refused: \(error)") }
        let words = try bench.redis.call(Command("LRANGE", "test:calls", "0", "-1")).array ?? []
        try bench.given("DEL test:calls")
        return stride(from: 0, to: words.count - 1, by: 2).map {
            Call(command: words[$0].word, key: words[$0 + 1].word)
        }
    }

    /// What is in the database.
    func dump() throws -> DatabaseDump {
        let words = (try call(Self.show).array ?? []).map(\.word)
        var keys: [String: DatabaseDump.Key] = [:]
        for place in stride(from: 0, to: words.count - 2, by: 3) {
            keys[words[place]] = DatabaseDump.Key(
                content: words[place + 1], lifetime: Int(words[place + 2]) ?? -1)
        }
        return DatabaseDump(keys: keys)
    }

    private func call(_ script: Script) throws -> ReplyValue {
        try bench.redis.call(script, keys: [], arguments: [], timeout: .seconds(5))
    }

    private static let prologue = """
        local server, refuse = redis, tonumber(redis.call('GET', 'test:refuse'))
        local count = 0
        local function is_refused(command, key)
          count = count + 1
          if refuse == 0 then server.call('RPUSH', 'test:calls', command, tostring(key)) end
          return count == refuse
        end
        local redis = {
          log = function() end,
          call = function(command, key, ...)
            if is_refused(command, key) then error('NOPERM made up', 0) end
            return server.call(command, key, ...)
          end,
          pcall = function(command, key, ...)
            if is_refused(command, key) then return {err = 'NOPERM made up'} end
            return server.pcall(command, key, ...)
          end,
        }

        """

    private static let show = script(
        "show",
        """
        local reply = {}
        local function sorted(list, step)
          local items = {}
          for i = 1, #list, step do
            items[#items + 1] = table.concat(list, '=', i, i + step - 1)
          end
          table.sort(items)
          return table.concat(items, ' ')
        end
        local read = {
          string = function(key) return redis.call('GET', key) end,
          hash = function(key) return sorted(redis.call('HGETALL', key), 2) end,
          list = function(key) return table.concat(redis.call('LRANGE', key, 0, -1), ' ') end,
          set = function(key) return sorted(redis.call('SMEMBERS', key), 1) end,
          zset = function(key)
            return sorted(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'), 2)
          end,
          stream = function(key)
            local texts = {}
            for i, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
              texts[i] = table.concat(entry[2], ' ')
            end
            return table.concat(texts, '; ')
          end,
        }
        for _, key in ipairs(redis.call('KEYS', '*')) do
          if string.sub(key, 1, 5) ~= 'test:' then
            local kind = redis.call('TYPE', key).ok
            reply[#reply + 1] = key
            reply[#reply + 1] = kind .. ' ' .. read[kind](key)
            reply[#reply + 1] = tostring(redis.call('TTL', key))
          end
        end
        return reply
        """)

    private static let save = script(
        "save",
        """
        local reply = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          reply[#reply + 1] = key
          reply[#reply + 1] = tostring(math.max(redis.call('PTTL', key), 0))
          reply[#reply + 1] = redis.call('DUMP', key)
        end
        return reply
        """)

    private static let load = script(
        "load",
        """
        redis.call('FLUSHDB')
        for i = 1, #ARGV, 3 do redis.call('RESTORE', ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
        """)

    private static func script(_ name: String, _ source: String) -> Script {
        Script(name: name, source: Array(source.utf8))
    }
}

extension ReplyValue {
    /// A string; "" for anything else.
    fileprivate var word: String { String(decoding: raw, as: UTF8.self) }

    /// Its bytes.
    fileprivate var raw: [UInt8] {
        if case .string(let bytes) = self { bytes } else { [] }
    }
}
