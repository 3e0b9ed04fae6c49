import CLinux

/// What a signal is called.
enum SignalName {
    /// The name without `SIG`, for example `KILL`; the number for one that has no name.
    static func of(_ signal: Int32) -> String {
        guard let name = rqd_signal_name(signal) else { return String(signal) }
        return String(cString: name)
    }
}
