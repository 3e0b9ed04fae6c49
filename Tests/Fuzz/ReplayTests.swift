import Glibc
import TestSupport
import Testing

/// The fuzz targets without a fuzzer: what was kept and found before, and what lies next to it.
///
/// `scripts/fuzz` looks further, guided by what its inputs reach.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.allCases)
    func `what was kept and found is taken`(target: FuzzTarget) async throws {
        try #require(try Inputs(of: target).all.count > 3)
        await #expect(processExitsWith: .success) { [target] in
            for input in try Inputs(of: target).all { target.take(input) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `changed at random, it is taken too`(target: FuzzTarget) async throws {
        await #expect(processExitsWith: .success) { [target] in
            var mutation = Mutation(of: try Inputs(of: target).all, seed: 1)
            let end = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < end {
                let input = mutation.next()
                try Inputs.keep(input, of: target)
                target.take(input)
            }
        }
    }
}

/// The inputs in `Corpus` and `Findings`.
struct Inputs {
    let all: [[UInt8]]

    /// Writes down an input before it is taken: `.build/fuzz-TARGET` is the one that ended it.
    static func keep(_ input: [UInt8], of target: FuzzTarget) throws {
        let path = "\(PackageRoot.path)/.build/fuzz-\(target.rawValue)"
        guard let file = fopen(path, "w") else { throw HarnessError("fopen", path, errno: errno) }
        fwrite(input, 1, input.count, file)
        fclose(file)
    }

    /// Reads them.
    init(of target: FuzzTarget) throws {
        var all: [[UInt8]] = []
        for folder in ["Corpus", "Findings"] {
            let path = "\(PackageRoot.path)/Tests/Fuzz/\(folder)/\(target.rawValue)"
            guard let directory = opendir(path) else { continue }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.first != "." { names.append(name) }
            }
            for name in names.sorted() { all.append(try readFile("\(path)/\(name)")) }
        }
        self.all = all
    }
}

/// Inputs that differ a little from given ones; the same ones for the same seed.
struct Mutation {
    private let given: [[UInt8]]
    private var state: UInt64

    /// Starts a series.
    init(of given: [[UInt8]], seed: UInt64) {
        self.given = given
        state = seed
    }

    /// The next input, of at most some kilobytes.
    mutating func next() -> [UInt8] {
        var input = given[number(below: given.count)]
        for _ in 0...number(below: 4) { change(&input) }
        return Array(input.prefix(8192))
    }

    private mutating func change(_ input: inout [UInt8]) {
        let place = number(below: input.count + 1)
        let end = min(input.count, place + number(below: 16) + 1)
        switch number(below: 6) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8(number(below: 8))
        case 1 where place < input.count: input[place] = UInt8(number(below: 256))
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: input[place..<end], at: place)
        case 4:
            let other = given[number(below: given.count)]
            let start = number(below: other.count + 1)
            input.insert(contentsOf: other[start...].prefix(32), at: place)
        default:
            let words = ["-1", "nan", "1e400", "9223372036854775808", "\0", "\"", "[[", "\r\n"]
            input.insert(contentsOf: words[number(below: words.count)].utf8, at: place)
        }
    }

    /// SplitMix64.
    ///
    /// Source: https://prng.di.unimi.it/splitmix64.c
    private mutating func number(below limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
