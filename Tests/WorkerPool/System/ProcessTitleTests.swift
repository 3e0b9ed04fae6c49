import Testing

@testable import WorkerPool

@Suite struct ProcessTitleTests {
    @Test(arguments: [
        ("rqd: master 4/4", "rqd:master"),
        ("rqd: worker default/0 idle", "rqd:default/0"),
        ("rqd: worker a-long-pool-name/12 busy", "rqd:a-long-pool"),
        ("rqd: stable", "rqd:stable"),
        ("rqd", "rqd"),
        ("", ""),
    ])
    func `top shows a short form of at most 15 bytes`(title: String, name: String) {
        #expect(ProcessTitle.shortName(of: title) == name)
    }
}
