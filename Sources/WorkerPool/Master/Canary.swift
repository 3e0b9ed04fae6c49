import CLinux
import Glibc

/// Tries a stable before anybody relies on it.
enum Canary {
    /// How long a stable may take to load the application and fork a horse.
    static let patience = Duration.seconds(120)

    /// Asks the stable for a copy of itself, as a worker does, and that for a horse.
    ///
    /// A stable answers once the application is loaded and it has run a job that does nothing.
    ///
    /// *Child process.*
    ///
    /// - Parameters:
    ///   - control: the workers' end of the stable's socket.
    ///   - account: whose rights the stable has.
    /// - Returns: an exit status: 0, or 69 when there was no horse in time.
    static func run(control: Int32, of account: JobAccount) -> Int32 {
        do {
            var stable = try SlotStableSocket(
                askingThrough: control, name: "canary/0", jobsPerHorse: 1, of: account)
            let deadline = MonotonicTime.now() + patience
            while true {
                let left = (deadline - MonotonicTime.now()).wholeNanoseconds / 1_000_000
                var wanted = pollfd(fd: stable.descriptor, events: Int16(POLLIN), revents: 0)
                guard left > 0, poll(&wanted, 1, Int32(clamping: left)) != 0 else { return 69 }
                switch stable.receive() {
                case .hello: stable.askForHorse()
                // The stable has seen already that an interpreter can load the application.
                case .horse, .loading: return 0
                case nil, .forked, .left: continue
                case .noFork, .exit, .end, .nonsense: return 69
                }
            }
        } catch {
            return 69
        }
    }
}
