import Glibc
import TestSupport
import Testing

/// What the command line prints that somebody else has written.
@Suite struct TerminalTests {
    /// Answers at a control socket with escapes in everything.
    private static let impostor = """
        import json, os, socket, sys
        evil = '\\x1b]0;evil\\x07\\x1b[2J\\u202e\\r'
        answers = {
            'stack': {'stack': [evil + 'line']}, 'metrics': {'metrics': evil},
            'reload': {'message': evil}, 'scale': {'ok': False, 'error': evil, 'exit': 1},
        }
        server = socket.socket(socket.AF_UNIX)
        server.bind(sys.argv[1])
        server.listen()
        print('listens', flush=True)
        while True:
            client = server.accept()[0]
            asked = json.loads(client.makefile().readline())['command']
            answer = dict({'rqd': 1, 'ok': True}, **answers[asked])
            client.sendall(json.dumps(answer).encode() + b'\\n')

        """

    @Test(arguments: [["stack", "id"], ["metrics"], ["reload"], ["scale", "default", "1"]])
    func `what answers at a control socket moves no cursor`(command: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("control")
        let server = try ChildProcess(
            [try PythonEnvironment(.rq3_0).python, "-c", Self.impostor, path])
        _ = try server.waitForLine(containing: "listens", timeout: .seconds(10))
        let asked = try run([try BuiltProgram.rqd()] + command + ["--socket", path])
        let shown = asked.output + asked.errorOutput
        #expect(shown.contains("\\x1b]0;evil\\x07\\x1b[2J"), "\(shown)")
        #expect(
            shown.unicodeScalars.allSatisfy {
                $0 == "\n" || ($0.value >= 0x20 && $0 != "\u{202e}")
            })
    }
}
