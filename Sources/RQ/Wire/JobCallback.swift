/// A function that is called when a job has ended in a certain way.
///
/// On the wire: the fields `<event>_callback_name` and `<event>_callback_timeout` of the
/// job's hash, where the event is `success`, `failure` or `stopped`.
///
/// Source: RQ 3.0.0, `rq/job.py`, `Callback` and `Job.to_dict`.
public struct JobCallback: Hashable, Sendable {
    /// The dotted import path.
    public let functionName: String
    /// How long it may run.
    public let timeout: Duration

    /// What a callback without a timeout gets: 60 seconds.
    public static let standardTimeout = Duration.seconds(60)

    /// A callback as the two fields say it.
    public init(functionName: String, timeout: Duration = JobCallback.standardTimeout) {
        self.functionName = functionName
        self.timeout = timeout
    }
}
