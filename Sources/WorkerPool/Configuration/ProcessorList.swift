/// Processors by their numbers, as in `0-3,6`.
///
/// Source: the "List format" of cpuset(7).
struct ProcessorList: Equatable {
    /// The numbers, each once, in their order.
    let numbers: [Int]

    /// What the kernel's largest mask has room for.
    static let most = 8192

    /// Reads a list.
    ///
    /// - Returns: nil if it is none, or names no processor.
    init?(_ text: String) {
        var found: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { end in end.allSatisfy { $0 == " " || $0.isASCII && $0.isNumber } ? end : "" }
                .map { Int($0.filter { $0 != " " }) }
            guard (1...2).contains(ends.count), let first = ends[0],
                let last = ends[ends.count - 1],
                first <= last, last < Self.most
            else { return nil }
            found.formUnion(first...last)
        }
        numbers = found.sorted()
    }

    /// As a mask of bits, the lowest processor first.
    var mask: [UInt64] {
        var words = [UInt64](repeating: 0, count: (numbers.last ?? 0) / 64 + 1)
        for number in numbers { words[number / 64] |= 1 << UInt64(number % 64) }
        return words
    }
}
