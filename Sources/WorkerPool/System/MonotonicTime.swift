// The importer files `timespec` under the first C module that includes its header.
import CLinux
import CSystemd
import Glibc

/// A moment on the clock that never jumps (`CLOCK_MONOTONIC`).
///
/// It is the same clock in every process of the machine until the next boot, so
/// that a worker may write a moment into shared memory and the master may
/// subtract it. It says nothing about wall time.
struct MonotonicTime: Comparable, Hashable, Sendable, Codable {
    /// Nanoseconds since an arbitrary point, in practice the boot.
    let nanoseconds: UInt64

    /// The present moment.
    static func now() -> MonotonicTime {
        var time = timespec()
        let result = clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(result == 0, "Linux always has CLOCK_MONOTONIC")
        return MonotonicTime(
            nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The earlier of two comes first.
    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// A moment after (or, for a negative span, before) this one; never before the clock's zero.
    static func + (time: MonotonicTime, span: Duration) -> MonotonicTime {
        let nanoseconds = span.wholeNanoseconds
        guard nanoseconds < 0 else {
            let (sum, overflow) = time.nanoseconds.addingReportingOverflow(UInt64(nanoseconds))
            return MonotonicTime(nanoseconds: overflow ? .max : sum)
        }
        let back = nanoseconds.magnitude
        return MonotonicTime(nanoseconds: time.nanoseconds > back ? time.nanoseconds - back : 0)
    }

    /// The span from `earlier` to `later`; negative when they come in the other order.
    static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
        if later >= earlier {
            return .nanoseconds(Int64(clamping: later.nanoseconds - earlier.nanoseconds))
        }
        return .nanoseconds(-Int64(clamping: earlier.nanoseconds - later.nanoseconds))
    }
}

extension Duration {
    /// The span in whole nanoseconds, cut towards zero, at the ends of `Int64` when it is longer.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !carried else { return seconds < 0 ? .min : .max }
        return sum
    }
}
