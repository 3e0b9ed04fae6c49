import ArgumentParser
import CLinux
import Glibc
import WorkerPool

/// `rqd logs`: shows what the journal has about a job.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what the journal has about a job, or all that rqd logged.",
        discussion: """
            A short cut for journalctl, which it becomes: the job's start, everything that it \
            printed, and its end, whichever instance of rqd on this machine ran it. Reading other \
            users' entries needs root or the group systemd-journal or adm.

            EXAMPLES
              rqd logs 5f6e0d6a-5b0c-4c43-9f3c-8d2b6c1d9a77
              rqd logs -f 5f6e0d6a-5b0c-4c43-9f3c-8d2b6c1d9a77
              rqd logs --since -1h -n 100
              rqd logs --explain

            EXIT STATUS
              that of journalctl; 1 if it knows nothing of the job, 69 if there is no journalctl
            """)

    @Flag(name: .shortAndLong, help: "Go on as new lines come.")
    var follow = false

    @Flag(name: [.customShort("x"), .long], help: "Explain entries, as journalctl --catalog does.")
    var explain = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "From when on, as journalctl understands it: -1h, yesterday, 2027-05-27 12:00.",
            valueName: "time"))
    var since: String?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Only so many of the last lines.", valueName: "count"))
    var lines: Int?

    @Argument(help: "The job. (default: all jobs and rqd itself)")
    var jobID: String?

    func run() throws {
        var words = ["journalctl", "--identifier=rqd"]
        if follow { words.append("--follow") }
        if explain { words.append("--catalog") }
        if let since { words.append("--since=\(since)") }
        if let lines { words.append("--lines=\(lines)") }
        if let jobID {
            words.append("RQ_JOB_ID=\(jobID)")
            // Of a job that is followed there may be nothing yet.
            if !follow { try refuseUnknown(jobID) }
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp("journalctl", &arguments)
        throw cannotRun(errno)
    }

    func validate() throws {
        if let lines, lines < 0 { throw ValidationError("--lines takes a whole number from 0 on") }
    }

    /// Leaves with 1 if the journal has nothing about a job.
    private func refuseUnknown(_ jobID: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw cannotRun(errno) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let words = [
            "journalctl", "--identifier=rqd", "--quiet", "--output=cat", "--lines=1",
            "RQ_JOB_ID=\(jobID)",
        ]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, "journalctl", &actions, nil, &arguments, rqd_environment())
        close(ends[1])
        guard error == 0 else { throw cannotRun(error) }
        var byte: UInt8 = 0
        let isKnown = read(ends[0], &byte, 1) > 0
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        // What journalctl itself complains of, it says again below.
        guard !isKnown, status == 0 else { return }
        let shown = PrintableText.of(String(jobID.prefix(255)))
        Complaint.say("rqd: the journal has nothing about a job \(shown)")
        throw ExitCode.failure
    }

    private func cannotRun(_ error: Int32) -> ExitCode {
        let reason = String(cString: strerror(error))
        Complaint.say("rqd: journalctl cannot be run: \(reason)")
        return ExitStatus.unavailable.error
    }
}
