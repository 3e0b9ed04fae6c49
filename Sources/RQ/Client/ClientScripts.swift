import RedisKit

/// The Lua scripts of the client library: each is one atomic step.
///
/// Their sources lie in `Client/Scripts`, with what they take and return at their heads;
/// `client.lua` and what all scripts share are put before each.
enum ClientScripts {
    /// Makes jobs: `enqueue.lua`.
    static let enqueue = script("enqueue", PackageResources.enqueue_lua)
    /// Takes a job back: `cancel.lua`.
    static let cancel = script("cancel", PackageResources.cancel_lua)
    /// Puts a job of a registry back: `requeue.lua`.
    static let requeue = script("requeue", PackageResources.requeue_lua)
    /// Deletes a job: `delete.lua`.
    static let delete = script("delete", PackageResources.delete_lua)
    /// Replaces a job's notes: `save_meta.lua`.
    static let saveMeta = script("save_meta", PackageResources.save_meta_lua)
    /// Deletes the jobs of a queue: `empty.lua`.
    static let empty = script("empty", PackageResources.empty_lua)

    private static func script(_ name: String, _ source: [UInt8]) -> Script {
        Script(name, Scripts.settling + [PackageResources.client_lua, source])
    }
}
