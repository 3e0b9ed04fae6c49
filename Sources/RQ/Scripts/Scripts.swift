import RedisKit

/// The Lua scripts by which a worker changes Redis: each is one atomic step.
///
/// Their sources lie beside this file; `common.lua` and `bounds.lua` are put before each. What they
/// take and return is written at the head of each file and decoded by the type that sends it.
public enum Scripts {
    /// Registers a worker: `birth.lua`.
    public static let birth = script("birth", PackageResources.birth_lua)
    /// Takes a job: `claim.lua`.
    public static let claim = script("claim", PackageResources.claim_lua)
    /// Renews a registration and a lease: `heartbeat.lua`.
    public static let heartbeat = script("heartbeat", PackageResources.heartbeat_lua)
    /// Records what became of a job: `outcome.lua`.
    public static let outcome = script("outcome", PackageResources.outcome_lua)
    /// Settles a job whose worker, not whose function, failed: `handback.lua`.
    public static let handback = script("handback", PackageResources.handback_lua)
    /// Unregisters a worker: `death.lua`.
    public static let death = script("death", PackageResources.death_lua)
    /// Goes on with what the others have left: `resume.lua`.
    public static let resume = script("resume", PackageResources.resume_lua)
    /// Takes over the name and the jobs of a dead worker of RQ's own: `inherit.lua`.
    public static let inherit = Script(
        name: "inherit",
        source: PackageResources.common_lua + PackageResources.bounds_lua
            + PackageResources.shared_lua + PackageResources.inherit_lua)

    private static func script(_ name: String, _ source: [UInt8]) -> Script {
        Script(
            name: name,
            source: PackageResources.common_lua + PackageResources.bounds_lua + source)
    }
}
