import Glibc

/// Notices that a job has more memory than it may have.
///
/// *Worker process.* In a control group the kernel ends the process and tells; elsewhere somebody
/// has to look.
final class LimitWatch {
    private let limits: PoolLimits
    private let group: JobGroup?
    private var events: OwnedFile?
    private var source: DescriptorSource?
    private var timer: TimerSource?
    private let runner: () -> Int32?
    private let tell: (String) -> Void

    /// How often a job is looked at where the kernel does not watch it.
    static let interval = Duration.milliseconds(250)

    /// A descriptor in a box that closes it.
    private final class OwnedFile {
        let descriptor: OwnedDescriptor

        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    /// Watches.
    ///
    /// - Parameters:
    ///   - limits: the pool's.
    ///   - group: where jobs run; nil for no control group.
    ///   - samples: whether the kernel does not watch `memory_max` and we do.
    ///   - loop: where to wait.
    ///   - runner: the process that runs a job now.
    ///   - tell: hears, in words, by what the job is to end.
    /// - Throws: what the operating system refused.
    init(
        _ limits: PoolLimits, group: JobGroup?, samples: Bool, on loop: EventLoop,
        runner: @escaping () -> Int32?, tell: @escaping (String) -> Void
    ) throws(SystemCallError) {
        self.limits = limits
        self.group = group
        self.runner = runner
        self.tell = tell
        if let path = group?.group.file("memory.events") {
            let number = open(path, O_RDONLY | O_CLOEXEC)
            if number >= 0 {
                events = OwnedFile(OwnedDescriptor(adopting: number))
                source = try loop.onDescriptor(number, .alarm) { [unowned self] _ in alarm() }
            }
        }
        if samples, limits.memoryMax != nil {
            timer = try loop.onTimer { [unowned self] in sample() }
        }
    }

    /// A job begins.
    func begin() { timer?.arm(after: Self.interval) }

    /// What has happened since, in words; nil where nothing has.
    func news() -> String? {
        switch group?.shortage() {
        case .own?: words(held: group?.group.number("memory.peak"), "peak")
        case .others?: Self.othersShortage
        case nil: nil
        }
    }

    private static let othersShortage =
        "it was killed by SIGKILL (signal 9), as the machine or the service had no memory left"

    private func alarm() {
        // The kernel tells again unless this very file is read.
        if let number = events?.descriptor.number {
            var byte: UInt8 = 0
            while pread(number, &byte, 1, 0) < 0 && errno == EINTR {}
        }
        if let news = news() { tell(news) }
    }

    private func sample() {
        guard let pid = runner(), let most = limits.memoryMax else { return }
        if let held = ProcessMemory.excess(of: pid, above: most) {
            tell(words(held: held, "held"))
        } else {
            timer?.arm(after: Self.interval)
        }
    }

    private func words(held: Int?, _ word: String) -> String {
        let most = limits.memoryMax.map { " memory_max \(SizeText.sentence($0))" } ?? ""
        let figure = held.map { ", \(word) \(SizeText.sentence($0))" } ?? ""
        return "it was killed by its memory limit:\(most)\(figure)"
    }
}
