import Testing

@testable import WorkerPool

@Suite struct MasterModeTests {
    typealias R = MasterRehearsal

    @Test func `in burst mode the master leaves after the last worker`() {
        var master = R(workers: 2, stables: 1, .unlessFinished)
        master.begin()
        let first = master.ended(0, .exited(code: 0))
        #expect(first.isEmpty)
        let second = master.ended(1, .exited(code: 0))
        #expect(second == [.signal(pid: 900, .warmStop)])
        let last = master.stableEnded(0, .exited(code: 0))
        #expect(last == [.finish(exitCode: 0)])
    }

    @Test func `in burst mode a worker that wants a successor gets one`() {
        var master = R(workers: 1, .unlessFinished)
        master.begin()
        let actions = master.ended(0, .exited(code: 75))
        #expect(actions == [R.start(0, generation: 2)])
    }

    @Test func `in burst mode a crash is repaired and the work goes on`() {
        var master = R(workers: 1, .unlessFinished)
        master.begin()
        let actions = master.ended(0, .killed(signal: 11))
        #expect(actions == [R.start(0, generation: 2, after: R.predecessor(0))])
    }

    @Test(arguments: [Int32(0), 75])
    func `in the foreground a worker that ends is not replaced`(code: Int32) {
        var master = R(workers: 1, .never)
        master.begin()
        let actions = master.ended(0, .exited(code: code))
        #expect(actions == [.finish(exitCode: 0)])
    }

    @Test func `in the foreground a worker that refuses is the end, with its status`() {
        var master = R(workers: 1, .never)
        master.begin()
        let actions = master.ended(0, .exited(code: 78))
        #expect(actions == [.finish(exitCode: 78)])
    }

    @Test func `in the foreground a stable that cannot load is the end, with its status`() {
        var master = R(workers: 1, stables: 1, .never)
        _ = master.beginOnly()
        let stopping = master.stableEnded(0, .exited(code: 78))
        #expect(stopping == [.signal(pid: R.pid(0), .warmStop)])
        let end = master.ended(0, .exited(code: 0))
        #expect(end == [.finish(exitCode: 78)])
    }

    @Test func `burst mode without workers is over at once`() {
        var master = R(workers: 0, stables: 0, .unlessFinished)
        let actions = master.beginOnly()
        #expect(actions == [.finish(exitCode: 0)])
    }

    @Test(arguments: [
        (MasterOptions(), WorkerReplacement.always),
        (MasterOptions(burst: true), .unlessFinished),
        (MasterOptions(foreground: true), .never),
        (MasterOptions(burst: true, foreground: true), .never),
    ])
    func `options decide who is replaced`(options: MasterOptions, expected: WorkerReplacement) {
        #expect(options.replacement == expected)
    }
}
