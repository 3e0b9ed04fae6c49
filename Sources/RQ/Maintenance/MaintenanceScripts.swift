import RedisKit

/// The Lua scripts of a scheduler: each is one atomic step, bounded, and safe to send again.
///
/// Their sources lie in `Scripts/Maintenance`; `shared.lua` and what all scripts share are put
/// before each.
enum MaintenanceScripts {
    static let schedule = script("schedule", PackageResources.schedule_lua)
    static let beat = script("beat", PackageResources.beat_lua)
    static let lock = script("lock", PackageResources.lock_lua)
    static let release = script("release", PackageResources.release_lua)
    static let expired = script("expired", PackageResources.expired_lua)
    static let abandoned = script("abandoned", PackageResources.abandoned_lua)
    static let unstick = script("unstick", PackageResources.unstick_lua)
    static let ready = script("ready", PackageResources.ready_lua)
    static let deferred = script("deferred", PackageResources.deferred_lua)
    static let workers = script("workers", PackageResources.workers_lua)
    static let group = script("group", PackageResources.group_lua)
    static let limit = script("limit", PackageResources.limit_lua)
    static let scan = script("scan", PackageResources.scan_lua)
    static let putback = script("putback", PackageResources.putback_lua)
    static let lateSaves = script("latesaves", PackageResources.latesaves_lua)
    static let cron = script("cron", PackageResources.cron_lua)
    static let cronBeat = script("cronbeat", PackageResources.cronbeat_lua)
    /// Which queue a claim came from.
    static let claimed = script("claimed", PackageResources.claimed_lua)
    /// A hand-back that happens only if the lease is over.
    static let reclaim = Script(
        "reclaim",
        Scripts.settling + [PackageResources.reclaim_lua, PackageResources.handback_lua])

    /// All of them.
    static var all: [Script] {
        [
            schedule, beat, lock, release, expired, abandoned, unstick, ready, deferred, workers,
            group, limit, scan, putback, lateSaves, cron, cronBeat, claimed, reclaim,
        ]
    }

    private static func script(_ name: String, _ source: [UInt8]) -> Script {
        Script(name, Scripts.settling + [PackageResources.shared_lua, source])
    }
}
