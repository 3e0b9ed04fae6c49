/// How a worker comes by the stack of its job's process, and what it does then.
///
/// *Worker process.* An end that is due waits for the stack, but not for long.
extension WorkerState {
    /// How long a process may take to tell its stack; on an idle machine it takes milliseconds.
    static let stackDeadline = Duration.seconds(2)

    /// Asks for the stack; what it is wanted for follows when it has come, or did not in time.
    mutating func askForStack(_ use: StackUse) -> [WorkerAction] {
        let isAwaited = stackUse != nil
        stackUse = use
        // Asked already because the job is slow: that serves the end as well.
        return isAwaited ? [] : [.askForStack(use), .arm(.stack, after: Self.stackDeadline)]
    }

    /// The job has run for as long as the pool calls slow.
    mutating func jobIsSlow() -> [WorkerAction] {
        guard case .running = duty else { return [] }
        return askForStack(.slow)
    }

    /// Somebody wants to know where the job is; what is on its way already serves that, too.
    ///
    /// A process that is being ended is left alone.
    mutating func stackAsked() -> [WorkerAction] {
        guard case .running = duty, stackUse == nil else { return [] }
        return askForStack(.asked)
    }

    /// The stack has come, or its time is over.
    mutating func stackCame() -> [WorkerAction] {
        guard let use = stackUse else { return [] }
        stackUse = nil
        let told: [WorkerAction] = [.disarm(.stack), .tellStack(use)]
        switch use {
        case .slow, .asked: return told
        case .timeout: return told + [.kill(force: true)]
        case .stop: return told + [.kill(force: false), .arm(.kill, after: limits.killGrace)]
        }
    }

    /// The job's process is done with the job.
    mutating func forgetStack() -> [WorkerAction] {
        let isAwaited = stackUse != nil
        stackUse = nil
        return (limits.slowlog == nil ? [] : [.disarm(.slow)])
            + (isAwaited ? [.disarm(.stack)] : [])
    }
}
