import Glibc

/// Where the jobs of a worker class are: asks their process, and tells when one is slow.
///
/// *Worker process.*
final class HostedStacks {
    private let slowlog: Duration?
    private let user: uid_t
    private var pipe: Int32?
    private var survey: StackSurvey?
    private var deadline = MonotonicTime.now()
    private var waiting: [(JobStack) -> Void] = []
    private var look: TimerSource?
    private var slow: TimerSource?

    /// Makes the timers.
    ///
    /// - Parameters:
    ///   - slowlog: when a job is slow; nil for never.
    ///   - user: whose rights the jobs have.
    ///   - loop: the worker's.
    ///   - isSlow: called once for a job that has run that long.
    /// - Throws: when there can be no timer.
    init(
        slowlog: Duration?, of user: uid_t, on loop: EventLoop, isSlow: @escaping () -> Void
    ) throws(SystemCallError) {
        self.slowlog = slowlog
        self.user = user
        look = try loop.onTimer { [weak self] in self?.goOn() }
        slow = try loop.onTimer(isSlow)
    }

    /// An interpreter was started, whose threads write here; the descriptor stays its owner's.
    func begin(reading pipe: Int32) { self.pipe = pipe }

    /// The only job that runs has just begun.
    func jobStarted() {
        if let slowlog { slow?.arm(after: slowlog) }
    }

    /// It is over: nobody is told of it any more.
    func jobEnded() {
        slow?.disarm()
        finish()
    }

    /// Asks the threads of a process, with care: it is to go on.
    ///
    /// - Parameters:
    ///   - process: one that has not been reaped.
    ///   - answer: called with what they have told, after 2 s at the latest.
    func ask(_ process: ProcessIdentity, _ answer: @escaping (JobStack) -> Void) {
        waiting.append(answer)
        guard survey == nil else { return }
        survey = StackSurvey(of: process, user, pipe: pipe, isCareful: true)
        deadline = .now() + WorkerState.stackDeadline
        goOn()
    }

    private func goOn() {
        guard let survey else { return }
        if survey.isDone || .now() > deadline { return finish() }
        survey.goOn()
        look?.arm(after: .milliseconds(2))
    }

    private func finish() {
        look?.disarm()
        guard let survey else { return }
        self.survey = nil
        let answers = waiting
        waiting = []
        for answer in answers { answer(survey.stack) }
    }
}
