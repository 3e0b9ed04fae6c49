import TestSupport
import Testing

struct HelpTests {
    @Test(arguments: [
        "run", "check", "worker", "worker-pool", "status", "info", "enqueue", "suspend", "resume",
        "requeue", "empty", "import-settings",
    ])
    func `each command explains itself with examples`(command: String) throws {
        let help = try Program.run(command, "--help")
        #expect(help.ending == .exited(code: 0))
        #expect(help.output.contains("EXAMPLES\n  rqd \(command)"))
        #expect(help.output.contains("USAGE: rqd \(command)"))
        #expect(help.errorOutput == "")
    }

    @Test func `the program lists its commands, examples and exit statuses`() throws {
        let help = try Program.run("--help")
        #expect(help.ending == .exited(code: 0))
        for text in ["  run  ", "  check  ", "  worker  ", "  status  ", "EXAMPLES", "  78  "] {
            #expect(help.output.contains(text), "\(text)")
        }
        #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `the version is one line`() throws {
        let version = try Program.run("--version")
        #expect(version.output == "rqd 0.1.0\n")
        #expect(version.ending == .exited(code: 0))
    }

    @Test(arguments: [
        (["fly"], "rqd: there is no command \"fly\""),
        (["run", "--fly"], "Error: Unknown option '--fly'"),
        (["run", "now"], "Error: Unexpected argument 'now'"),
        (["run", "--config"], "Error: Missing value for '--config <file>'"),
        (["run", "--set", "workers"], "Error: --set takes KEY=VALUE, not \"workers\""),
        (["worker", "-v", "-q"], "Error: --verbose and --quiet exclude each other"),
        (["status", "--watch-this"], "Error: Unknown option '--watch-this'"),
    ])
    func `a wrong command line is told with status 64`(
        arguments: [String], message: String
    ) throws {
        let finished = try Program.run(arguments)
        #expect(finished.ending == .exited(code: 64))
        #expect(finished.errorOutput.hasPrefix(message), "\(finished.errorOutput)")
        #expect(finished.output == "")
    }
}
