import ArgumentParser
import Glibc
import WorkerPool

/// `rqd unit`: the systemd unit for an rqd that no package has installed.
struct UnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit",
        abstract: "Print the systemd unit for where rqd is installed, or install it.",
        discussion: """
            The unit of the packages, with the path of this program. With --install it is put in \
            place, with /etc/rqd.conf and the user of the jobs where they are missing, and each \
            step is said. Nothing is started.

            EXAMPLES
              rqd unit
              sudo venv/bin/rqd unit --install
              sudo venv/bin/rqd unit --install --account app
              rqd unit --user --install
              sudo venv/bin/rqd unit --install --instance web

            EXIT STATUS
              0 done, 69 systemctl failed, 78 something is missing or in the way
            """)

    @Flag(help: "For the service manager of this user (systemctl --user).")
    var user = false

    @Option(
        help: ArgumentHelp(
            "For rqd@NAME.service, which reads /etc/rqd/NAME.conf.", valueName: "name"))
    var instance: String?

    @Option(
        help: ArgumentHelp(
            "The user and group that jobs run as. (default: rqd)", valueName: "name"))
    var account: String?

    @Flag(help: "Put it in place instead of printing it, and say what was done.")
    var install = false

    func validate() throws {
        if user, account != nil {
            throw ValidationError("--account is for the system's manager; leave out --user")
        }
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
        for (flag, name) in [("--instance", instance), ("--account", account)] {
            guard let name else { continue }
            guard !name.isEmpty, !name.hasPrefix("-"), name.allSatisfy(letters.contains) else {
                throw ValidationError("\(flag) takes letters, digits, \"_\", \"-\" and \".\"")
            }
        }
    }

    func run() throws {
        let place = try InstalledPlace()
        let name = instance == nil ? "rqd.service" : "rqd@.service"
        let unit = UnitText(
            program: place.program,
            configuration: instance == nil ? "%E/rqd.conf" : "%E/rqd/%i.conf",
            manager: user ? .user : .system(account: account ?? "rqd"))
        let text = unit.text(of: try place.shipped(name))
        guard install else { return print(text, terminator: text.hasSuffix("\n") ? "" : "\n") }
        guard place.isOutsidePackages else {
            Complaint.say(
                "rqd: a package has installed \(place.program), and its unit; change that with "
                    + "\"systemctl edit rqd\"")
            throw ExitStatus.configuration.error
        }
        let installation = UnitInstallation(
            place: place, isOfUser: user, account: account ?? "rqd", instance: instance)
        try installation.run(unitName: name, text: text)
    }
}
