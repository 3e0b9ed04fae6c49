/// Numbers as OpenMetrics text, version 1.0.0, family by family.
///
/// Source: the OpenMetrics specification, <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
struct MetricsText {
    /// The media type of the text.
    static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// Names and values.
    typealias Labels = [(name: String, value: String)]

    /// What a family counts.
    enum Kind: String { case counter, gauge, histogram, info }

    private var lines = ""
    private var name = ""

    /// All of it, with the mark of its end.
    var text: String { lines + "# EOF\n" }

    /// Begins a family; its samples follow.
    ///
    /// - Parameters:
    ///   - name: without the suffixes of its samples; ends with its unit.
    ///   - kind: what it counts.
    ///   - unit: the base unit, for example `seconds`.
    ///   - help: one sentence.
    mutating func family(_ name: String, _ kind: Kind, unit: String? = nil, _ help: String) {
        precondition(unit.map { name.hasSuffix("_\($0)") } != false, "\(name) ends with its unit")
        self.name = name
        lines += "# TYPE \(name) \(kind.rawValue)\n"
        if let unit { lines += "# UNIT \(name) \(unit)\n" }
        lines += "# HELP \(name) \(help)\n"
    }

    /// A sample of the family.
    ///
    /// - Parameters:
    ///   - suffix: for example `_total`.
    ///   - labels: no two samples have the same.
    ///   - value: a number.
    mutating func sample(_ suffix: String = "", _ labels: Labels = [], _ value: some Numeric) {
        lines += name + suffix
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            lines += "{\(pairs.joined(separator: ","))}"
        }
        lines += " \(value)\n"
    }

    /// A histogram of the family; one that is empty is left out.
    ///
    /// - Parameters:
    ///   - labels: no two histograms have the same.
    ///   - scale: its buckets.
    ///   - cells: the number in each bucket, then the sum in nanoseconds.
    mutating func histogram(_ labels: Labels, _ scale: HistogramScale, _ cells: ArraySlice<UInt64>)
    {
        let buckets = cells.dropLast()
        guard let sum = cells.last, buckets.contains(where: { $0 > 0 }) else { return }
        var count: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            count &+= bucket
            let bound =
                index < scale.bounds.count ? "\(Double(scale.bounds[index]) / 1e9)" : "+Inf"
            sample("_bucket", labels + [("le", bound)], count)
        }
        sample("_count", labels, count)
        sample("_sum", labels, Double(sum) / 1e9)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
