import ArgumentParser

/// The exit statuses of `rqd`, besides 0 and those of the master; as in `sysexits.h`.
enum ExitStatus: Int32 {
    /// The command line is wrong.
    case usage = 64
    /// Redis, or the daemon that was asked, does not answer.
    case unavailable = 69
    /// A bug of ours.
    case bug = 70
    /// The running version and this one do not go together; a restart brings this one.
    case incompatible = 76
    /// The configuration is wrong, or something that it names is missing.
    case configuration = 78

    /// To be thrown by a command that has already said why.
    var error: ExitCode { ExitCode(rawValue) }
}
