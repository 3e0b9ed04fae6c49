/// What the master's children do after the fork.
struct Offspring {
    /// What a worker does; its result is the exit status.
    var worker: (WorkerAssignment) -> Int32 = WorkerProcess.main
    /// What the scheduler does; its result is the exit status.
    var scheduler: (SchedulerAssignment, Scoreboard) -> Int32 = SchedulerProcess.main
    /// What a stable does, with its settings, its end of the control socket, and the pipe on which
    /// it tells how the loading goes.
    var stable: (Roster.StableSettings, Int32, Int32) -> Int32 = {
        PythonStable.run($0, control: $1, report: $2)
    }
}
