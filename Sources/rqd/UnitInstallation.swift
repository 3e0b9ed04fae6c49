import CLinux
import Glibc
import WorkerPool

/// Puts a unit in place, with what it needs, and says each step.
struct UnitInstallation {
    let place: InstalledPlace
    /// Whether it is for the manager of a user.
    let isOfUser: Bool
    /// The user and group that jobs run as.
    let account: String
    /// `web` of rqd@web.service.
    let instance: String?

    /// Does it all, in an order in which a failure leaves nothing half done that a second run
    /// would not complete.
    ///
    /// - Throws: an exit status after a line that says what failed.
    func run(unitName: String, text: String) throws {
        let directory = isOfUser ? "\(try home())/systemd/user" : "/etc/systemd/system"
        let configuration = try configurationPath()
        if !isOfUser { try makeAccount() }
        try write(text, to: "\(directory)/\(unitName)", mode: 0o644, replaces: true)
        try write(
            try place.shipped("rqd.conf"), to: configuration, mode: isOfUser ? 0o600 : 0o640,
            replaces: false)
        if !isOfUser, let group = getgrnam(account) {
            // The service reads it; a password may be in it.
            guard chown(configuration, uid_t.max, group.pointee.gr_gid) == 0 else {
                throw failed("chown", configuration)
            }
        }
        try reloadManager()
        let service = instance.map { "rqd@\($0)" } ?? "rqd"
        let user = isOfUser ? " --user" : ""
        print("Next:")
        print("  edit \(configuration), then \(place.program) check -c \(configuration) --connect")
        print("  systemctl\(user) enable --now \(service)")
        if !isOfUser, let closed = place.closedDirectory {
            Complaint.say(
                "rqd: warning: \(closed) is closed to other users, so \(account) cannot run "
                    + "\(place.program); install it elsewhere, or open that directory")
        }
    }

    private func configurationPath() throws -> String {
        let base = isOfUser ? try home() : "/etc"
        return instance.map { "\(base)/rqd/\($0).conf" } ?? "\(base)/rqd.conf"
    }

    /// `$XDG_CONFIG_HOME`, which systemd's `%E` stands for in a user's manager.
    private func home() throws -> String {
        let variables = Environment.variables()
        if let path = variables["XDG_CONFIG_HOME"], path.hasPrefix("/") { return path }
        guard let home = variables["HOME"], home.hasPrefix("/") else {
            Complaint.say("rqd: HOME is not set; there is no place for a unit of this user's")
            throw ExitStatus.configuration.error
        }
        return "\(home)/.config"
    }

    private func makeAccount() throws {
        guard getpwnam(account) == nil else { return }
        guard account == "rqd" else {
            Complaint.say("rqd: there is no user \(account)")
            throw ExitStatus.configuration.error
        }
        let line = "u rqd - \"rqd, runs RQ jobs\" /var/lib/rqd"
        guard try Self.execute(["systemd-sysusers", "--inline", line]) == 0 else {
            Complaint.say("rqd: systemd-sysusers could not make the user rqd")
            throw ExitStatus.unavailable.error
        }
        print("Made the user rqd, which jobs run as.")
    }

    private func reloadManager() throws {
        // In a chroot or an image in the making there is no manager to tell.
        guard isOfUser || access("/run/systemd/system", F_OK) == 0 else { return }
        let words = ["systemctl"] + (isOfUser ? ["--user"] : []) + ["daemon-reload"]
        guard try Self.execute(words) == 0 else {
            Complaint.say("rqd: \(words.joined(separator: " ")) failed")
            throw ExitStatus.unavailable.error
        }
        print("Told systemd (daemon-reload).")
    }

    /// Writes a file as a whole or not at all.
    private func write(
        _ text: String, to path: String, mode: mode_t, replaces: Bool
    ) throws {
        if access(path, F_OK) == 0 {
            if try FileText.read(path) == text { return print("\(path) is as it should be.") }
            guard replaces else { return print("\(path) stays as it is.") }
            guard rename(path, "\(path).old") == 0 else { throw failed("rename", path) }
            print("Kept the old unit as \(path).old.")
        }
        try makeDirectories(of: path)
        let made = "\(path).new"
        let file = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        let bytes = Array(text.utf8)
        guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count,
            fchmod(file, mode) == 0, close(file) == 0, rename(made, path) == 0
        else { throw failed("write", path) }
        print("Wrote \(path).")
    }

    private func makeDirectories(of path: String) throws {
        var directory = ""
        for part in path.split(separator: "/").dropLast() {
            directory += "/\(part)"
            guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
                throw failed("mkdir", directory)
            }
        }
    }

    private func failed(_ call: String, _ path: String) -> any Error {
        let hint = errno == EACCES && !isOfUser ? "; run it as root, or with --user" : ""
        Complaint.say("rqd: \(path): \(call): \(String(cString: strerror(errno)))\(hint)")
        return ExitStatus.configuration.error
    }

    /// Runs a program of the system's to its end.
    ///
    /// - Returns: its exit status; 128 for one that a signal ended.
    /// - Throws: 69 after a line that says why, where it cannot be run.
    private static func execute(_ words: [String]) throws -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, words[0], nil, nil, &arguments, rqd_environment())
        guard error == 0 else {
            Complaint.say("rqd: \(words[0]) cannot be run: \(String(cString: strerror(error)))")
            throw ExitStatus.unavailable.error
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128
    }
}
