import Logging
import Testing

@testable import WorkerPool

struct SharedLevelTests {
    @Test(arguments: LogConfiguration.Level.allCases)
    func `a level is kept`(level: LogConfiguration.Level) {
        let shared = SharedLevel()
        shared.value = level
        #expect(shared.value == level)
    }

    @Test func `a change holds for loggers that are there already`() {
        let shared = SharedLevel()
        let handler = TextLogHandler(
            label: "rqd.worker", level: { shared.value.loggerLevel }, format: .daemon,
            ordinary: LogStream(plain: 1), errors: LogStream(plain: 2))
        #expect(handler.logLevel == .info)
        shared.value = .debug
        #expect(handler.logLevel == .debug)
    }
}
