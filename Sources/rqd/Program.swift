import ArgumentParser
import CLinux
import Glibc

/// The program's entry: argument parsing, then one command, then an exit status.
///
/// Synchronous on purpose: the master forks, so nothing here may start a thread.
@main
enum Program {
    static func main() {
        startAfresh()
        do {
            var command = try RootCommand.parseAsRoot()
            try command.run()
        } catch {
            leave(after: error)
        }
    }

    /// Gives every signal its default meaning and lets it arrive.
    ///
    /// Whoever started us may have blocked or ignored some; we would never stop.
    private static func startAfresh() {
        var nothing = sigset_t()
        sigemptyset(&nothing)
        sigprocmask(SIG_SETMASK, &nothing, nil)
        for number in 1..<65 { signal(Int32(number), SIG_DFL) }
    }

    /// Prints what ArgumentParser has to say (a help text, a usage error) and leaves.
    ///
    /// A wrong command line is 64 there already. An error that no command has turned into a status
    /// is a bug of ours.
    private static func leave(after error: any Error) -> Never {
        if RootCommand.exitCode(for: error) == .failure, !(error is ExitCode) {
            Complaint.say("rqd: \(error)")
            exit(ExitStatus.bug.rawValue)
        }
        RootCommand.exit(withError: error)
    }
}
