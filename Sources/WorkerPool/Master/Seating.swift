/// Which worker sits where: the configuration laid out slot by slot.
struct Seating: Equatable, Sendable {
    /// One slot of one pool.
    struct Seat: Equatable, Sendable {
        /// The pool it belongs to.
        let pool: PoolConfiguration
        /// The place within the pool, from 0.
        let slot: Int
        /// The name its workers register under.
        let name: String
        /// Which stable its horses come from: a place in `pythons`; nil where jobs need none.
        let stable: Int?

        /// For titles and the log: `default/0`.
        var label: String { "\(pool.name)/\(slot)" }
    }

    /// All slots, pool by pool; the place here is the place on the scoreboard.
    let seats: [Seat]
    /// The different Python settings, each with a stable of its own.
    let pythons: [PythonConfiguration]

    /// Lays out the pools in their order.
    ///
    /// - Parameters:
    ///   - pools: as configured; one without workers takes no place.
    ///   - host: this machine's name.
    init(_ pools: [PoolConfiguration], host: String) {
        var seats: [Seat] = []
        var pythons: [PythonConfiguration] = []
        for pool in pools where pool.workers > 0 {
            var stable: Int?
            if pool.hostedClass == nil {
                stable = pythons.firstIndex(of: pool.python) ?? pythons.count
                if stable == pythons.count { pythons.append(pool.python) }
            }
            for slot in 0..<pool.workers {
                let name = pool.workerName(host: host, slot: slot)
                seats.append(Seat(pool: pool, slot: slot, name: name, stable: stable))
            }
        }
        self.seats = seats
        self.pythons = pythons
    }

    /// The places of one pool's workers: they lie side by side.
    func slots(ofPoolAt place: Int) -> Range<Int> {
        let first = place - seats[place].slot
        return first..<(first + seats[place].pool.workers)
    }

    /// The pools that share a stable, for its title: `web+mail`.
    func poolNames(of stable: Int) -> String {
        var names: [String] = []
        for seat in seats where seat.stable == stable && !names.contains(seat.pool.name) {
            names.append(seat.pool.name)
        }
        return names.joined(separator: "+")
    }
}
