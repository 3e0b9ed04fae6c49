/// Since when things have been seen without a break.
///
/// What is seen once may be on its way; what is seen for long has been forgotten. Pure.
struct Sightings<Item: Hashable> {
    private let patience: Duration
    private var since: [Item: MonotonicTime] = [:]

    /// Nothing was seen yet.
    ///
    /// - Parameter patience: how long something must have been seen.
    init(patience: Duration) { self.patience = patience }

    /// What is being watched.
    var items: [Item] { Array(since.keys) }

    /// Notes what is there now, and forgets what is not any more.
    ///
    /// - Returns: what has been there for long enough.
    mutating func saw(_ items: [Item], at now: MonotonicTime) -> [Item] {
        var kept: [Item: MonotonicTime] = [:]
        for item in items { kept[item] = since[item] ?? now }
        since = kept
        return items.filter { item in kept[item].map { now - $0 >= patience } == true }
    }

    /// Watches something more.
    mutating func watch(_ item: Item, at now: MonotonicTime) {
        if since[item] == nil { since[item] = now }
    }
}
