/// Finds the known name that was probably meant.
public enum Nearest {
    /// How many letters must be put in, left out, changed or swapped with their neighbour.
    static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                let change = last[j] + (one[i] == other[j] ? 0 : 1)
                var best = min(change, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }

    /// The known name nearest to an unknown one, if it is near enough to be meant.
    ///
    /// - Parameters:
    ///   - name: the name that is not known; letter case does not count.
    ///   - known: the names to choose from.
    /// - Returns: nil if all of them are more than two letters, or a third of the name, away.
    public static func name(to name: String, among known: [String]) -> String? {
        let ranked = known.map { ($0, distance(name.lowercased(), $0.lowercased())) }
        guard let (best, distance) = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        let limit = min(max(2, best.utf8.count / 5), best.utf8.count / 2)
        return distance <= limit ? best : nil
    }

    /// The known dotted key that was probably meant.
    ///
    /// - Parameters:
    ///   - path: the keys of one that is not known.
    ///   - known: the dotted keys to choose from.
    /// - Returns: one with the same last name, of the most similar section; else the nearest.
    static func key(to path: [String], among known: [String]) -> String? {
        let namesakes = known.map { $0.split(separator: ".").map(String.init) }
            .filter { $0.last == path.last }
        let closest = namesakes.max { sharedKeys($0, path) < sharedKeys($1, path) }
        return closest?.joined(separator: ".")
            ?? name(to: path.joined(separator: "."), among: known)
    }

    private static func sharedKeys(_ one: [String], _ other: [String]) -> Int {
        zip(one, other).prefix { $0 == $1 }.count
    }
}
