/// A worker, from the fork to its exit status.
enum WorkerProcess {
    /// Works as told until asked to stop.
    ///
    /// *Worker process.*
    ///
    /// - Returns: the exit status; see `WorkerExit`.
    static func main(_ assignment: WorkerAssignment) -> Int32 {
        _ = assignment
        return WorkerExit.finished
    }
}
