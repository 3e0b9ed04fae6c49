import ArgumentParser
import CLinux
import Glibc
import WorkerPool

/// The program's entry: argument parsing, then one command, then an exit status.
///
/// Synchronous on purpose: the master forks, so nothing here may start a thread.
@main
enum Program {
    static func main() {
        startAfresh()
        var command: any ParsableCommand
        do {
            command = try RootCommand.parseAsRoot()
        } catch {
            refuseUnknownCommand()
            leave(after: error)
        }
        do {
            try command.run()
        } catch let error as ValidationError {
            // The library would show how rqd itself is used, not the command.
            let kind: any ParsableCommand.Type = type(of: command)
            let name = kind._commandName
            let usage = RootCommand.usageString(for: kind)
            Complaint.say("Error: \(error.message)\nUsage: \(usage)")
            Complaint.say("  See 'rqd \(name) --help' for more information.")
            exit(ExitStatus.usage.rawValue)
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

    /// Says that there is no command of this name, and which one was meant.
    private static func refuseUnknownCommand() {
        let known = RootCommand.configuration.subcommands.map { $0._commandName }
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"),
            word != "help", !known.contains(word)
        else { return }
        let meant = Nearest.name(to: word, among: known).map { "; did you mean \"\($0)\"?" }
        let shown = PrintableText.of(String(word.prefix(64)))
        Complaint.say("rqd: there is no command \"\(shown)\"\(meant ?? "")")
        Complaint.say("  See 'rqd --help' for the commands.")
        exit(ExitStatus.usage.rawValue)
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
