import RQ

/// What runs a job; it never sees Redis.
///
/// *Worker process.* A runtime tells its worker what happens through the closure it was made with.
protocol Runtime: AnyObject {
    /// Makes itself ready; `present` or `lost` follows.
    func begin()

    /// Has a process wait for the next job; `horseReady` follows.
    func prepare()

    /// Lets go of processes that wait for jobs: none is expected soon.
    func rest()

    /// Gives a job to the horse that is ready; `reported` or `horseDied` follows.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - order: what the horse does with it.
    ///   - output: takes each line that the job prints.
    func run(_ job: ClaimedJob, order: HorseOrder, output: @escaping OutputHandler)

    /// Lets a job's process go on that waits for its failure to be recorded; `reported` follows.
    ///
    /// - Returns: false if there is no such process any more.
    func goOn() -> Bool

    /// Ends the running job's process and its group: asks with SIGTERM, or kills.
    func end(force: Bool)

    /// Waits, for a bounded time, for processes that have answered and still send what they recorded.
    ///
    /// Blocks; for a worker that is about to end.
    func awaitDeparting()

    /// Asks the threads of the job's process for their stacks; `stackTold` follows if they answer.
    ///
    /// - Parameter carefully: whether the process is to go on.
    func askForStack(carefully: Bool)

    /// What they have told since then; nil when no job runs.
    func takeStack() -> JobStack?

    /// The process that runs the job, or will run the next one.
    var horse: ProcessIdentity? { get }

    /// The process that horses are forked from; known before `present` where the stable tells it.
    var slotStable: ProcessIdentity? { get }

    /// Whether that process works, and may only be slow.
    var isStableWorking: Bool { get }

    /// Whether all processes for jobs that were asked for are there, or load the application, however
    /// long that takes.
    var isLoadingHorse: Bool { get }

    /// Kills that process, which hangs; `lost` follows.
    func replaceStable()

    /// Looks whether the process of a long job is still there.
    func checkHorse()
}

/// Takes each line that a job prints, without its newline.
typealias OutputHandler = (ArraySlice<UInt8>, OutputMoment) -> Void

/// When something was printed.
enum OutputMoment: Equatable {
    /// While the job ran.
    case duringJob
    /// By what the job has left running: the so-manyth line, from 1.
    case afterEnd(Int)
    /// The first line after the last one that is wanted; the rest is thrown away.
    case dropped
}

/// What a horse is to do with a job.
enum HorseOrder: Equatable {
    /// Run it.
    case run
    /// Run its stopped callback.
    case tellStopped
    /// Tell the handler for horses that died how its own ended.
    case tellKilled(HorseEnding)
    /// Send the webhooks of its success.
    case tellFinished
    /// Send the webhooks of its failure, which tell this text.
    case tellFailed(text: String)

    /// As the horse's frame has it; of webhooks, their `job_status`.
    var word: String {
        switch self {
        case .run: "run"
        case .tellStopped: "stopped"
        case .tellKilled: "killed"
        case .tellFinished: "finished"
        case .tellFailed: "failed"
        }
    }

    /// What goes with the word.
    var detail: String {
        switch self {
        case .run, .tellStopped, .tellFinished: ""
        case .tellKilled(let ending): "\(ending.pid) \(ending.waitStatus) \(ending.usage)"
        case .tellFailed(let text): text
        }
    }
}

/// What a runtime tells its worker.
enum RuntimeEvent {
    /// It can run jobs.
    case present(RuntimeFacts)
    /// A process for a job was asked for while none runs one; or one was forked that is to answer.
    case horseAsked
    /// A process for a job cannot be forked; that is tried again.
    case forkRefused
    /// A job had left processes running; they are being killed.
    case leftBehind(count: Int, name: String, by: JobID?)
    /// A process waits for a job.
    case horseReady
    /// A process for a job was forked, this long after it was asked for.
    case forked(Duration)
    /// No process waits any more; another is on its way.
    case horseGone
    /// No process waits, and one that is started loads the application, or is to: that may take any
    /// time.
    case horseLoading
    /// A process for jobs has ended before it had loaded the application; why, and the calls that led
    /// there. It is started again.
    case loadFailed(reason: String, calls: [String])
    /// A process for jobs takes long to load the application; `place` is "" where it does not tell.
    case loadsSlowly(subject: String, seconds: Int64, place: String)
    /// The job's own word on what became of it.
    case reported(JobReport)
    /// Each thread of the job's process has told its stack, or cannot.
    case stackTold
    /// The job's process ended without a word.
    case horseDied(HorseEnding)
    /// The job's process ended before it had read the job: nothing of it has run.
    case horseRefused(HorseEnding)
    /// The runtime is gone, and the job with it.
    case lost(reason: String)
    /// The system does not accept a limit of the pool; jobs run without it.
    case limitRefused(ProcessLimits.Refusal)
    /// Something an operator should read.
    case warning(String)
}

/// What a worker registers about its runtime.
struct RuntimeFacts: Equatable {
    /// The process that horses are forked from.
    var stable: ProcessIdentity?
    /// The version of the application's rq.
    var rqVersion: String
    /// `sys.version` of the application's interpreter.
    var pythonVersion: String
}
