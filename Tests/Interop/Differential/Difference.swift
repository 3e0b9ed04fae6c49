import TestSupport

/// A place in Redis where two runs of one mix of jobs left different things.
struct Difference: CustomStringConvertible, Sendable {
    /// The release of rq that was compared with.
    var release = PythonEnvironment.Release.rq3_0
    /// The kind of job it belongs to; `shared` for what belongs to none.
    let kind: String
    /// Key and field: `rq:job:chain-1 / status`.
    let place: String
    /// What `rq worker` left there, nil for nothing.
    let rq: String?
    /// What rqd left there, nil for nothing.
    let rqd: String?

    var description: String {
        "\(place)\n      rq: \(rq ?? "nothing")\n     rqd: \(rqd ?? "nothing")"
    }

    /// Whether the place is a field of a key of this sort.
    ///
    /// - Parameters:
    ///   - prefix: what the key begins with.
    ///   - field: the field, or any if nil.
    /// - Returns: true if it is.
    func isIn(_ prefix: String, _ field: String? = nil) -> Bool {
        guard place.hasPrefix(prefix) else { return false }
        return field.map { place.hasSuffix("/ \($0)") || place.hasSuffix(" \($0)") } ?? true
    }

    /// What two dumps do not have in common.
    ///
    /// - Parameters:
    ///   - kind: whose dumps they are.
    ///   - rq: of `rq worker`: place to value.
    ///   - rqd: of rqd.
    ///   - release: of rq.
    /// - Returns: in the order of their places.
    static func between(
        _ kind: String, rq: [String: String], rqd: [String: String],
        _ release: PythonEnvironment.Release
    ) -> [Difference] {
        Set(rq.keys).union(rqd.keys).sorted().compactMap { place in
            // A key of rqd's own, of which no other program knows.
            guard rq[place] != rqd[place], !place.hasPrefix("rq:rqd:ended") else { return nil }
            return Difference(
                release: release, kind: kind, place: place, rq: rq[place], rqd: rqd[place])
        }
    }
}
