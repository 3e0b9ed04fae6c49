import Testing

@testable import WorkerPool

@Suite struct NearestTests {
    @Test(arguments: [
        ("url", "url", 0), ("ulr", "url", 1), ("worker", "workers", 1), ("", "url", 3),
        ("queue", "", 5), ("levle", "level", 1), ("abc", "xyz", 3),
    ])
    func `a slip of the pen is one step`(one: String, other: String, steps: Int) {
        #expect(Nearest.distance(one, other) == steps)
        #expect(Nearest.distance(other, one) == steps)
    }

    @Test func `the nearest known name is suggested`() {
        #expect(Nearest.name(to: "levle", among: ["format", "level"]) == "level")
        #expect(Nearest.name(to: "LEVEL", among: ["format", "level"]) == "level")
    }

    @Test func `a name far from all is not guessed at`() {
        #expect(Nearest.name(to: "colour", among: ["format", "level"]) == nil)
        #expect(Nearest.name(to: "ab", among: ["xy"]) == nil)
        #expect(Nearest.name(to: "anything", among: []) == nil)
    }

    @Test func `a key in the wrong section is found in the right one`() {
        let known = ["redis.url", "python.interpreter", "pool.web.python.interpreter"]
        #expect(
            Nearest.key(to: ["pool", "web", "interpreter"], among: known)
                == "pool.web.python.interpreter")
    }
}
