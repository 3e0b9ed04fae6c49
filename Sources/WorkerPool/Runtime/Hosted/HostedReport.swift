import RQ
import RedisKit

/// What the interpreter tells of its worker; `hosted.py` lists the frames.
enum HostedReport: Equatable {
    /// The worker class is loaded.
    case ready(rqVersion: String)
    /// The worker's state, in RQ's words.
    case state(String)
    /// An id was taken from a queue.
    case taken(TakenJob)
    /// The job is about to be run, having waited so long; nil when nobody knows.
    case started(
        id: String, queue: String, function: String, description: String, waited: Duration?)
    /// What RQ calls the run.
    case execution(id: String, execution: String)
    /// The process that the job runs in.
    case horse(pid: Int32)
    /// The job is over; the worker's counts so far, and the most memory in bytes.
    case ended(id: String, succeeded: UInt64, failed: UInt64, peakMemoryBytes: UInt64)
    /// `work()` has returned, or could not be called.
    case leaving(HostedLeave, reason: String)
    /// Not understood.
    case nonsense(String)

    /// Reads one frame.
    init(_ frame: ReplyView) {
        func word(_ place: Int) -> String {
            String(decoding: frame[place].bytes ?? [], as: UTF8.self)
        }
        func number(_ place: Int) -> UInt64 { UInt64(word(place)) ?? 0 }
        guard frame.count > 0 else {
            self = .nonsense("")
            return
        }
        switch (word(0), frame.count) {
        case ("hello", 2): self = .ready(rqVersion: word(1))
        case ("state", 2): self = .state(word(1))
        case ("taken", 4):
            let moment = try? Timestamp(epochText: frame[3].bytes ?? [], field: "moment")
            self = .taken(
                TakenJob(
                    queue: QueueName(bytes: frame[1].bytes ?? []),
                    id: JobID(bytes: frame[2].bytes ?? []),
                    at: moment ?? Timestamp(microseconds: 0)))
        case ("started", 6):
            self = .started(
                id: word(1), queue: word(2), function: word(3), description: word(4),
                waited: Double(word(5)).map { .seconds(min(max($0, 0), 1e9)) })
        case ("execution", 3): self = .execution(id: word(1), execution: word(2))
        case ("horse", 2): self = .horse(pid: Int32(word(1)) ?? 0)
        case ("ended", 5):
            self = .ended(
                id: word(1), succeeded: number(2), failed: number(3),
                peakMemoryBytes: min(number(4), 1 << 40) * 1024)
        case ("leaving", 3):
            self = .leaving(
                HostedLeave(rawValue: word(1)) ?? .unexpected, reason: word(2))
        default: self = .nonsense(word(0))
        }
    }
}
