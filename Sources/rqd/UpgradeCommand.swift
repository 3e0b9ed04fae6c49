import ArgumentParser
import Glibc
import WorkerPool

/// `rqd upgrade`: has the service become the new version of its program.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Have the running service become the installed version of rqd.",
        discussion: """
            The service executes the program that lies where it was started from, as the same \
            process; its workers are replaced, those with a job after it. The new program is tried \
            first: if it cannot take over, or the configuration or the application is wrong, nothing \
            changes. No job fails. The signal USR2 does the same.

            Returns when all is done that does not wait for a job to end.

            EXIT STATUS
              0 done, 69 not now, or workers do not come up, 76 refused, for only a restart brings
              this version, 78 refused, for this version cannot work either after a restart
            """)

    @OptionGroup var options: DaemonOptions

    /// Between two looks, in milliseconds.
    private static let interval: Int32 = 100
    /// How often it is looked before it is given up: ten minutes.
    private static let looks = 6_000

    func run() throws {
        let daemon = options.daemon
        _ = try daemon.ask { (path) throws(ControlError) in
            try ControlCall.carryOut(.upgrade, at: path, timeout: .seconds(300))
        }
        for _ in 0..<Self.looks {
            let report = try daemon.ask { (path) throws(ControlError) in
                try ControlCall.status(at: path)
            }
            guard report.change != nil else {
                let late = report.isLastChangeLate == true ? report.lastChange : nil
                if let error = report.reloadError ?? late {
                    Complaint.say("rqd: \(error)")
                    throw ExitStatus.unavailable.error
                }
                print("rqd \(report.version) runs: \(report.lastChange ?? "")")
                return
            }
            poll(nil, 0, Self.interval)
        }
        Complaint.say("rqd: the upgrade is not done yet; see rqd status")
        throw ExitStatus.unavailable.error
    }
}
