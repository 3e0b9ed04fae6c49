import RedisKit
import TestSupport
import Testing

struct SwiftProducerTests {
    private static let example = "\(PackageRoot.path)/Examples/EnqueueFromSwift"

    @Test func `the example enqueues from Swift what rqd runs in Python`() throws {
        let server = try RedisServer()
        let python = try PythonEnvironment(.rq3_0)
        let environment = inheritedEnvironment().merging(["VIRTUAL_ENV": python.path]) { $1 }
        let worker = try ChildProcess(
            [
                try BuiltProgram.rqd(), "worker", "--url", server.url, "--name", "w1", "--path",
                Self.example,
            ], environment: environment)
        let finished = try run([try BuiltProgram.path(of: "EnqueueFromSwift"), server.url])
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
        let lines = finished.output.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(3) == [
                "result: Hello, Redis!", "failure: RuntimeError: too hot", "waits: [\"never\"]",
            ])
        #expect(lines.dropFirst(3).first?.hasPrefix("worker: w1 ") == true)
        #expect(lines.last == "queue: default 0 waiting")
        worker.kill()
    }

    @Test func `the manual shows what the example does`() throws {
        let code = """
            import sys, textwrap
            page, program = (open(path).read() for path in sys.argv[1:])
            block = page.split('```swift\\n')[2].split('```')[0]
            print(textwrap.indent(block, ' ' * 8) in program, end='')
            """
        let shown = try PythonEnvironment(.rq3_0).run(
            script: code,
            arguments: [
                "\(PackageRoot.path)/docs/CLIENT.md", "\(Self.example)/EnqueueFromSwift.swift",
            ])
        #expect(shown == "True")
    }
}
