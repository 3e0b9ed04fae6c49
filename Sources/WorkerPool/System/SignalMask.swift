// The importer files `sigset_t` under the first C module that includes its header.
import CLinux
import CSystemd
import Glibc

/// The signals that wait instead of arriving, for this process's one thread.
struct SignalMask {
    private var set = sigset_t()

    /// No signal waits.
    static var nothing: SignalMask {
        var mask = SignalMask()
        sigemptyset(&mask.set)
        return mask
    }

    /// Each signal that can wait does.
    static var everything: SignalMask {
        var mask = SignalMask()
        sigfillset(&mask.set)
        return mask
    }

    /// Puts this mask in place of the present one.
    ///
    /// - Returns: the mask before, for putting it back.
    @discardableResult
    func apply() -> SignalMask {
        var before = SignalMask()
        var new = set
        let result = sigprocmask(SIG_SETMASK, &new, &before.set)
        precondition(result == 0, "a whole mask can always be set")
        return before
    }

    /// Makes one signal wait, besides those that do already.
    static func block(_ signal: Int32) throws(SystemCallError) {
        var mask = nothing
        guard sigaddset(&mask.set, signal) == 0,
            sigprocmask(SIG_BLOCK, &mask.set, nil) == 0
        else { throw .last("sigprocmask", "signal \(signal)") }
    }
}
