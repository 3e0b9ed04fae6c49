import RQ

/// Something that happened to a worker.
///
/// *Worker process.* The loop turns descriptors, timers and replies into these.
enum WorkerEvent: Equatable {
    /// Both connections answer.
    case linkUp
    /// A connection was lost or could not be made.
    case linkDown
    /// The name is ours; these executions under it are not settled.
    case registered(unsettled: [ExecutionID])
    /// A live process holds the name.
    case nameTaken
    /// The worker hash has expired or was deleted; the link is up.
    case unregistered
    /// The slot stable answers.
    case stablePresent
    /// The slot stable was asked for a horse while nothing runs, or was forked and has to answer.
    case horseAsked
    /// A horse waits for a job.
    case horseReady
    /// No horse waits: one loads the application, or is to, and that may take any time.
    case horseLoading
    /// The time of the timer `horse` is over; whether the slot stable works, and may only be slow, or
    /// has done its part, and horses load the application.
    case horseLate(isWorking: Bool, isLoading: Bool = false)
    /// The slot stable cannot fork.
    case forkRefused
    /// The horse that waited has died; another is on its way.
    case horseGone
    /// The slot stable is gone, and its horses with it.
    case stableLost
    /// The reply to a claim.
    case claimed(ClaimReply)
    /// The reply to a settlement or a hand-back.
    case settled(Fate)
    /// Redis refused the claim; it is to be tried again after the pause.
    case claimRefused(retryAfter: Duration)
    /// Redis refused the settlement or the hand-back that was on its way, in these words.
    case settlementRefused(RefusalKind, reason: String, retryAfter: Duration)
    /// A queue, or the suspension, has changed since the last claim.
    case woken
    /// The horse has told what became of the job.
    case reported(Outcome)
    /// The job has failed; its horse asks the exception handlers once that is recorded.
    case failedBeforeHandlers(Outcome)
    /// The job's process has told its stack, as far as it can.
    case stackTold
    /// Somebody wants to know where the job is.
    case stackAsked
    /// The horse has ended without telling.
    case horseDied(Outcome, HorseEnding)
    /// The horse has ended before it had read the job; the outcome is for a job that is being
    /// ended anyway.
    case horseRefused(Outcome, HorseEnding)
    /// The horse is done with an errand, or has died of it.
    case errandEnded
    /// The worker holds more than `max_memory`.
    case outgrown
    /// A timer that the state had armed is due.
    case due(WorkerTimer)
    /// Somebody asks this worker to end.
    case stopRequested(StopKind)
    /// The pool is paused: no job is to be taken.
    case paused
    /// The pool is not paused any more.
    case unpaused
    /// There are other settings, to be used after the job in hand.
    case told(WorkerLimits)
    /// A command named the job in hand or its execution: it is to end as `stopped`.
    case stopJob(at: Timestamp)
    /// Somebody else has settled the claim of the job in hand, which may run elsewhere by now.
    case claimSettled
    /// A command asks for the horse's death.
    case killHorse
}

/// How a worker is to end.
enum StopKind: Equatable {
    /// The running job may finish, however long it takes.
    case retire
    /// The running job may finish, within the pool's `stop_timeout`.
    case warm
    /// The running job is killed and handed back.
    case cold
}

/// The timers of a worker; one of each kind.
enum WorkerTimer: CaseIterable, Equatable {
    /// Renew the registration and the lease; an idle worker also looks at its queues.
    case heartbeat
    /// There is no horse for too long.
    case horse
    /// The job has run past its timeout and the grace.
    case job
    /// The job has run for as long as the pool's `slowlog`.
    case slow
    /// The job's process has had its time to tell its stack.
    case stack
    /// A warm stop has lasted `stop_timeout`.
    case stop
    /// There has been no job for `max_idle_time`.
    case idle
    /// The worker is as old as `max_age` lets it be.
    case age
    /// The process is old enough to be replaced after `max_jobs`.
    case youth
    /// A horse that was asked to end has not.
    case kill
    /// A claim that Redis refused is to be tried again.
    case claimAgain
    /// What Redis refused to record is to be sent again.
    case settleAgain
}

/// What a worker does next.
enum WorkerAction: Equatable {
    /// Register the name.
    case register
    /// Ask the stable for a slot stable.
    case askForStable
    /// Kill the slot stable, which hangs; another is asked for when it is gone.
    case replaceStable
    /// Take a job under this execution.
    case claim(ExecutionID)
    /// Give the job to the horse that waits.
    case run(ClaimedJob)
    /// Give user code at a job's end to the horse that waits.
    case runErrand(Errand)
    /// Let the job's horse ask the exception handlers, for the failure is recorded.
    case askHandlers
    /// Log that no horse could be had for user code at a job's end.
    case skippedErrand
    /// Record the outcome; with `next`, claim in the same write.
    case settle(ClaimedJob, Outcome, next: ExecutionID?)
    /// Hand back an execution that failed by our fault.
    case handBack(ExecutionID, HandBackReason)
    /// Renew the registration and, with a job, its lease.
    case heartbeat(ClaimedJob?)
    /// End the horse's process group: ask, or kill.
    case kill(force: Bool)
    /// Ask the job's process for its stack.
    case askForStack(StackUse)
    /// Log what it has told, or why it has not.
    case tellStack(StackUse)
    /// Let a timer fire.
    case arm(WorkerTimer, after: Duration)
    /// Stop a timer.
    case disarm(WorkerTimer)
    /// Use the settings that came last; they are to be registered next.
    case adopt
    /// Show this in the scoreboard and the title.
    case show(SlotState)
    /// Remove the registration, for a new one follows; this one has had so many jobs.
    case renew(jobs: Int)
    /// Remove the registration.
    case unregister
    /// End the process.
    case leave(Int32)
}
