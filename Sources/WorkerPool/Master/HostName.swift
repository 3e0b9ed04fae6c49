import Glibc

/// What this machine is called.
enum HostName {
    /// The node name as `uname -n` prints it; `localhost` if the kernel will not say.
    static var current: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
