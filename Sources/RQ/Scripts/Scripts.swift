import RedisKit

/// The Lua scripts by which a worker changes Redis: each is one atomic step.
///
/// Their sources lie beside this file; `journal.lua` and `basics.lua` are put before each,
/// `writes.lua`, `runs.lua`, `common.lua` and `bounds.lua` before most. What they take and return
/// is written at the head of each file and decoded by the type that sends it.
///
/// All or nothing: a script that Redis refuses a command takes back what it has written and answers
/// with the server's error, which names the command and the key.
public enum Scripts {
    /// Registers a worker: `birth.lua`.
    public static let birth = Script("birth", [PackageResources.birth_lua])
    /// Takes a job: `claim.lua`.
    public static let claim = Script(
        "claim", writes: [], [PackageResources.runs_lua, PackageResources.claim_lua])
    /// Renews a registration and a lease: `heartbeat.lua`.
    public static let heartbeat = Script("heartbeat", settling + [PackageResources.heartbeat_lua])
    /// Records what became of a job: `outcome.lua`, then `endings.lua` for all but the plain end,
    /// which needs nothing of what is shared.
    public static let outcome = Script(
        "outcome", writes: [],
        [PackageResources.outcome_lua, PackageResources.writes_lua] + settling
            + [PackageResources.endings_lua])
    /// Settles a job whose worker, not whose function, failed: `handback.lua`.
    public static let handback = Script("handback", settling + [PackageResources.handback_lua])
    /// Unregisters a worker: `death.lua`.
    public static let death = Script("death", [PackageResources.death_lua])
    /// Goes on with what the others have left: `resume.lua`.
    public static let resume = Script("resume", settling + [PackageResources.resume_lua])
    /// Takes over the name and the jobs of a dead worker of RQ's own: `inherit.lua`.
    public static let inherit = Script(
        "inherit", settling + [PackageResources.shared_lua, PackageResources.inherit_lua])

    /// What the scripts share that settle jobs, within bounds.
    static var settling: [[UInt8]] {
        [PackageResources.runs_lua, PackageResources.common_lua, PackageResources.bounds_lua]
    }
}

extension Script {
    /// A script of ours: its name, for who reads the server's SLOWLOG; what all share, and its own parts, which are run so that they happen as a
    /// whole or not at all.
    ///
    /// - Parameters:
    ///   - name: what errors call it.
    ///   - writes: `writes.lua`, unless it is left out or comes later.
    ///   - parts: one behind the other.
    init(
        _ name: String, writes: [UInt8] = PackageResources.writes_lua, _ parts: [[UInt8]]
    ) {
        self.init(
            name: name,
            source: Array("-- rqd: \(name)\n".utf8)
                + PackageResources.journal_lua + PackageResources.basics_lua
                + Array("return attempt(function()\n".utf8) + writes + parts.joined()
                + Array("end)\n".utf8))
    }
}
