/// What `ps` and `top` show of a worker.
enum WorkerTitle {
    /// `rqd: worker default/0 idle`, or with the job it runs.
    static func text(pool: String, slot: Int, state: SlotState, job: JobFields?) -> String {
        let place = "rqd: worker \(pool)/\(slot)"
        guard let job else { return "\(place) \(state.word)" }
        return "\(place) \(job.function ?? "job") \(job.id)"
    }
}
