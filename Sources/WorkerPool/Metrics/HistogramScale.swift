/// The upper bounds of a histogram's buckets, ascending; what is longer goes into one more bucket.
struct HistogramScale: Sendable {
    /// In nanoseconds.
    let bounds: [UInt64]

    /// For jobs: milliseconds to an hour.
    static let job = HistogramScale(milliseconds: [
        5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
        900_000, 3_600_000,
    ])

    /// For steps of rqd's own: a tenth of a millisecond to seconds.
    static let step = HistogramScale(milliseconds: [
        0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000,
    ])

    private init(milliseconds: [Double]) {
        bounds = milliseconds.map { UInt64($0 * 1e6) }
    }

    /// How many words a histogram takes: its buckets, and the sum in nanoseconds.
    var words: Int { bounds.count + 2 }

    /// The bucket that a span falls into.
    func bucket(of nanoseconds: UInt64) -> Int {
        bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count
    }
}
