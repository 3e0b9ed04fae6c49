import RedisKit

/// Why a call of the client library failed.
///
/// Descriptions are one line and hold no argument of a job and no password.
public enum ClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The exchange with Redis failed; whether the server did what was asked is unknown, unless
    /// it is `RedisError.server`.
    case redis(RedisError)
    /// Something in Redis, or in a serialised value, is not what it should be.
    case wire(WireError)
    /// There is no job with this id.
    case noSuchJob(JobID)
    /// A job that was to be the only one of its id is there already.
    case duplicateJob(JobID)
    /// The job is not in a state for this: what was asked, and where the job stands.
    case refused(JobID, doing: String, status: JobStatus)
    /// An option has a value that cannot be used: its name, and what is wrong with it.
    case unusable(String, String)

    /// One line for the journal.
    public var description: String {
        switch self {
        case .redis(let error): error.description
        case .wire(let error): error.description
        case .noSuchJob(let id): "no such job: \(id)"
        case .duplicateJob(let id): "there is a job \(id) already"
        case .refused(let id, let doing, let status): "cannot \(doing) job \(id): it is \(status)"
        case .unusable(let option, let reason): "\(option) \(reason)"
        }
    }

    /// Gives a Redis error the type that the library throws.
    static func wrapping<R>(_ body: () throws(RedisError) -> R) throws(ClientError) -> R {
        do { return try body() } catch { throw .redis(error) }
    }

    /// Gives a wire error the type that the library throws.
    static func reading<R>(_ body: () throws(WireError) -> R) throws(ClientError) -> R {
        do { return try body() } catch { throw .wire(error) }
    }
}
