import TestSupport

/// A difference that is meant; `docs/WIRE.md` gives the reason under "Where rqd differs from RQ".
struct DocumentedDifference: Sendable {
    /// The words in bold type with which the line in `docs/WIRE.md` begins.
    let heading: String
    /// Whether a difference is of this sort.
    let covers: @Sendable (Difference) -> Bool

    /// The kinds with a job that fails and has a `failure_ttl` of 0.
    private static let leavingNothing = [
        "failure_ttl_zero", "failed_parent_without_trace", "killed_without_trace",
        "stopped_without_trace", "slot_of_the_failed_without_trace", "group_that_goes_on",
    ]

    /// All of them.
    ///
    /// What none covers is a fault.
    static let all = [
        DocumentedDifference(heading: "A result tells whose run it was.") {
            let isOfRun =
                $0.isIn("rq:results:", "worker_name") || $0.isIn("rq:results:", "execution_id")
                || $0.isIn("rq:results:", "execution_started_at")
                || $0.isIn("rq:results:", "execution_ended_at")
            return isOfRun && $0.rq == nil && $0.release < .rq2_12
        },
        DocumentedDifference(heading: "Who runs no job has no time of it.") {
            $0.isIn("rq:worker:", "current_job_working_time") && $0.rq == "0" && $0.rqd == nil
        },
        DocumentedDifference(heading: "Every result ends.") {
            $0.isIn("rq:results:", "lifetime") && $0.rq == "for ever" && $0.rqd == "31536000 s"
        },
        DocumentedDifference(heading: "Only changed fields are written.") {
            let isBlanked =
                $0.isIn("rq:job:", "worker_name") || $0.isIn("rq:job:", "last_heartbeat")
            return isBlanked && $0.rq == "" && $0.rqd != nil
                || $0.isIn("rq:job:data_not_compressed-1", "data")
        },
        DocumentedDifference(heading: "The dependents of a running job do not expire.") {
            $0.isIn("rq:job:", "lifetime") && $0.place.contains(":depende") && $0.rq == "3000 s"
                && $0.rqd == "for ever"
        },
        DocumentedDifference(heading: "A stopped job has an end.") {
            let isEnd = $0.isIn("rq:job:", "ended_at") || $0.isIn("rq:job:", "order of times")
            return isEnd && $0.rq?.contains("ended_at") != true && $0.rqd?.isEmpty == false
                || isEnd && $0.kind == "unlisted_after_a_retry"
                || $0.isIn("rq:results:", "execution_ended_at") && $0.rq == nil
        },
        DocumentedDifference(heading: "How a process ended is told in words.") {
            let isTold = $0.isIn("rq:results:", "exc_string") || $0.isIn("trace:webhooks")
            let text = "Work-horse terminated unexpectedly; "
            return isTold && $0.rq?.contains(text + "waitpid returned") == true
                && $0.rqd?.contains(text + "it ") == true
        },
        DocumentedDifference(heading: "A result is in its entry alone.") {
            $0.isIn("rq:job:", "result") && $0.rqd == nil
        },
        DocumentedDifference(heading: "`failure_ttl` 0 leaves nothing.") {
            $0.isIn("rq:failed:") && $0.rqd == nil && ($0.rq == "0 s" || $0.rq == "for ever")
                && leavingNothing.contains($0.kind)
        },
        DocumentedDifference(heading: "Canceled means canceled.") { $0.kind == "cancels_itself" },
        DocumentedDifference(heading: "Deleted means deleted.") {
            $0.kind == "deletes_itself" && $0.rqd == nil
        },
        DocumentedDifference(heading: "An exception handler that raises changes nothing.") {
            $0.kind == "handler_raises"
        },
    ]
}
