import CLinux
import Glibc

/// What `ps` and `top` show for this process.
///
/// `ps` reads the memory in which the kernel laid out the arguments and, right
/// behind them, the environment. The title is written there.
enum ProcessTitle {
    /// The memory that is ours to write.
    ///
    /// Unsafe to share, and safe here: it is set once, before there is a second
    /// thread or a child, and a child's copy is its own.
    private nonisolated(unsafe) static var memory: Memory?

    /// The length of the memory, and of its part that held the arguments.
    private struct Memory {
        let start: UnsafeMutablePointer<UInt8>
        let length: Int
        let argumentLength: Int
    }

    /// Takes over the memory of the arguments and the environment.
    ///
    /// Called once, as the first thing the program does. The environment's
    /// strings and the program's name move to the heap, and the arguments are
    /// copied by `CommandLine`, so that nothing reads the old place any more.
    /// Where the kernel does not tell us the place, titles stay as they are.
    static func adopt() {
        guard memory == nil, !CommandLine.arguments.isEmpty,
            let stat = ProcessStat(pid: getpid()),
            stat.argumentEnd > stat.argumentStart,
            let start = UnsafeMutablePointer<UInt8>(bitPattern: stat.argumentStart)
        else { return }
        moveEnvironment()
        rqd_keep_program_name()
        let argumentLength = Int(stat.argumentEnd - stat.argumentStart)
        var length = argumentLength
        if stat.environmentStart == stat.argumentEnd {
            length += Int(stat.environmentEnd - stat.environmentStart)
        }
        memory = Memory(start: start, length: length, argumentLength: argumentLength)
    }

    /// Shows `title` from now on.
    ///
    /// Cheap enough for each job: one copy and one system call. Control
    /// characters become `?`; what does not fit is cut off.
    static func set(_ title: String) {
        var title = title
        title.withUTF8 { bytes in
            setName(bytes)
            guard let memory else { return }
            let length = min(bytes.count, memory.length - 1)
            for index in 0..<length {
                let byte = bytes[index]
                memory.start[index] = byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte
            }
            memset(memory.start + length, 0, memory.length - length)
            // The kernel shows the string up to its first zero if the arguments'
            // last byte is not one, and all of the arguments' memory otherwise.
            if length < memory.argumentLength - 1 {
                memory.start[memory.argumentLength - 1] = UInt8(ascii: ".")
            }
        }
    }

    /// The name of at most 15 bytes that `top` shows: `rqd:default/0` for a
    /// worker, `rqd:master` and the like for the others.
    ///
    /// The title's first word is followed by the third for a worker, by the
    /// second for any other process.
    static func shortName(of title: String) -> String {
        var title = title
        return title.withUTF8 { bytes in
            withShortName(of: bytes) { String(cString: $0) }
        }
    }

    private static func setName(_ title: UnsafeBufferPointer<UInt8>) {
        withShortName(of: title) { _ = rqd_set_name($0) }
    }

    private static func withShortName<R>(
        of title: UnsafeBufferPointer<UInt8>, _ use: (UnsafePointer<CChar>) -> R
    ) -> R {
        let space = UInt8(ascii: " ")
        let words = title.prefix(256).split(separator: space, maxSplits: 3)
        let isWorker = words.count > 2 && words[1].elementsEqual("worker".utf8)
        let second = words.count > 1 ? words[isWorker ? 2 : 1] : title[..<0]
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { name in
            var length = 0
            for byte in [words.first ?? title[..<0], second].joined() where length < 15 {
                name[length] = CChar(bitPattern: byte)
                length += 1
            }
            name[length] = 0
            guard let start = name.baseAddress else { preconditionFailure("16 bytes were asked") }
            return use(UnsafePointer(start))
        }
    }

    /// Copies the environment's strings to the heap, where they stay for good.
    private static func moveEnvironment() {
        guard let old = rqd_environment() else { return }
        var count = 0
        while old[count] != nil { count += 1 }
        let new = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: count + 1)
        for index in 0..<count { new[index] = old[index].flatMap { strdup($0) } }
        new[count] = nil
        rqd_set_environment(new)
    }
}
