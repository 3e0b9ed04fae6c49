/// What `ps` and `top` show of a worker.
enum WorkerTitle {
    /// `rqd: worker default/0 idle`, or with the job it runs.
    static func text(pool: String, slot: Int, state: SlotState, job: JobFields?) -> String {
        let place = "rqd: worker \(pool)/\(slot)"
        guard let job else { return "\(place) \(word(state))" }
        return "\(place) \(job.function ?? "job") \(job.id)"
    }

    /// One or two words for what a worker does.
    static func word(_ state: SlotState) -> String {
        switch state {
        case .vacant: "vacant"
        case .starting: "starting"
        case .connecting: "connecting"
        case .waitingForStable: "loading"
        case .idle: "idle"
        case .busy: "busy"
        case .settling: "settling"
        case .suspended: "suspended"
        case .stopping: "stopping"
        case .failing: "failing"
        case .gone: "gone"
        }
    }
}
