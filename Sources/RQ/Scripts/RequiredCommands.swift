import RedisKit

extension Scripts {
    /// Every script that workers, the scheduler and maintenance send.
    public static var ofService: [Script] {
        [birth, claim, heartbeat, outcome, handback, death, resume, inherit]
            + MaintenanceScripts.all
    }

    /// The quoted words in capital letters of all scripts: their commands, and options of these.
    ///
    /// What is a command is for the reader to say. The scripts themselves are the list of the
    /// rights that they need, so that no other list can be out of date.
    public static var capitalWords: Set<String> {
        Set(ofService.flatMap { quotedWords(in: $0.source) })
            .filter { word in
                word.utf8.count > 1 && word.utf8.allSatisfy { (0x41...0x5A).contains($0) }
            }
    }

    /// What follows the prefix in the keys that scripts name: `job:`, `queues`, `rqd:claims:`.
    public static var keyWords: Set<String> {
        var found: Set<String> = []
        for script in ofService {
            var rest = script.source[...]
            while let mark = rest.firstRange(of: Array("P .. '".utf8)) {
                rest = rest[mark.upperBound...]
                let word = rest.prefix { $0 != UInt8(ascii: "'") }
                found.insert(String(decoding: word, as: UTF8.self))
            }
        }
        return found
    }

    /// What stands between single quotes, line by line, without what a comment says.
    private static func quotedWords(in source: [UInt8]) -> [String] {
        source.split(separator: UInt8(ascii: "\n")).flatMap { line -> [String] in
            let code = line.firstRange(of: Array("--".utf8)).map { line[..<$0.lowerBound] } ?? line
            let pieces = code.split(
                separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            return stride(from: 1, to: pieces.count, by: 2).map {
                String(decoding: pieces[$0], as: UTF8.self)
            }
        }
    }
}
