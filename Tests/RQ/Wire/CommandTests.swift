import RQ
import Testing

struct `A worker command` {
    @Test(arguments: [
        WorkerCommand.shutdown, .killHorse, .stopJob("a:\"ö\" 🎉"), .unknown("dance"),
        .stopExecution("j", "32b9f86020224c5ea0aedadaab79399a"),
    ])
    func `survives the way to the wire and back`(command: WorkerCommand) throws {
        #expect(try WorkerCommand(payload: command.payload) == command)
        #expect(command.payload.allSatisfy { $0 < 0x80 })
    }

    @Test func `may carry more than it needs`() throws {
        let text = #" {"command":"stop-job","job_id":"j","reason":{"by":["me"]}} "#
        #expect(try WorkerCommand(payload: Array(text.utf8)) == .stopJob("j"))
        let other = #"{"command": "dance", "steps": 3}"#
        #expect(try WorkerCommand(payload: Array(other.utf8)) == .unknown("dance"))
    }

    @Test(arguments: [
        "", "shutdown", "{", "[]", "null", "{}", #"{"command": 7}"#, #"{"command": "stop-job"}"#,
        #"{"command": "stop-job", "job_id": 7}"#, #"{"command": "stop-job", "job_id": null}"#,
        #"{"command": "stop-execution", "job_id": "j"}"#, #"{"command": "shutdown"} x"#,
        #"{"command": "shutdown",}"#, #"{'command': 'shutdown'}"#,
    ])
    func `is refused when it is malformed`(text: String) {
        let error = #expect(throws: WireError.self) { try WorkerCommand(payload: Array(text.utf8)) }
        #expect(error?.field.hasPrefix("worker command") == true)
    }

    @Test func `is refused when it is not text`() {
        let payload = Array(#"{"command": ""#.utf8) + [0xff, 0x22, 0x7d]
        #expect(throws: WireError.self) { try WorkerCommand(payload: payload) }
    }
}
