import Glibc
import WorkerPool

/// Where this program is installed, and what lies beside it.
struct InstalledPlace {
    /// The absolute path of the program, without links.
    let program: String

    /// The place of the running program.
    ///
    /// - Throws: 78 after a line that says why, where the kernel does not tell.
    init() throws {
        guard let path = realpath("/proc/self/exe", nil) else {
            Complaint.say("rqd: /proc/self/exe: \(String(cString: strerror(errno)))")
            throw ExitStatus.configuration.error
        }
        defer { free(path) }
        program = String(cString: path)
    }

    /// Where the files lie that came with the program, most likely first.
    private var shares: [String] {
        let prefix = program.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        return ["\(prefix)/share/rqd", "/usr/lib/systemd/system", "/lib/systemd/system"]
    }

    /// Whether it is neither Debian's nor an RPM's.
    var isOutsidePackages: Bool { program != "/usr/bin/rqd" }

    /// The text of a file that came with the program.
    ///
    /// - Throws: 78 after a line that names the places, where it is in none.
    func shipped(_ name: String) throws -> String {
        for share in shares where access("\(share)/\(name)", F_OK) == 0 {
            return try FileText.read("\(share)/\(name)")
        }
        Complaint.say(
            "rqd: no \(name) in \(shares.joined(separator: ", ")); "
                + "install rqd with pip or from a package")
        throw ExitStatus.configuration.error
    }

    /// The first directory on the way to the program that others may not enter; nil if they can
    /// run it.
    var closedDirectory: String? {
        var path = ""
        for part in program.split(separator: "/").dropLast() {
            path += "/\(part)"
            var status = stat()
            guard stat(path, &status) == 0 else { return path }
            if status.st_mode & S_IXOTH == 0 { return path }
        }
        return nil
    }
}
