import RQ

/// The search for jobs that say they are queued and are in no queue.
///
/// Pure. What lies in the queues is listed first; then the jobs are gone through, some at a time.
/// A job that was queued before the listing and is not in it is suspect; it is lost if it is still
/// nowhere a minute later. Until then somebody may just be taking it.
struct LostJobSearch {
    /// Jobs that were queued after this moment are not looked at.
    let before: Timestamp
    private let listed: [QueueName: Set<JobID>]

    /// A queue with more ids is left out: it is being worked off.
    static let longestQueue = SchedulerIdentity.longestQueues
    /// How long ago a job must have been queued, and for how long be missing.
    static let patience = Duration.seconds(60)
    /// How many suspects are watched at once.
    static let mostSuspects = 1000

    /// Begins with what lies in the queues.
    init(listed: [QueueName: Set<JobID>], at now: Timestamp) {
        self.listed = listed
        let micros = Self.patience.wholeNanoseconds / 1000
        before = Timestamp(microseconds: now.microseconds - Int(micros))
    }

    /// Those of some jobs that are not where they should be.
    func suspects(among jobs: [QueuedJob]) -> [QueuedJob] {
        jobs.filter { job in listed[job.queue].map { !$0.contains(job.id) } == true }
    }
}
