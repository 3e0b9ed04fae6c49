// The importer files `timespec` under the first C module that includes its header.
import CLinux
import Glibc

/// What we need of `/proc/<pid>/stat`.
struct ProcessStat: Equatable {
    /// One letter, for example `R`, `S` or `Z`.
    let state: UInt8
    /// Field 4: the parent's pid.
    let parent: Int32
    /// Field 5: the number of its process group.
    let group: Int32
    /// Field 22: clock ticks since boot.
    let startTime: UInt64
    /// Fields 48 to 51: where the arguments and the environment lie in memory.
    ///
    /// Zero for another user's process.
    let argumentStart, argumentEnd, environmentStart, environmentEnd: UInt
    /// Field 52: a zombie's wait status; nil where we may not see it.
    let exitStatus: Int32?

    /// Whether the process is neither a zombie nor dead.
    var runs: Bool { state != UInt8(ascii: "Z") && state != UInt8(ascii: "X") }

    /// Reads the file.
    ///
    /// - Returns: nothing when there is no such process, or the file cannot be read.
    init?(pid: Int32) {
        let number = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = OwnedDescriptor(adopting: number)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = read(file.number, &buffer, buffer.count)
        guard length > 0 else { return nil }
        self.init(line: buffer[..<length])
    }

    /// Reads one line of the file's form.
    ///
    /// The second field is the program's name in parentheses and may hold
    /// spaces and parentheses itself, so counting starts after the last `)`.
    init?(line: ArraySlice<UInt8>) {
        guard let close = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[(close + 1)...].split { $0 == UInt8(ascii: " ") || $0 == 10 }
        func number(_ field: Int) -> UInt64 {
            // Field 3 of proc(5) is the first one after the name.
            guard fields.count > field - 3 else { return 0 }
            return UInt64(String(decoding: fields[field - 3], as: UTF8.self)) ?? 0
        }
        guard fields.count >= 20, let letter = fields.first?.first else { return nil }
        state = letter
        parent = Int32(truncatingIfNeeded: number(4))
        group = Int32(truncatingIfNeeded: number(5))
        startTime = number(22)
        argumentStart = UInt(number(48))
        argumentEnd = UInt(number(49))
        environmentStart = UInt(number(50))
        environmentEnd = UInt(number(51))
        let isZombie = letter == UInt8(ascii: "Z") && fields.count > 49
        exitStatus = isZombie ? Int32(truncatingIfNeeded: number(52)) : nil
    }

    /// The present moment in clock ticks since boot, as `startTime` has it.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        // The kernel shows 100 ticks a second on all machines: USER_HZ.
        return UInt64(time.tv_sec) * 100 + UInt64(time.tv_nsec) / 10_000_000
    }
}
