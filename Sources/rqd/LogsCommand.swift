import ArgumentParser
import Glibc

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
              rqd logs --explain

            EXIT STATUS
              that of journalctl; 69 if there is none
            """)

    @Flag(name: .shortAndLong, help: "Go on as new lines come.")
    var follow = false

    @Flag(name: [.customShort("x"), .long], help: "Explain entries, as journalctl --catalog does.")
    var explain = false

    @Argument(help: "The job. (default: all jobs and rqd itself)")
    var jobID: String?

    func run() throws {
        var words = ["journalctl", "--identifier=rqd"]
        if follow { words.append("--follow") }
        if explain { words.append("--catalog") }
        if let jobID { words.append("RQ_JOB_ID=\(jobID)") }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp("journalctl", &arguments)
        let reason = String(cString: strerror(errno))
        Complaint.say("rqd: journalctl cannot be run: \(reason)")
        throw ExitStatus.unavailable.error
    }
}
