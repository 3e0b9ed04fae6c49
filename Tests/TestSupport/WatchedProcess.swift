import CLinux
import Glibc

/// A process that is not the test's own child: its end can be waited for all the same.
public final class WatchedProcess: CustomStringConvertible {
    /// Its process id.
    public let pid: pid_t
    private let descriptor: Int32

    /// Watches a process.
    ///
    /// - Parameter pid: of a process that runs, or has ended and is not reaped yet.
    /// - Throws: if there is no such process.
    public init(_ pid: pid_t) throws {
        self.pid = pid
        descriptor = rqd_pidfd_open(pid)
        guard descriptor >= 0 else { throw HarnessError("pidfd_open", "\(pid)", errno: errno) }
    }

    deinit { close(descriptor) }

    /// Whether it has not ended.
    public var isAlive: Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 0) == 0
    }

    /// What `ps` shows of it: its title or its arguments; "" once it has ended.
    public var title: String {
        // A process that has ended has no such file, or an empty one.
        guard let bytes = try? readFile("/proc/\(pid)/cmdline") else { return "" }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\0")
        return words.joined(separator: " ").trimmed
    }

    /// How many descriptors it has open.
    public var openDescriptors: Int { entries("/proc/\(pid)/fd").count }

    /// Sends it a signal, never another process that got its number.
    ///
    /// - Parameter signal: which one.
    public func send(_ signal: Int32) { _ = rqd_pidfd_send_signal(descriptor, signal) }

    /// Waits for its end.
    ///
    /// - Parameter limit: how long that may take.
    /// - Throws: with its title, when the time is up.
    public func waitForEnd(within limit: Duration = .seconds(10)) throws {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, limit.milliseconds) > 0 else {
            throw HarnessError("process \(self) has not ended within \(limit)")
        }
    }

    /// Pid and title.
    public var description: String { "\(pid) (\(title))" }
}

/// All processes below one: its children, their children, and so on.
///
/// - Parameter root: the process at the top, which is not among them.
/// - Returns: those that run now, parents first.
public func descendants(of root: pid_t) -> [WatchedProcess] {
    var children: [pid_t: [pid_t]] = [:]
    for pid in entries("/proc").compactMap({ pid_t($0) }) {
        if let parent = parent(of: pid) { children[parent, default: []].append(pid) }
    }
    var found: [WatchedProcess] = []
    var rest = children[root] ?? []
    while !rest.isEmpty {
        let pid = rest.removeFirst()
        // One that has ended since the look at /proc is none of them any more.
        if let process = try? WatchedProcess(pid) { found.append(process) }
        rest += children[pid] ?? []
    }
    return found
}

/// The parent of a living process, nil for one that has ended.
private func parent(of pid: pid_t) -> pid_t? {
    guard let bytes = try? readFile("/proc/\(pid)/stat"),
        let close = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = String(decoding: bytes[(close + 1)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 1, fields[0] != "Z" else { return nil }
    return pid_t(fields[1])
}

/// The names in a directory; none if it cannot be read.
private func entries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

extension String {
    /// Without white space and zeros at its ends.
    var trimmed: String {
        var rest = self[...]
        while let last = rest.last, last.isWhitespace || last == "\0" { rest.removeLast() }
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        return String(rest)
    }
}
