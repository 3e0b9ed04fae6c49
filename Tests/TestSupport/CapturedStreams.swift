import Glibc

/// The files behind the standard streams of a process, and a watch on them.
final class CapturedStreams {
    let inputPath: String
    let outputPath: String
    let errorPath: String

    private let directory: TemporaryDirectory
    private let mergesErrors: Bool
    private let watch: Int32

    init(input: String, mergesErrors: Bool) throws {
        directory = try TemporaryDirectory()
        self.mergesErrors = mergesErrors
        inputPath = try directory.write("input", input)
        outputPath = try directory.write("output", "")
        errorPath = try directory.write("errors", "")
        watch = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard watch >= 0 else { throw HarnessError("inotify_init1", "", errno: errno) }
        for path in [outputPath, errorPath] {
            guard inotify_add_watch(watch, path, UInt32(IN_MODIFY)) >= 0 else {
                throw HarnessError("inotify_add_watch", path, errno: errno)
            }
        }
    }

    deinit {
        if watch >= 0 { close(watch) }
    }

    var output: String { text(of: outputPath) }
    var errorOutput: String { mergesErrors ? "" : text(of: errorPath) }

    /// The first complete line with that text, of either stream.
    func line(containing text: String) -> String? {
        for lines in [output, errorOutput] {
            let complete = lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = complete.first(where: { $0.contains(text) }) { return String(line) }
        }
        return nil
    }

    /// Waits until something is written or the process has ended.
    func waitForMore(or pidDescriptor: Int32, timeout: Duration) {
        var states = [
            pollfd(fd: watch, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pidDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&states, 2, timeout.milliseconds)
        var events = [UInt8](repeating: 0, count: 4096)
        while read(watch, &events, events.count) > 0 {}
    }

    private func text(of path: String) -> String {
        // The files live as long as this object, so there is always something to read.
        (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
