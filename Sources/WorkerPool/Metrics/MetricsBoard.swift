import CLinux

/// What all processes of the service have counted, in memory that they share.
///
/// It lies behind the records of the `Scoreboard` and is bounded like these: so a count outlives the
/// worker that made it, and an upgrade of the program; the master reads it without asking, and
/// neither many queues nor many functions can make it grow. What it costs a job is a handful of
/// atomic additions.
///
/// `@unchecked Sendable`: the scoreboard keeps the memory, which is read and written by atomic
/// operations, and by `SeriesTable`'s rules.
struct MetricsBoard: @unchecked Sendable {
    /// How many functions, counted in each of their queues, have a row of their own.
    static let jobRows = 256
    /// How many queues, and how many pools.
    static let otherRows = 128

    /// By queue and function: a cell for each `JobEnd`, and how long jobs ran.
    let jobs: SeriesTable
    /// By queue: how long jobs waited.
    let queues: SeriesTable
    /// By pool: forks, round trips, restarts, lost connections.
    let pools: SeriesTable
    /// By kind of process: restarts of those that belong to no slot.
    let processes: SeriesTable

    /// The cells of a pool.
    enum PoolCells {
        static let forks = 0
        static let roundTrips = HistogramScale.step.words
        static let restarts = 2 * HistogramScale.step.words
        static let lost = restarts + 1
        static let count = restarts + 2
    }

    /// Grows when what a cell means changes and `words` does not.
    static let version = 1

    /// How much memory it takes; what was never touched costs none.
    static let words = shapes.reduce(0) { $0 + SeriesTable.words(rows: $1.rows, cells: $1.cells) }

    /// Of the tables, in the order in which they lie in memory.
    private static let shapes: [(rows: Int, cells: Int)] = [
        (jobRows, JobEnd.allCases.count + HistogramScale.job.words),
        (otherRows, HistogramScale.job.words),
        (otherRows, PoolCells.count),
        (otherRows, 1),
    ]

    /// In memory that is zero, or was a board before.
    ///
    /// - Parameter start: where `words` words are its own for as long as it is used.
    init(at start: UnsafeMutablePointer<UInt64>) {
        var start = start
        var tables: [SeriesTable] = []
        for shape in Self.shapes {
            tables.append(SeriesTable(at: start, rows: shape.rows, cells: shape.cells))
            start += SeriesTable.words(rows: shape.rows, cells: shape.cells)
        }
        (jobs, queues, pools, processes) = (tables[0], tables[1], tables[2], tables[3])
    }

    /// A job starts that has waited this long in its queue.
    func jobStarted(queue: String, waited: Duration) {
        observe(waited, .job, queues.cells(of: SeriesKey(queue)))
    }

    /// A job has ended.
    ///
    /// - Parameters:
    ///   - queue: where it came from.
    ///   - function: its function; nil when that is not known.
    ///   - end: what became of it.
    ///   - ran: how long it ran; nil when it did not, or nobody knows.
    ///   - count: how many jobs this stands for.
    func jobEnded(
        queue: String, function: String?, _ end: JobEnd, ran: Duration?, count: UInt64 = 1
    ) {
        let cells = jobs.cells(of: SeriesKey(queue, function ?? "(unknown)"))
        _ = rqd_add(cells + end.rawValue, count)
        if let ran { observe(ran, .job, cells + JobEnd.allCases.count) }
    }

    /// A horse was forked, this long after it was asked for.
    func horseForked(pool: String, after span: Duration) {
        observe(span, .step, pools.cells(of: SeriesKey(pool)) + PoolCells.forks)
    }

    /// Redis has answered all that was sent to it in one write, this long after that.
    func redisAnswered(pool: String, after span: Duration) {
        observe(span, .step, pools.cells(of: SeriesKey(pool)) + PoolCells.roundTrips)
    }

    /// A worker's connection to Redis was lost, or could not be made.
    func redisLost(pool: String) {
        _ = rqd_add(pools.cells(of: SeriesKey(pool)) + PoolCells.lost, 1)
    }

    /// A worker was started in the place of one that ended.
    func workerRestarted(pool: String) {
        _ = rqd_add(pools.cells(of: SeriesKey(pool)) + PoolCells.restarts, 1)
    }

    /// A process that belongs to no slot died, and another is started for it.
    func restarted(process: String) {
        _ = rqd_add(processes.cells(of: SeriesKey(process)), 1)
    }

    private func observe(
        _ span: Duration, _ scale: HistogramScale, _ cells: UnsafeMutablePointer<UInt64>
    ) {
        let nanoseconds = UInt64(max(span.wholeNanoseconds, 0))
        _ = rqd_add(cells + scale.bucket(of: nanoseconds), 1)
        _ = rqd_add(cells + scale.bounds.count + 1, nanoseconds)
    }
}
