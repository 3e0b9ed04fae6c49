import CLinux
import Glibc
import Logging

/// The least level that is logged, for all processes of the service at once.
///
/// One word in memory that is shared across forks: the master changes it, everybody reads it.
///
/// `@unchecked Sendable`: the word is read and written by atomic operations only.
final class SharedLevel: @unchecked Sendable {
    /// The program's; made before the first fork.
    static let program = SharedLevel()

    private let word: UnsafeMutablePointer<UInt64>

    init() {
        let mapped = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        if let mapped, mapped != MAP_FAILED {
            word = mapped.bindMemory(to: UInt64.self, capacity: 1)
        } else {
            // Then a change reaches nobody but this process.
            word = .allocate(capacity: 1)
        }
        value = .info
    }

    /// The level now.
    var value: LogConfiguration.Level {
        get {
            let levels = LogConfiguration.Level.allCases
            return levels[min(Int(truncatingIfNeeded: rqd_load(word)), levels.count - 1)]
        }
        set {
            let number = LogConfiguration.Level.allCases.firstIndex(of: newValue) ?? 0
            rqd_store(word, UInt64(number))
        }
    }
}
