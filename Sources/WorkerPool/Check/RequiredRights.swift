import RQ

/// What the user of a service must be allowed to do in Redis.
///
/// The commands are those of the scripts (`Scripts.capitalWords`) and those that are sent as they
/// are. `rqd check --connect` tries each; the user in the manual has exactly these.
enum RequiredRights {
    /// A command, and how it can be tried without a trace.
    struct Trial {
        /// What is sent behind the command: `KEY` stands for a key that does not exist.
        let arguments: [String]
        /// Whether the key exists afterwards.
        var leavesKey = false
        /// Whether it is refused because the key does not exist.
        var needsKey = false
        /// The subcommand, which has a right of its own.
        var subcommand: String?
    }

    /// How each command can be tried; not all of them are needed.
    static let trials: [String: Trial] = {
        var trials: [String: Trial] = [:]
        for name in [
            "DEL", "UNLINK", "EXISTS", "PERSIST", "PTTL", "TTL", "GET", "HGETALL",
            "HKEYS", "HLEN", "SMEMBERS", "SCARD", "ZCARD", "ZPOPMIN", "LLEN", "LPOP", "RPOP",
            "XLEN", "HVALS", "SPOP", "DUMP", "SRANDMEMBER", "STRLEN",
        ] {
            trials[name] = Trial(arguments: ["KEY"])
        }
        for name in [
            "HGET", "HMGET", "HEXISTS", "HDEL", "SREM", "SISMEMBER", "ZREM", "ZSCORE",
            "ZRANK", "LPOS", "XDEL", "SMISMEMBER", "ZMSCORE",
        ] {
            trials[name] = Trial(arguments: ["KEY", "f"])
        }
        for name in ["EXPIRE", "PEXPIRE", "EXPIREAT", "LINDEX", "SSCAN", "HSCAN", "ZSCAN"] {
            trials[name] = Trial(arguments: ["KEY", "0"])
        }
        for name in [
            "ZCOUNT", "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE",
            "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "LRANGE", "LTRIM",
        ] {
            trials[name] = Trial(arguments: ["KEY", "0", "0"])
        }
        for name in ["XRANGE", "XREVRANGE"] { trials[name] = Trial(arguments: ["KEY", "-", "+"]) }
        for name in ["SADD", "LPUSH", "RPUSH", "SET"] {
            trials[name] = Trial(arguments: ["KEY", "f"], leavesKey: true)
        }
        for name in ["HSET", "HSETNX"] {
            trials[name] = Trial(arguments: ["KEY", "f", "v"], leavesKey: true)
        }
        for name in ["HINCRBY", "HINCRBYFLOAT"] {
            trials[name] = Trial(arguments: ["KEY", "f", "1"], leavesKey: true)
        }
        trials["ZADD"] = Trial(arguments: ["KEY", "1", "f"], leavesKey: true)
        trials["ZINCRBY"] = Trial(arguments: ["KEY", "1", "f"], leavesKey: true)
        trials["XADD"] = Trial(arguments: ["KEY", "*", "f", "v"], leavesKey: true)
        trials["LREM"] = Trial(arguments: ["KEY", "0", "f"])
        trials["XTRIM"] = Trial(arguments: ["KEY", "MAXLEN", "0"])
        trials["LINSERT"] = Trial(arguments: ["KEY", "BEFORE", "f", "g"])
        trials["ZREVRANGEBYSCORE"] = Trial(arguments: ["KEY", "0", "0"])
        // Refused for want of the key, not of the right.
        trials["RENAME"] = Trial(arguments: ["KEY", "KEY"], needsKey: true)
        trials["SRANDMEMBER"] = Trial(arguments: ["KEY", "1"])
        trials["SCAN"] = Trial(arguments: ["0", "COUNT", "1"])
        trials["TIME"] = Trial(arguments: [])
        trials["PUBSUB"] = Trial(arguments: ["NUMSUB", "x"], subcommand: "numsub")
        return trials
    }()

    /// Words in capital letters of the scripts that are no commands.
    static let options: Set = [
        "ACL", "BEFORE", "BYSCORE", "CH", "COUNT", "EX", "GT", "LIMIT", "LT", "MATCH", "MAXLEN",
        "NOPERM",
        "NUMSUB", "NX", "PX", "REV", "TYPE", "WITHSCORES", "WRONGTYPE", "XX",
    ]

    /// Commands that are sent as they are, besides those of the scripts, and that touch keys.
    static let plain: Set = [
        "EXISTS", "HGET", "HGETALL", "HKEYS", "LINDEX", "LLEN", "LRANGE", "SMEMBERS", "ZSCORE",
    ]

    /// What connections need: the words of the commands, and the right of each.
    static let connection: [(words: [String], right: String)] = [
        (["PING"], "ping"), (["SELECT"], "select"), (["CLIENT", "ID"], "client|id"),
        (["CLIENT", "INFO"], "client|info"), (["CLIENT", "SETNAME"], "client|setname"),
        (["CLIENT", "TRACKING"], "client|tracking"), (["SUBSCRIBE"], "subscribe"),
        (["EVAL"], "eval"), (["EVALSHA"], "evalsha"), (["SCRIPT", "LOAD"], "script|load"),
    ]

    /// The commands of scripts and those that are sent as they are, in alphabetical order.
    static var commands: [String] {
        Scripts.capitalWords.subtracting(options).union(plain).sorted()
    }

    /// The right of a command, as an ACL has it: `xadd`, `pubsub|numsub`.
    static func right(of command: String) -> String {
        let name = command.lowercased()
        return trials[command]?.subcommand.map { "\(name)|\($0)" } ?? name
    }

    /// What follows the prefix in keys; what ends with a colon begins the keys of many things.
    static let keys = [
        "clean_groups", "clean_registries:", "cron_job:", "cron_jobs", "cron_scheduler:",
        "cron_schedulers", "deferred:", "execution:", "executions:", "failed:", "finished:",
        "canceled:", "group:", "groups", "job:", "pubsub:", "queue:", "queues", "ready:",
        "results:", "rl-keys", "rl:", "rqd:claims:", "rqd:cron", "rqd:ended", "rqd:hosted",
        "rqd:releasing:", "rqd:resuming", "rqd:unfinished", "rqd:workers", "scheduled:",
        "scheduler-lock:", "scheduler:", "suspended", "wip:", "worker:", "workers",
        "workers:",
    ]

    /// The pattern of an ACL for a key: `rq:results:*`, or the key itself if it is the only one.
    ///
    /// - Parameters:
    ///   - key: as the server names it.
    ///   - prefix: of all keys.
    /// - Returns: what follows the `~` of a rule.
    static func pattern(for key: String, under prefix: String) -> String {
        guard key.hasPrefix("\(prefix):") else { return key }
        let rest = key.dropFirst(prefix.count + 1)
        let family = keys.filter { $0.hasSuffix(":") && rest.hasPrefix($0) }
            .max { $0.count < $1.count }
        return family.map { "\(prefix):\($0)*" } ?? key
    }
}
