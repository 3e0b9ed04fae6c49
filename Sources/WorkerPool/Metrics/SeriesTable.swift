import CLinux
import Glibc

/// Counted things in shared memory: a row of cells for each key, as many rows as there are.
///
/// All processes may count at once, and none waits: a row is taken by one atomic step, its key is
/// written once and then stands, and cells are only added to. Whoever dies while it takes a row
/// loses that row and nothing else. Two that take a row for the same key at the same moment may
/// get two; the reader adds them up.
///
/// `@unchecked Sendable`: see above; the memory belongs to the `MetricsBoard`.
struct SeriesTable: @unchecked Sendable {
    private let start: UnsafeMutablePointer<UInt64>
    /// How many keys find room.
    let rows: Int
    /// How many cells a row has.
    let cells: Int

    private enum Stage { static let free: UInt64 = 0, taken: UInt64 = 1, ready: UInt64 = 2 }

    // A row: stage, fingerprint, lengths, two labels, cells.
    private static let labelWords = (SeriesKey.longestLabel + 7) / 8
    private static let wordsInFront = 3 + 2 * labelWords

    /// How many words a table takes: the rows, and one for all that finds no room.
    static func words(rows: Int, cells: Int) -> Int { (rows + 1) * words(cells: cells) }

    /// Whole cache lines.
    private static func words(cells: Int) -> Int { (wordsInFront + cells + 7) / 8 * 8 }

    /// A table in memory that is zero, or was one before.
    init(at start: UnsafeMutablePointer<UInt64>, rows: Int, cells: Int) {
        self.start = start
        self.rows = rows
        self.cells = cells
    }

    /// Where a key's cells are; those of the last row when there is no room for it.
    func cells(of key: SeriesKey) -> UnsafeMutablePointer<UInt64> {
        let fingerprint = key.fingerprint
        var place = Int(fingerprint % UInt64(rows))
        for _ in 0..<rows {
            let row = row(place)
            if rqd_load(row) == Stage.free,
                rqd_compare_exchange(row, Stage.free, Stage.taken) != 0
            {
                write(key, fingerprint, to: row)
                return row + Self.wordsInFront
            }
            if rqd_load(row) == Stage.ready, rqd_load(row + 1) == fingerprint,
                self.key(in: row) == key
            {
                return row + Self.wordsInFront
            }
            place = place + 1 == rows ? 0 : place + 1
        }
        return row(rows) + Self.wordsInFront
    }

    /// Everything that was counted, by key; what found no room under `SeriesKey.other`.
    var all: [(key: SeriesKey, cells: [UInt64])] {
        var found: [SeriesKey: [UInt64]] = [:]
        for place in 0...rows {
            let row = row(place)
            let isRest = place == rows
            guard isRest || rqd_load(row) == Stage.ready else { continue }
            let values = (0..<cells).map { rqd_load(row + Self.wordsInFront + $0) }
            if isRest, values.allSatisfy({ $0 == 0 }) { continue }
            let key = isRest ? SeriesKey.other : key(in: row)
            found[key] = found[key].map { zip($0, values).map { $0 &+ $1 } } ?? values
        }
        return found.map { (key: $0.key, cells: $0.value) }.sorted {
            ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second)
        }
    }

    private func row(_ place: Int) -> UnsafeMutablePointer<UInt64> {
        start + place * Self.words(cells: cells)
    }

    private func write(
        _ key: SeriesKey, _ fingerprint: UInt64, to row: UnsafeMutablePointer<UInt64>
    ) {
        var lengths: UInt64 = 0
        for (index, label) in [key.first, key.second].enumerated() {
            let room = UnsafeMutableRawBufferPointer(
                start: row + 3 + index * Self.labelWords, count: Self.labelWords * 8)
            room.copyBytes(from: label.utf8.prefix(room.count))
            lengths |= UInt64(label.utf8.count) << UInt64(index * 16)
        }
        row[2] = lengths
        rqd_store(row + 1, fingerprint)
        rqd_store(row, Stage.ready)
    }

    /// The key of a row that is ready.
    private func key(in row: UnsafeMutablePointer<UInt64>) -> SeriesKey {
        let labels = (0..<2).map { index in
            let count = Int(row[2] >> UInt64(index * 16) & 0xffff)
            let bytes = UnsafeRawBufferPointer(
                start: row + 3 + index * Self.labelWords, count: min(count, Self.labelWords * 8))
            return String(decoding: bytes, as: UTF8.self)
        }
        return SeriesKey(labels[0], labels[1])
    }
}
