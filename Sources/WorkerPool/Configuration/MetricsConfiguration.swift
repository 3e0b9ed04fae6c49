/// Where the numbers can be fetched, besides `rqd metrics`.
public struct MetricsConfiguration: Sendable, Equatable {
    /// `127.0.0.1:9180`, `[::1]:9180` or `unix:/run/rqd/metrics.sock`; empty means nowhere.
    public var listen: String

    /// Makes a configuration; without arguments, nothing listens.
    public init(listen: String = "") { self.listen = listen }
}
